/**
 * Every activation: its value, and its slope written from the value y where that is possible, from the input x otherwise.
 *
 * `code` is the position in the table of `src/activations.ts`, which says what alpha and beta mean, their defaults and
 * whether `slope` reads x or y (the other may be anything). At ±inf value and slope are the limits; NaN gives NaN.
 * At a kink the slope is PyTorch's: that of the lower side, but hardSwish has α x + s at its lower kink and 1 at its upper.
 */
import { expCall as exp, expm1, log, normalCumulative, sigmoidCall as sigmoid, softplus, tanhCall as tanh } from "./math";
import { constant, loadUpTo, storeUpTo } from "./simd";

const LINEAR: i32 = 0;
const AFFINE: i32 = 1;
const SIGMOID: i32 = 2;
const TANH: i32 = 3;
const SCALED_TANH: i32 = 4;
const RELU: i32 = 5;
const LEAKY_RELU: i32 = 6;
const THRESHOLDED_RELU: i32 = 7;
const ELU: i32 = 8;
const HARD_SIGMOID: i32 = 9;
const HARD_TANH: i32 = 10;
const HARD_SWISH: i32 = 11;
const SOFTPLUS: i32 = 12;
const SOFTSIGN: i32 = 13;
const LOG_SIGMOID: i32 = 14;
const SILU: i32 = 15;
const MISH: i32 = 16;
const GELU: i32 = 17;
const GELU_TANH: i32 = 18;
const EXP: i32 = 19;
/** Beyond the table: the functions of math.ts that none of the above is alone. */
const EXPM1: i32 = 20;
const LOG: i32 = 21;

const ONE: i32 = <i32>memory.data<f32>([1.0], 4);
const TWO: i32 = <i32>memory.data<f32>([2.0], 4);
const FOUR: i32 = <i32>memory.data<f32>([4.0], 4);
const MINUS_HALF: i32 = <i32>memory.data<f32>([-0.5], 4);
/** Beyond these an input is as good as infinite, and inf · 0 is kept away. */
const FAR_BELOW: i32 = <i32>memory.data<f32>([-104.0], 4);
const FAR_ABOVE: i32 = <i32>memory.data<f32>([104.0], 4);
const HUGE: i32 = <i32>memory.data<f32>([1e30], 4);
/** e²⁰ squared, and squared again, is still finite; tanh(softplus(20)) is 1. */
const MISH_MOST: i32 = <i32>memory.data<f32>([20.0], 4);
/** 1 / √(2π). */
const NORMAL: i32 = <i32>memory.data<f32>([0.3989422804014327], 4);
/** gelu's tanh form is x · σ(x · (C1 + C3 x²)) with C1 = 2 √(2/π), C3 = 0.044715 C1. */
const GELU_C1: i32 = <i32>memory.data<f32>([1.5957691216057308], 4);
const GELU_C3: i32 = <i32>memory.data<f32>([0.07135481627159997], 4);
const GELU_3C3: i32 = <i32>memory.data<f32>([0.2140644488147999], 4);

// @ts-ignore: decorator
@inline
function clip(x: v128, least: v128, most: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, least), most);
}

/** m where the condition holds, else 0. */
// @ts-ignore: decorator
@inline
function where(condition: v128, m: v128): v128 {
  return v128.and(condition, m);
}

// @ts-ignore: decorator
@inline
function affine(x: v128, alpha: f32, beta: f32): v128 {
  return f32x4.add(f32x4.mul(x, f32x4.splat(alpha)), f32x4.splat(beta));
}

/** β (max(x, 0) + α expm1(min(x, 0))) */
function elu(x: v128, alpha: f32, beta: f32): v128 {
  const zero = f32x4.splat(0);
  const below = f32x4.mul(f32x4.splat(alpha), expm1(f32x4.pmin(x, zero)));
  return f32x4.mul(f32x4.splat(beta), f32x4.add(f32x4.pmax(x, zero), below));
}

/** x tanh(ln(1 + eˣ)) = x w / (w + 2) with w = eˣ (eˣ + 2) */
function mish(x: v128): v128 {
  const e = exp(clip(x, constant(FAR_BELOW), constant(MISH_MOST)));
  const w = f32x4.mul(e, f32x4.add(e, constant(TWO)));
  return f32x4.mul(f32x4.pmax(x, constant(FAR_BELOW)), f32x4.div(w, f32x4.add(w, constant(TWO))));
}

