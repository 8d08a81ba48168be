import { blockBytes } from "../cell";
import { biasGradient } from "../outer";
import { packBias, unpackBias } from "../panels";
import { NormPlan } from "../plan";
import { multiplyAdd, sumLanes } from "../simd";

/*
 * Layer normalisation (Ba, Kiros & Hinton 2016) of rows of blocks: N = blocks · H numbers a row, padding left out.
 *
 *   mean = Σ a / N      σ² = Σ (a − mean)² / N      â = (a − mean) / √(σ² + ε)      y = gain ⊙ â + bias
 *
 * Sums run over the vectors of a row in order, then over the four lanes: a row gives the same bits alone and in any batch.
 */

/** y, hat ← a, one row; y may be a. hat [blocks·Hp + 1]: â, then 1/σ. */
export function normalizeRow(norm: NormPlan, y: i32, hat: i32, a: i32): void {
  const H = norm.units, bytes = norm.blocks * blockBytes(H), count = <f32>(norm.blocks * H);
  const gain = norm.gain, bias = norm.bias, ones = norm.ones;
  let sum = f32x4.splat(0), squares = sum;
  for (let o = 0; o < bytes; o += 16) sum = multiplyAdd(sum, v128.load(a + o), v128.load(ones + o));
  const mean = f32x4.splat(sumLanes(sum) / count);
  for (let o = 0; o < bytes; o += 16) {
    const value = f32x4.mul(f32x4.sub(v128.load(a + o), mean), v128.load(ones + o));
    v128.store(hat + o, value);
    squares = multiplyAdd(squares, value, value);
  }
  const inverse: f32 = 1 / sqrt(sumLanes(squares) / count + norm.epsilon), scale = f32x4.splat(inverse);
  store<f32>(hat + bytes, inverse);
  for (let o = 0; o < bytes; o += 16) {
    const value = f32x4.mul(v128.load(hat + o), scale);
    v128.store(hat + o, value);
    v128.store(y + o, multiplyAdd(v128.load(bias + o), value, v128.load(gain + o)));
  }
}

/** da ← dy, one row: da = (g − mean(g) − â · mean(g ⊙ â)) / σ with g = gain ⊙ dy. */
export function normalizeRowBackward(norm: NormPlan, da: i32, dy: i32, hat: i32): void {
  const H = norm.units, bytes = norm.blocks * blockBytes(H), count = <f32>(norm.blocks * H);
  const gain = norm.gain, ones = norm.ones;
  let sum = f32x4.splat(0), dot = sum;
  for (let o = 0; o < bytes; o += 16) {
    const g = f32x4.mul(v128.load(dy + o), v128.load(gain + o));
    v128.store(da + o, g);
    sum = f32x4.add(sum, g);
    dot = multiplyAdd(dot, g, v128.load(hat + o));
  }
  const mean = f32x4.splat(sumLanes(sum) / count), share = f32x4.splat(sumLanes(dot) / count);
  const scale = v128.load32_splat(hat + bytes);
  for (let o = 0; o < bytes; o += 16) {
    const value = f32x4.sub(f32x4.sub(v128.load(da + o), mean), f32x4.mul(v128.load(hat + o), share));
    v128.store(da + o, f32x4.mul(f32x4.mul(scale, value), v128.load(ones + o)));
  }
}

/** Copies gain and bias into padded rows. Once per change of the parameters. */
export function layerNormPack(norm: NormPlan): void {
  packBias(norm.gain, norm.weightGain, norm.blocks, norm.units);
  if (norm.weightBias) packBias(norm.bias, norm.weightBias, norm.blocks, norm.units);
}

/** y ← y, `rows` rows of which the first is row `row` of the run. */
export function layerNormForward(norm: NormPlan, row: i32, rows: i32, y: i32, yStride: i32): void {
  let hat = norm.hat + row * norm.hatStride;
  for (; rows > 0; rows--, y += yStride, hat += norm.hatStride) normalizeRow(norm, y, hat, y);
}

/** dA ← dY, rows row … row + rows − 1 of the run. */
export function layerNormBackward(norm: NormPlan, row: i32, rows: i32): void {
  for (; rows > 0; rows--, row++) {
    normalizeRowBackward(norm, norm.dA + row * norm.dAStride, norm.dY + row * norm.dYStride, norm.hat + row * norm.hatStride);
  }
}

/** dGain += Σ dy ⊙ â and dBias += Σ dy over rows row … row + rows − 1, ascending; the gain through a padded copy. */
export function layerNormGradients(norm: NormPlan, row: i32, rows: i32): void {
  const H = norm.units, blocks = norm.blocks, dGain = norm.dGain, dYStride = norm.dYStride, bytes = blocks * blockBytes(H);
  let hat = norm.hat + row * norm.hatStride, dy = norm.dY + row * dYStride;
  if (norm.dWeightBias) biasGradient(norm.dWeightBias, dy, dYStride, rows, blocks, H);
  packBias(dGain, norm.dWeightGain, blocks, H);
  for (; rows > 0; rows--, dy += dYStride, hat += norm.hatStride) {
    for (let o = 0; o < bytes; o += 16) {
      v128.store(dGain + o, multiplyAdd(v128.load(dGain + o), v128.load(dy + o), v128.load(hat + o)));
    }
  }
  unpackBias(norm.dWeightGain, dGain, blocks, H);
}
