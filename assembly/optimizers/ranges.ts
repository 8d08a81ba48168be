/**
 * Optimizers work on ranges of the parameter block, 16 bytes each in memory:
 *   i32 start (floats)   i32 length (floats, a multiple of 4)   f32 rate factor   f32 weight decay
 * Parameters, gradients and slots are twin blocks: one offset serves all. Padding stays 0, since its gradient is 0.
 */
export const RANGE_BYTES: i32 = 16;

/** Sum of squares of the gradients in the ranges, in float64 and ascending order. NaN or infinite when any gradient is. */
export function sumOfSquares(ranges: i32, count: i32, gradients: i32): f64 {
  let sum0 = f64x2.splat(0), sum1 = sum0;
  for (; count > 0; count--, ranges += RANGE_BYTES) {
    assert((load<i32>(ranges, 4) & 3) == 0, "a range must be a multiple of 4 floats");
    let g = gradients + (load<i32>(ranges) << 2);
    for (const end = g + (load<i32>(ranges, 4) << 2); g < end; g += 16) {
      const x = v128.load(g);
      const low = f64x2.promote_low_f32x4(x);
      const high = f64x2.promote_low_f32x4(v128.shuffle<i32>(x, x, 2, 3, 2, 3));
      sum0 = f64x2.add(sum0, f64x2.mul(low, low));
      sum1 = f64x2.add(sum1, f64x2.mul(high, high));
    }
  }
  const sum = f64x2.add(sum0, sum1);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** gradients ·= factor in the ranges. */
export function scaleRanges(ranges: i32, count: i32, gradients: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (; count > 0; count--, ranges += RANGE_BYTES) {
    assert((load<i32>(ranges, 4) & 3) == 0, "a range must be a multiple of 4 floats");
    let g = gradients + (load<i32>(ranges) << 2);
    for (const end = g + (load<i32>(ranges, 4) << 2); g < end; g += 16) v128.store(g, f32x4.mul(v128.load(g), f));
  }
}

/** Every gradient in the ranges into [−most, most]; NaN stays. */
export function clampRanges(ranges: i32, count: i32, gradients: i32, most: f32): void {
  const high = f32x4.splat(most), low = f32x4.splat(-most);
  for (; count > 0; count--, ranges += RANGE_BYTES) {
    let g = gradients + (load<i32>(ranges) << 2);
    for (const end = g + (load<i32>(ranges, 4) << 2); g < end; g += 16) {
      v128.store(g, f32x4.max(f32x4.min(v128.load(g), high), low));
    }
  }
}