/** w / (w + 2) + 4 x eˣ (1 + eˣ) / (w + 2)² */
function mishSlope(x: v128): v128 {
  const a = clip(x, constant(FAR_BELOW), constant(MISH_MOST));
  const e = exp(a);
  const w = f32x4.mul(e, f32x4.add(e, constant(TWO)));
  const d = f32x4.add(w, constant(TWO));
  const up = f32x4.mul(f32x4.mul(constant(FOUR), a), f32x4.mul(e, f32x4.add(e, constant(ONE))));
  return f32x4.div(f32x4.add(w, f32x4.div(up, d)), d);
}

// @ts-ignore: decorator
@inline
function geluTanhInner(x: v128): v128 {
  return f32x4.mul(x, f32x4.add(constant(GELU_C1), f32x4.mul(constant(GELU_C3), f32x4.mul(x, x))));
}

/** Slope of x σ(u), du = du/dx: σ(u) (1 + x σ(−u) du). σ(−u) because 1 − σ(u) would lose its digits far above 0. */
function gatedSlope(x: v128, u: v128, du: v128): v128 {
  const inner = f32x4.mul(f32x4.mul(x, du), sigmoid(f32x4.neg(u)));
  return f32x4.mul(sigmoid(u), f32x4.add(constant(ONE), inner));
}

/** Φ(x) + x φ(x) */
function geluSlope(x: v128): v128 {
  const density = f32x4.mul(constant(NORMAL), exp(f32x4.mul(constant(MINUS_HALF), f32x4.mul(x, x))));
  return f32x4.add(normalCumulative(x), f32x4.mul(x, density));
}

/** α tanh βx has slope αβ (1 − tanh²) = β (α − y² / α) */
// @ts-ignore: decorator
@inline
function scaledTanhSlope(y: v128, alpha: f32, beta: f32): v128 {
  const a = f32x4.splat(alpha);
  return f32x4.mul(f32x4.splat(beta), f32x4.sub(a, f32x4.div(f32x4.mul(y, y), a)));
}

/** β above 0; below, αβ eˣ = y + αβ */
// @ts-ignore: decorator
@inline
function eluSlope(y: v128, alpha: f32, beta: f32): v128 {
  const below = f32x4.add(y, f32x4.splat(alpha * beta));
  return v128.bitselect(f32x4.splat(beta), below, f32x4.gt(y, f32x4.splat(0)));
}

/** `inside` strictly between the two levels, else 0 */
// @ts-ignore: decorator
@inline
function clippedSlope(y: v128, least: v128, most: v128, inside: v128): v128 {
  return where(v128.and(f32x4.gt(y, least), f32x4.lt(y, most)), inside);
}

/** s + αx between the kinks (the lower included), s = clip(αx + β) beyond */
// @ts-ignore: decorator
@inline
function hardSwishSlope(x: v128, alpha: f32, beta: f32): v128 {
  const zero = f32x4.splat(0);
  const one = constant(ONE);
  const a = affine(x, alpha, beta);
  const isInside = v128.and(f32x4.ge(a, zero), f32x4.lt(a, one));
  return f32x4.add(clip(a, zero, one), where(isInside, f32x4.mul(f32x4.splat(alpha), x)));
}

/** x / (1 + |x|) */
// @ts-ignore: decorator
@inline
function softsign(x: v128): v128 {
  const a = clip(x, f32x4.neg(constant(HUGE)), constant(HUGE));
  return f32x4.div(a, f32x4.add(constant(ONE), f32x4.abs(a)));
}

/** du/dx of gelu's tanh form, whose slope then is that of x σ(u) */
// @ts-ignore: decorator
@inline
function geluTanhSlope(x: v128): v128 {
  const du = f32x4.add(constant(GELU_C1), f32x4.mul(constant(GELU_3C3), f32x4.mul(x, x)));
  return gatedSlope(x, geluTanhInner(x), du);
}

