import { activate, slope } from "./activations";

/*
 * Gates with any activation and a clip, for the general class of a cell. Its options in memory:
 *   i32 whether slopes are wanted   f32 clip of what goes into an activation (∞: none)   f32 clip of the cell state (∞: none)
 *   then one choice for each function of the cell: i32 activation code, f32 alpha, f32 beta
 */

/** Bytes before the first choice, and bytes of a choice. */
export const CHOICES: i32 = 12;
export const CHOICE_BYTES: i32 = 12;

// @ts-ignore: decorator
@inline
export function clip(x: v128, limit: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.neg(limit)), limit);
}

/**
 * y = f(clip(a)), stored at `value`; its slope by a, which is 0 beyond the clip, at `slopeAt` unless that is 0.
 */
export function gateValue(value: i32, slopeAt: i32, a: v128, limit: v128, choice: i32): v128 {
  const code = load<i32>(choice), alpha = load<f32>(choice, 4), beta = load<f32>(choice, 8);
  const x = clip(a, limit);
  const y = activate(code, x, alpha, beta);
  v128.store(value, y);
  if (slopeAt) v128.store(slopeAt, v128.and(f32x4.le(f32x4.abs(a), limit), slope(code, x, y, alpha, beta)));
  return y;
}
