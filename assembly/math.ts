/**
 * Elementary functions of four float32 at once. Plain SIMD only: every runtime gives the same bits.
 *
 * All rest on exp(x) = 2^n · exp(r), n = round(x / ln 2), |r| ≤ ln 2 / 2, with exp(r) = 1 + r + r² Q(r) and Q minimax
 * (linear programming on 1500 Chebyshev nodes, coefficients rounded to float32 one after the other).
 * Errors were measured over all 2³² arguments against float64: `npm run test:exhaustive`. An ulp is that of the
 * exact result, of the smallest normal number below it. NaN gives NaN.
 *
 * Constants are float32 in a static table, loaded where they are used (see `constant`).
 * `exp`, `sigmoid` and `tanh` are written into the loops that use them; everything else calls one copy.
 */
import { constant } from "./simd";

/** 1.5 · 2²³: adding it rounds a float to an integer that then stands in the low bits. */
const ROUND: i32 = <i32>memory.data<f32>([12582912.0], 4);
/** The same plus the exponent bias: a shift by 23 then makes 2^n of the sum. */
const ROUND_BIASED: i32 = <i32>memory.data<f32>([12583039.0], 4);
const HALF: i32 = <i32>memory.data<f32>([0.5], 4);
const ONE: i32 = <i32>memory.data<f32>([1.0], 4);
const TWO: i32 = <i32>memory.data<f32>([2.0], 4);
const SIGN: i32 = <i32>memory.data<u32>([0x80000000], 4);
const BIAS: i32 = <i32>memory.data<i32>([127], 4);
const INFINITY: i32 = <i32>memory.data<f32>([Infinity], 4);

/** ln 2 = HIGH + LOW; HIGH has 15 significant bits, so n · HIGH is exact. */
const LN2_HIGH: i32 = <i32>memory.data<f32>([0.693145751953125], 4);
const LN2_LOW: i32 = <i32>memory.data<f32>([1.428606765330187e-6], 4);
const LOG2E: i32 = <i32>memory.data<f32>([1.4426950408889634], 4);

/** Q of degree 4: relative error of expm1(r) 1.4e-8. */
const P2: i32 = <i32>memory.data<f32>([0.4999999701976776], 4);
const P3: i32 = <i32>memory.data<f32>([0.1666654646396637], 4);
const P4: i32 = <i32>memory.data<f32>([0.04166743531823158], 4);
const P5: i32 = <i32>memory.data<f32>([0.00836626160889864], 4);
const P6: i32 = <i32>memory.data<f32>([0.0013870657421648502], 4);

const EXP_LEAST: i32 = <i32>memory.data<f32>([-104.0], 4);
const EXP_MOST: i32 = <i32>memory.data<f32>([88.8], 4);

/** Q of degree 4 at r. */
// @ts-ignore: decorator
@inline
function exponentialTail(r: v128): v128 {
  let q = f32x4.add(f32x4.mul(r, constant(P6)), constant(P5));
  q = f32x4.add(f32x4.mul(q, r), constant(P4));
  q = f32x4.add(f32x4.mul(q, r), constant(P3));
  return f32x4.add(f32x4.mul(q, r), constant(P2));
}

/**
 * eˣ. 0 below −104, denormal between −104 and −87.33 (exp(−100) = 3.8e-44), inf above 88.7228.
 * Error ≤ 1.007 ulp, ≤ 5.0e-8 where x ≤ 0.
 */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const a = f32x4.pmax(f32x4.pmin(x, constant(EXP_MOST)), constant(EXP_LEAST));
  const t = f32x4.add(f32x4.mul(a, constant(LOG2E)), constant(ROUND));
  const n = f32x4.sub(t, constant(ROUND));
  const r = f32x4.sub(f32x4.sub(a, f32x4.mul(n, constant(LN2_HIGH))), f32x4.mul(n, constant(LN2_LOW)));
  const p = f32x4.add(constant(ONE), f32x4.add(r, f32x4.mul(f32x4.mul(r, r), exponentialTail(r))));
  // 2^n in two factors: n runs from −150 to 128, beyond what one exponent field holds.
  const k = i32x4.sub(t, constant(ROUND));
  const half = i32x4.shr_s(k, 1);
  const first = i32x4.shl(i32x4.add(half, constant(BIAS)), 23);
  const second = i32x4.shl(i32x4.add(i32x4.sub(k, half), constant(BIAS)), 23);
  return f32x4.mul(f32x4.mul(p, first), second);
}

