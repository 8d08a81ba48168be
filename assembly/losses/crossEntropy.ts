import { exp } from "../math";
import { sumLanes } from "../simd";
import { log64 } from "../float64";

/**
 * Softmax cross-entropy over rows of logits and its gradient in one pass.
 *   p = softmax(y)      loss = Σ_rows −Σ_c t_c log p_c      dY = scale · (p · Σ_c t_c − t)
 * The largest logit is taken out first, so no exponential overflows.
 */

/** exp(y − max) into dY; returns the sum. Padding lanes become 0. */
function exponentials(dY: i32, y: i32, width: i32, largest: f32): f32 {
  const shift = f32x4.splat(largest), bytes = width << 2;
  let sums = f32x4.splat(0);
  let o = 0;
  for (; o <= bytes - 16; o += 16) {
    const e = exp(f32x4.sub(v128.load(y + o), shift));
    v128.store(dY + o, e);
    sums = f32x4.add(sums, e);
  }
  let sum = sumLanes(sums);
  if (o == bytes) return sum;
  v128.store(dY + o, exp(f32x4.sub(v128.load(y + o), shift)));
  for (; o < bytes; o += 4) sum += load<f32>(dY + o);
  for (; o & 15; o += 4) store<f32>(dY + o, 0);
  return sum;
}

function largestOf(y: i32, width: i32): f32 {
  let largest = load<f32>(y);
  for (let o = 4; o < width << 2; o += 4) largest = max(largest, load<f32>(y + o));
  return largest;
}

function scaleRow(row: i32, width: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (let o = 0; o < width << 2; o += 16) v128.store(row + o, f32x4.mul(v128.load(row + o), f));
}

/** Class numbers: t i32 [rows]. Returns Σ −log p_t in float64. */
export function crossEntropySparse(
  dY: i32, dYStride: i32, y: i32, yStride: i32, t: i32, rows: i32, width: i32, scale: f32,
): f64 {
  let loss: f64 = 0;
  for (; rows > 0; rows--, dY += dYStride, y += yStride, t += 4) {
    const largest = largestOf(y, width), sum = exponentials(dY, y, width, largest);
    const at = load<i32>(t) << 2;
    assert(at >= 0 && at < width << 2, "crossEntropySparse: no such class");
    loss += log64(<f64>sum) + (<f64>largest - <f64>load<f32>(y + at));
    scaleRow(dY, width, scale / sum);
    store<f32>(dY + at, load<f32>(dY + at) - scale);
  }
  return loss;
}

/** Class probabilities: t f32 [rows, width]. Returns Σ −Σ_c t_c log p_c in float64. */
export function crossEntropyDense(
  dY: i32, dYStride: i32, y: i32, yStride: i32, t: i32, tStride: i32, rows: i32, width: i32, scale: f32,
): f64 {
  let loss: f64 = 0;
  for (; rows > 0; rows--, dY += dYStride, y += yStride, t += tStride) {
    const largest = largestOf(y, width), sum = exponentials(dY, y, width, largest);
    const logSum = log64(<f64>sum) + <f64>largest;
    let mass: f32 = 0;
    for (let o = 0; o < width << 2; o += 4) {
      const weight = load<f32>(t + o);
      mass += weight;
      loss += <f64>weight * (logSum - <f64>load<f32>(y + o));
    }
    scaleRow(dY, width, scale * mass / sum);
    for (let o = 0; o < width << 2; o += 4) store<f32>(dY + o, load<f32>(dY + o) - scale * load<f32>(t + o));
  }
  return loss;
}
