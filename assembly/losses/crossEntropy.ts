import { expCall } from "../math";
import { rowMaximum, sumExponentials } from "../layers/softmax";
import { exp64, log64 } from "../float64";

/**
 * Softmax cross-entropy over rows of logits and its gradient in one pass.
 *   p = softmax(y)      loss = −Σ_c q_c log p_c      dY = p · Σ_c q_c − q
 *   q_c = w_c ((1 − ε) t_c + ε / C)      class weights w, label smoothing ε (Szegedy et al. 2016), as PyTorch has them
 * The largest logit is taken out first, so no exponential overflows.
 * The Kullback–Leibler divergence is the same plus Σ_c t_c log t_c, which the gradient does not see.
 */

/** Targets are divergences' when this is not 0: probabilities, or their logarithms. */
const LOGARITHMS: i32 = 2;

/** exp(y − max) into dY; returns the sum. Padding lanes become 0. */
export function exponentials(dY: i32, y: i32, width: i32, largest: f32): f32 {
  const bytes = width << 2;
  let o = bytes & ~15;
  let sum = sumExponentials(dY, 16, y, width & ~3, largest);
  if (o == bytes) return sum;
  v128.store(dY + o, expCall(f32x4.sub(v128.load(y + o), f32x4.splat(largest))));
  for (; o < bytes; o += 4) sum += load<f32>(dY + o);
  for (; o & 15; o += 4) store<f32>(dY + o, 0);
  return sum;
}

export function scaleRow(row: i32, width: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (let o = 0; o < width << 2; o += 16) v128.store(row + o, f32x4.mul(v128.load(row + o), f));
}

/** 0 in all lanes of a row. */
export function clearRow(row: i32, width: i32): void {
  memory.fill(row, 0, (width + 3 & ~3) << 2);
}

/** One class: returns −log p_t. */
function sparseRow(dY: i32, y: i32, at: i32, width: i32, largest: f32, sum: f32, scale: f32): f64 {
  assert(at >= 0 && at < width << 2, "crossEntropy: no such class");
  scaleRow(dY, width, scale / sum);
  store<f32>(dY + at, load<f32>(dY + at) - scale);
  return log64(<f64>sum) + (<f64>largest - <f64>load<f32>(y + at));
}

/** q_c = w_c ((1 − ε) t_c + ε / C) for the class at byte o; t is 1 at `at` where that is none of −1, else read. */
// @ts-ignore: decorator
@inline
function wantedOf(t: i32, at: i32, o: i32, classWeights: i32, smoothing: f32, uniform: f32, divergence: i32): f32 {
  let given: f32 = at < 0 ? load<f32>(t + o) : o == at ? 1 : 0;
  if (divergence == LOGARITHMS) given = <f32>exp64(given);
  const wanted = given * (1 - smoothing) + uniform;
  return classWeights ? wanted * load<f32>(classWeights + o) : wanted;
}

/** Anything else: returns `loss` − weight · Σ_c q_c log p_c. */
function denseRow(
  dY: i32, y: i32, t: i32, at: i32, classWeights: i32, width: i32, largest: f32, sum: f32, smoothing: f32, scale: f32,
  weight: f64, loss: f64, divergence: i32,
): f64 {
  const logSum = log64(<f64>sum) + <f64>largest, uniform = smoothing / <f32>width, bytes = width << 2;
  let mass: f32 = 0;
  for (let o = 0; o < bytes; o += 4) {
    const wanted = wantedOf(t, at, o, classWeights, smoothing, uniform, divergence);
    mass += wanted;
    loss += weight * <f64>wanted * (logSum - <f64>load<f32>(y + o));
    if (divergence && wanted > 0) {
      loss += weight * <f64>wanted * (divergence == LOGARITHMS ? <f64>load<f32>(t + o) : log64(wanted));
    }
  }
  scaleRow(dY, width, scale * mass / sum);
  for (let o = 0; o < bytes; o += 4) {
    const wanted = wantedOf(t, at, o, classWeights, smoothing, uniform, divergence);
    store<f32>(dY + o, load<f32>(dY + o) - scale * wanted);
  }
  return loss;
}

/**
 * Σ w · loss / total over rows, and its gradient in dY.
 * dY, y [rows, width]; t f32 [rows, width], or class numbers i32 [rows] where tStride is 0; w [rows] or address 0 for ones;
 * classWeights [width] or address 0; divergence 1 of probabilities, 2 of their logarithms, else 0. A row of weight 0 or of the ignored class is not read: its gradient is 0.
 */
export function crossEntropy(
  dY: i32, dYStride: i32, y: i32, yStride: i32, t: i32, tStride: i32, weights: i32, classWeights: i32, rows: i32, width: i32,
  ignored: i32, smoothing: f32, divergence: i32, total: f64,
): f64 {
  const isPlain = !tStride && !classWeights && smoothing == 0;
  let loss: f64 = 0;
  for (; rows > 0; rows--, dY += dYStride, y += yStride, t += tStride || 4) {
    let weight: f64 = 1;
    if (weights) {
      weight = load<f32>(weights);
      weights += 4;
    }
    const at = tStride ? -1 : load<i32>(t);
    if (weight == 0 || (!tStride && at == ignored)) {
      clearRow(dY, width);
      continue;
    }
    const largest = rowMaximum(y, width), sum = exponentials(dY, y, width, largest), scale = <f32>(weight / total);
    loss = isPlain
      ? loss + weight * sparseRow(dY, y, at << 2, width, largest, sum, scale)
      : denseRow(dY, y, t, at << 2, classWeights, width, largest, sum, smoothing, scale, weight, loss, divergence);
  }
  return total > 0 ? loss / total : 0;
}