/** `exp` as a call: for places where its bytes count for more than its time. */
export function expCall(x: v128): v128 {
  return exp(x);
}

const EXPM1_LEAST: i32 = <i32>memory.data<f32>([-64.0], 4);
/** ROUND_BIASED − 1: makes 2^(n−1), which is finite for every n up to 128. */
const ROUND_HALVED: i32 = <i32>memory.data<f32>([12583038.0], 4);

/** eˣ − 1, accurate near 0; expm1(±0) = +0, −1 below −17.33, inf above 88.7228. Error ≤ 1.66 ulp, ≤ 5.7e-8 where x ≤ ln 2. */
export function expm1(x: v128): v128 {
  const a = f32x4.pmax(f32x4.pmin(x, constant(EXP_MOST)), constant(EXPM1_LEAST));
  const t = f32x4.add(f32x4.mul(a, constant(LOG2E)), constant(ROUND_HALVED));
  const n = f32x4.sub(t, constant(ROUND_HALVED));
  const r = f32x4.sub(f32x4.sub(a, f32x4.mul(n, constant(LN2_HIGH))), f32x4.mul(n, constant(LN2_LOW)));
  const u = f32x4.add(r, f32x4.mul(f32x4.mul(r, r), exponentialTail(r)));
  const k = i32x4.shl(t, 23);
  const e = f32x4.add(f32x4.mul(k, u), f32x4.sub(k, constant(HALF)));
  return f32x4.add(e, e);
}

/** σ(x) is a normal float32 down to here. */
const SIGMOID_LEAST: i32 = <i32>memory.data<f32>([-87.33654], 4);
const SIGMOID_MOST: i32 = <i32>memory.data<f32>([88.0], 4);
const MINUS_LOG2E: i32 = <i32>memory.data<f32>([-1.4426950408889634], 4);
/** Q of degree 3, its coefficients moved by hill climbing from the minimax ones to the least error of σ in ulp. */
const Q2: i32 = <i32>memory.data<f32>([0.4999929666519165], 4);
const Q3: i32 = <i32>memory.data<f32>([0.16667257249355316], 4);
const Q4: i32 = <i32>memory.data<f32>([0.04188445210456848], 4);
const Q5: i32 = <i32>memory.data<f32>([0.008296823129057884], 4);

/** σ(x) = 1 / (1 + e⁻ˣ). 0 below −87.3365 (no denormals), 1 above 16.64. Error ≤ 2.92 ulp, ≤ 9.2e-8. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const a = f32x4.pmin(x, constant(SIGMOID_MOST));
  const t = f32x4.add(f32x4.mul(a, constant(MINUS_LOG2E)), constant(ROUND_BIASED));
  const n = f32x4.sub(t, constant(ROUND_BIASED));
  // s = −r, the rest of −x: the signs of the odd coefficients turn instead of the argument's.
  const s = f32x4.add(f32x4.add(a, f32x4.mul(n, constant(LN2_HIGH))), f32x4.mul(n, constant(LN2_LOW)));
  let q = f32x4.sub(constant(Q4), f32x4.mul(s, constant(Q5)));
  q = f32x4.sub(f32x4.mul(q, s), constant(Q3));
  q = f32x4.add(f32x4.mul(q, s), constant(Q2));
  const w = f32x4.sub(s, f32x4.mul(f32x4.mul(s, s), q));
  // 1 + 2^n (1 − w) as (1 + 2^n) − 2^n w: the first sum is exact up to n = 23, so exp(r) is never rounded by itself.
  const one = constant(ONE);
  const k = i32x4.shl(t, 23);
  const y = f32x4.div(one, f32x4.sub(f32x4.add(one, k), f32x4.mul(w, k)));
  // Below the least argument k is anything: the lanes are cleared rather than the argument clamped, which leaves NaN be.
  return v128.andnot(y, f32x4.lt(x, constant(SIGMOID_LEAST)));
}

/** `sigmoid` as a call. */
export function sigmoidCall(x: v128): v128 {
  return sigmoid(x);
}