/** f(x) of the activation `code`. */
export function activate(code: i32, x: v128, alpha: f32, beta: f32): v128 {
  const zero = f32x4.splat(0);
  const one = constant(ONE);
  switch (code) {
    case AFFINE: return affine(x, alpha, beta);
    case SIGMOID: return sigmoid(x);
    case TANH: return tanh(x);
    case SCALED_TANH: return f32x4.mul(f32x4.splat(alpha), tanh(f32x4.mul(f32x4.splat(beta), x)));
    case RELU: return f32x4.pmax(x, zero);
    case LEAKY_RELU: return v128.bitselect(x, f32x4.mul(x, f32x4.splat(alpha)), f32x4.gt(x, zero));
    case THRESHOLDED_RELU: return v128.andnot(x, f32x4.le(x, f32x4.splat(alpha)));
    case ELU: return elu(x, alpha, beta);
    case HARD_SIGMOID: return clip(affine(x, alpha, beta), zero, one);
    case HARD_TANH: return clip(x, f32x4.splat(alpha), f32x4.splat(beta));
    case HARD_SWISH: return f32x4.mul(f32x4.pmax(x, f32x4.neg(constant(HUGE))), clip(affine(x, alpha, beta), zero, one));
    case SOFTPLUS: return f32x4.div(softplus(f32x4.mul(x, f32x4.splat(beta))), f32x4.splat(beta));
    case SOFTSIGN: return softsign(x);
    case LOG_SIGMOID: return f32x4.neg(softplus(f32x4.neg(x)));
    case SILU: return f32x4.mul(f32x4.pmax(x, constant(FAR_BELOW)), sigmoid(x));
    case MISH: return mish(x);
    case GELU: return f32x4.mul(f32x4.pmax(x, constant(FAR_BELOW)), normalCumulative(x));
    case GELU_TANH: return f32x4.mul(f32x4.pmax(x, constant(FAR_BELOW)), sigmoid(geluTanhInner(x)));
    case EXP: return exp(x);
    case EXPM1: return expm1(x);
    case LOG: return log(x);
    default: return x;
  }
}

/** f'(x) of the activation `code`, given its input x and its value y. */
export function slope(code: i32, x: v128, y: v128, alpha: f32, beta: f32): v128 {
  const zero = f32x4.splat(0);
  const one = constant(ONE);
  switch (code) {
    case AFFINE: return f32x4.splat(alpha);
    case SIGMOID: return f32x4.mul(y, f32x4.sub(one, y));
    case TANH: return f32x4.sub(one, f32x4.mul(y, y));
    case SCALED_TANH: return scaledTanhSlope(y, alpha, beta);
    case RELU: return where(f32x4.gt(y, zero), one);
    case LEAKY_RELU: return v128.bitselect(one, f32x4.splat(alpha), f32x4.gt(x, zero));
    case THRESHOLDED_RELU: return where(f32x4.ne(y, zero), one);
    case ELU: return eluSlope(y, alpha, beta);
    case HARD_SIGMOID: return clippedSlope(y, zero, one, f32x4.splat(alpha));
    case HARD_TANH: return clippedSlope(y, f32x4.splat(alpha), f32x4.splat(beta), one);
    case HARD_SWISH: return hardSwishSlope(x, alpha, beta);
    case SOFTPLUS: return f32x4.neg(expm1(f32x4.mul(y, f32x4.splat(-beta)))); // σ(βx) = 1 − e^(−βy)
    case SOFTSIGN: { // (1 − |y|)²
      const a = f32x4.sub(one, f32x4.abs(y));
      return f32x4.mul(a, a);
    }
    case LOG_SIGMOID: return f32x4.neg(expm1(y)); // 1 − σ(x)
    case MISH: return mishSlope(x);
    case EXP: return y;
  }
  const a = clip(x, constant(FAR_BELOW), constant(FAR_ABOVE));
  switch (code) {
    case SILU: return gatedSlope(a, a, one);
    case GELU: return geluSlope(a);
    case GELU_TANH: return geluTanhSlope(a);
    default: return one;
  }
}

/** y = f(x); y, x [n] */
export function activationForward(y: i32, x: i32, n: i32, code: i32, alpha: f32, beta: f32): void {
  for (; n > 0; n -= 4, x += 16, y += 16) storeUpTo(y, activate(code, loadUpTo(x, n), alpha, beta), n);
}

/** dx = dy · f'(x); dx, dy, x, y [n]. dx may be dy. */
export function activationBackward(
  dx: i32, dy: i32, x: i32, y: i32, n: i32, code: i32, alpha: f32, beta: f32,
): void {
  for (; n > 0; n -= 4, x += 16, y += 16, dx += 16, dy += 16) {
    const d = slope(code, loadUpTo(x, n), loadUpTo(y, n), alpha, beta);
    storeUpTo(dx, f32x4.mul(loadUpTo(dy, n), d), n);
  }
}
