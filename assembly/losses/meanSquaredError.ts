/**
 * Squared error over rows and its gradient in one pass.
 *   loss = Σ (y − t)²        dY = 2 · scale · (y − t)
 * dY, y, t [rows, width], each with its row stride in bytes. Returns the sum in float64, rows and columns ascending; the
 * caller divides. Padding lanes of dY become 0.
 */
export function meanSquaredError(
  dY: i32, dYStride: i32, y: i32, yStride: i32, t: i32, tStride: i32, rows: i32, width: i32, scale: f32,
): f64 {
  const bytes = width << 2, factor: f32 = 2 * scale;
  let sum: f64 = 0;
  for (; rows > 0; rows--, dY += dYStride, y += yStride, t += tStride) {
    for (let o = 0; o < bytes; o += 4) {
      const error = load<f32>(y + o) - load<f32>(t + o);
      sum += <f64>error * <f64>error;
      store<f32>(dY + o, factor * error);
    }
    for (let o = bytes; o & 15; o += 4) store<f32>(dY + o, 0);
  }
  return sum;
}