const TANH_LEAST: i32 = <i32>memory.data<f32>([-10.0], 4);
const TWO_LOG2E: i32 = <i32>memory.data<f32>([2.8853900817779268], 4);
const HALF_LN2_HIGH: i32 = <i32>memory.data<f32>([0.3465728759765625], 4);
const HALF_LN2_LOW: i32 = <i32>memory.data<f32>([7.143033826650935e-7], 4);
/** P_k · 2^k: Q in r = 2s, so that nothing is doubled first. */
const S2: i32 = <i32>memory.data<f32>([1.9999998807907104], 4);
const S3: i32 = <i32>memory.data<f32>([1.3333237171173096], 4);
const S4: i32 = <i32>memory.data<f32>([0.6666789650917053], 4);
const S5: i32 = <i32>memory.data<f32>([0.26772037148475647], 4);
const S6: i32 = <i32>memory.data<f32>([0.08877220749855042], 4);

/**
 * tanh(x) = −E / (2 + E) with E = e^(−2|x|) − 1 and the sign of x: exactly odd, tanh(±0) = ±0, ±1 beyond ±9.02.
 * Error ≤ 2.5 ulp, ≤ 1.5e-7.
 */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const sign = v128.and(x, constant(SIGN));
  const a = f32x4.pmax(v128.or(x, constant(SIGN)), constant(TANH_LEAST));
  const t = f32x4.add(f32x4.mul(a, constant(TWO_LOG2E)), constant(ROUND_BIASED));
  const n = f32x4.sub(t, constant(ROUND_BIASED));
  const s = f32x4.sub(f32x4.sub(a, f32x4.mul(n, constant(HALF_LN2_HIGH))), f32x4.mul(n, constant(HALF_LN2_LOW)));
  let q = f32x4.add(f32x4.mul(s, constant(S6)), constant(S5));
  q = f32x4.add(f32x4.mul(q, s), constant(S4));
  q = f32x4.add(f32x4.mul(q, s), constant(S3));
  q = f32x4.add(f32x4.mul(q, s), constant(S2));
  const u = f32x4.add(f32x4.add(s, s), f32x4.mul(f32x4.mul(s, s), q));
  const k = i32x4.shl(t, 23);
  const e = f32x4.sub(f32x4.sub(constant(ONE), k), f32x4.mul(k, u)); // −E, from +0 up to 1
  return v128.or(f32x4.div(e, f32x4.sub(constant(TWO), e)), sign);
}

/** `tanh` as a call. */
export function tanhCall(x: v128): v128 {
  return tanh(x);
}

/** √½, whose bits split x = 2^k · m so that m lies in [√½, √2). */
const SQRT_HALF: i32 = <i32>memory.data<f32>([0.70710678], 4);
const LEAST_NORMAL: i32 = <i32>memory.data<f32>([1.1754943508222875e-38], 4);
/** 2²³ lifts denormals into the normal range; 23 is taken off k again. */
const LIFT: i32 = <i32>memory.data<f32>([8388608.0], 4);
const LIFT_EXPONENT: i32 = <i32>memory.data<i32>([23], 4);
const NOT_A_NUMBER: i32 = <i32>memory.data<f32>([NaN], 4);
/** ln(1 + f) = 2 artanh(s), s = f / (2 + f): 2 artanh(s) = 2s + s·R(s²); relative error 9e-10 for |s| ≤ 0.172. */
const L1: i32 = <i32>memory.data<f32>([0.6666678190231323], 4);
const L2: i32 = <i32>memory.data<f32>([0.39976781606674194], 4);
const L3: i32 = <i32>memory.data<f32>([0.2989395260810852], 4);

