/*
 * The direction in which each optimizer moves four parameters, from their gradient g and what it remembers of earlier ones
 * at the addresses s0, s1, s2. `a … f, h` are what a rule makes of its options in float64, once an update.
 */
import { constant, multiplyAdd, one } from "../simd";

const SIGN_BIT: i32 = <i32>memory.data<u32>([0x80000000], 4);

/** s ← keep · s + added */
// @ts-ignore: decorator
@inline
function remember(slot: i32, keep: v128, added: v128): v128 {
  const s = f32x4.add(f32x4.mul(keep, v128.load(slot)), added);
  v128.store(slot, s);
  return s;
}

/** v = a v + b g      v, or with Nesterov's look-ahead g + c v */
// @ts-ignore: decorator
@inline
export function momentumDirection(g: v128, s0: i32, a: v128, b: v128, c: v128): v128 {
  const v = remember(s0, a, f32x4.mul(b, g));
  return v128.any_true(c) ? multiplyAdd(g, c, v) : v;
}

/** m = a m + b g      v = c v + d g²      (m + h g) / (√v · e + f); with s2, √ is taken of the largest v so far */
// @ts-ignore: decorator
@inline
export function adamDirection(
  g: v128, s0: i32, s1: i32, s2: i32, a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, h: v128,
): v128 {
  let m = remember(s0, a, f32x4.mul(b, g));
  let v = remember(s1, c, f32x4.mul(d, f32x4.mul(g, g)));
  if (s2) {
    v = f32x4.max(v, v128.load(s2));
    v128.store(s2, v);
  }
  if (v128.any_true(h)) m = multiplyAdd(m, h, g);
  return f32x4.div(m, f32x4.add(f32x4.mul(f32x4.sqrt(v), e), f));
}

/** v = c v + d g²      x = g / (√(v + e) + f), with s0 m = a m + b g and v − m² for v; with s2, u = h u + x for x */
// @ts-ignore: decorator
@inline
export function rmsDirection(
  g: v128, s0: i32, s1: i32, s2: i32, a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, h: v128,
): v128 {
  let v = f32x4.add(remember(s1, c, f32x4.mul(d, f32x4.mul(g, g))), e);
  if (s0) {
    const m = remember(s0, a, f32x4.mul(b, g));
    // Not below 0, where the rounding of a steady gradient would bring it.
    v = f32x4.max(f32x4.sub(v, f32x4.mul(m, m)), f32x4.splat(0));
  }
  const x = f32x4.div(g, f32x4.add(f32x4.sqrt(v), f));
  return s2 ? remember(s2, h, x) : x;
}

/** v = c v + d g²      x = √(u + f) / √(v + f) · g      u = c u + d x² */
// @ts-ignore: decorator
@inline
export function adadeltaDirection(g: v128, s0: i32, s1: i32, c: v128, d: v128, f: v128): v128 {
  const v = remember(s1, c, f32x4.mul(d, f32x4.mul(g, g)));
  const grown = f32x4.sqrt(f32x4.add(v128.load(s0), f));
  const x = f32x4.mul(f32x4.div(grown, f32x4.sqrt(f32x4.add(v, f))), g);
  remember(s0, c, f32x4.mul(d, f32x4.mul(x, x)));
  return x;
}

/** m = a m + b g      u = max(c u, |g| + f)      m / u */
// @ts-ignore: decorator
@inline
export function adamaxDirection(g: v128, s0: i32, s1: i32, a: v128, b: v128, c: v128, f: v128): v128 {
  const u = f32x4.max(f32x4.mul(c, v128.load(s1)), f32x4.add(f32x4.abs(g), f));
  v128.store(s1, u);
  return f32x4.div(remember(s0, a, f32x4.mul(b, g)), u);
}

/** the sign of a m + b g, 0 of 0      m = c m + d g */
// @ts-ignore: decorator
@inline
export function lionDirection(g: v128, s0: i32, a: v128, b: v128, c: v128, d: v128): v128 {
  const x = f32x4.add(f32x4.mul(a, v128.load(s0)), f32x4.mul(b, g));
  remember(s0, c, f32x4.mul(d, g));
  return v128.and(f32x4.ne(x, f32x4.splat(0)), v128.or(v128.and(x, constant(SIGN_BIT)), one()));
}