/** ln x; −inf at ±0, NaN below 0. Denormals count. The arrangement of the terms is FreeBSD's logf. Error ≤ 0.84 ulp. */
export function log(x: v128): v128 {
  const small = f32x4.lt(x, constant(LEAST_NORMAL));
  const a = v128.bitselect(f32x4.mul(x, constant(LIFT)), x, small);
  let k = i32x4.shr_s(i32x4.sub(a, constant(SQRT_HALF)), 23);
  const f = f32x4.sub(i32x4.sub(a, i32x4.shl(k, 23)), constant(ONE));
  k = i32x4.sub(k, v128.and(small, constant(LIFT_EXPONENT)));
  const n = f32x4.convert_i32x4_s(k);
  const s = f32x4.div(f, f32x4.add(constant(TWO), f));
  const v = f32x4.mul(s, s);
  let q = f32x4.add(f32x4.mul(v, constant(L3)), constant(L2));
  q = f32x4.mul(v, f32x4.add(f32x4.mul(q, v), constant(L1)));
  const h = f32x4.mul(constant(HALF), f32x4.mul(f, f));
  // n·HIGH + (f − (h − (s·(h + q) + n·LOW))): large terms last.
  const low = f32x4.add(f32x4.mul(s, f32x4.add(h, q)), f32x4.mul(n, constant(LN2_LOW)));
  const y = f32x4.add(f32x4.mul(n, constant(LN2_HIGH)), f32x4.sub(f, f32x4.sub(h, low)));
  const zero = f32x4.splat(0);
  const edge = f32x4.lt(x, constant(INFINITY)); // false for inf and NaN: they stand for themselves
  const positive = v128.bitselect(y, x, edge);
  const atMost0 = v128.bitselect(f32x4.neg(constant(INFINITY)), constant(NOT_A_NUMBER), f32x4.eq(x, zero));
  return v128.bitselect(atMost0, positive, f32x4.le(x, zero));
}

/** As L1 …, for s up to 1/3: relative error 4.5e-9. */
const A1: i32 = <i32>memory.data<f32>([0.6666641831398010], 4);
const A2: i32 = <i32>memory.data<f32>([0.4002144038677216], 4);
const A3: i32 = <i32>memory.data<f32>([0.28002950549125671], 4);
const A4: i32 = <i32>memory.data<f32>([0.28007224202156067], 4);

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^(−|x|)); tends to eˣ far below 0 and to x far above. Error ≤ 2.87 ulp. */
export function softplus(x: v128): v128 {
  const e = expCall(v128.or(x, constant(SIGN)));
  const s = f32x4.div(e, f32x4.add(constant(TWO), e));
  const v = f32x4.mul(s, s);
  let q = f32x4.add(f32x4.mul(v, constant(A4)), constant(A3));
  q = f32x4.add(f32x4.mul(q, v), constant(A2));
  q = f32x4.mul(f32x4.add(f32x4.mul(q, v), constant(A1)), v);
  const y = f32x4.add(f32x4.add(s, s), f32x4.mul(s, q));
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), y);
}

/** Φ(−a) = e^(−a²/2) · t·G(t), t = 1 / (1 + 0.3 a): relative error 1.7e-7 for 0 ≤ a ≤ 14.5. */
const G_STRETCH: i32 = <i32>memory.data<f32>([0.3], 4);
/** Coefficients of t⁸ … t¹ of t·G(t). */
const G: i32 = <i32>memory.data<f32>([
  0.035423777997493744, -0.15615876019001007, 0.20455752313137054, -0.05203484743833542,
  0.12769226729869843, 0.10017579048871994, 0.12071216106414795, 0.11963200569152832,
], 4);
const MINUS_HALF: i32 = <i32>memory.data<f32>([-0.5], 4);

/**
 * Φ(x), the standard normal distribution function: (1 + erf(x / √2)) / 2. Error ≤ 2.3e-7 on [−14, 14]; relative to the
 * result ≤ (1 + x²/4) · 4.6e-7 far below 0, because x² is rounded before exp.
 */
export function normalCumulative(x: v128): v128 {
  const a = f32x4.abs(x);
  const one = constant(ONE);
  const t = f32x4.div(one, f32x4.add(one, f32x4.mul(a, constant(G_STRETCH))));
  let g = constant(G);
  for (let at = G + 4; at < G + 32; at += 4) g = f32x4.add(f32x4.mul(g, t), constant(at));
  const tail = f32x4.mul(f32x4.mul(g, t), expCall(f32x4.mul(f32x4.mul(a, a), constant(MINUS_HALF))));
  return v128.bitselect(tail, f32x4.sub(one, tail), f32x4.lt(x, f32x4.splat(0)));
}
