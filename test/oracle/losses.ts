import type { LossResult } from "../support/subjectContract.js";
import { softmaxRow } from "./softmax.js";

export type OracleLoss = (
  prediction: Float64Array,
  target: ArrayLike<number>,
  shape: readonly number[],
) => LossResult<Float64Array>;

/** mean over all elements of (p − y)²; derivative 2 (p − y) / count. */
function meanSquaredError(prediction: Float64Array, target: ArrayLike<number>): LossResult<Float64Array> {
  const error = prediction.map((value, index) => value - target[index]);
  return {
    loss: error.reduce((sum, value) => sum + value * value, 0) / error.length,
    gradient: error.map((value) => (2 * value) / error.length),
  };
}

/**
 * mean over rows of −Σ_c t_c log softmax(p)_c, t the probabilities of the classes or the one class of a row;
 * derivative (softmax(p) Σ_c t_c − t) / rows.
 */
function crossEntropy(
  prediction: Float64Array,
  target: ArrayLike<number>,
  shape: readonly number[],
): LossResult<Float64Array> {
  const classes = shape[shape.length - 1];
  const rows = prediction.length / classes;
  const isIndex = target.length === rows;
  const gradient = new Float64Array(prediction.length);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const logits = prediction.subarray(row * classes, (row + 1) * classes);
    const t = logits.map((_, index) => (isIndex ? Number(index === target[row]) : target[row * classes + index]));
    const [p, logP] = [softmaxRow(logits, false), softmaxRow(logits, true)];
    const sum = t.reduce((total, value) => total + value, 0);
    loss -= t.reduce((total, value, index) => total + value * logP[index], 0) / rows;
    gradient.set(
      p.map((value, index) => (value * sum - t[index]) / rows),
      row * classes,
    );
  }
  return { loss, gradient };
}

/** Every loss by its library name, in float64. */
export const oracleLosses: Readonly<Record<string, OracleLoss>> = { meanSquaredError, crossEntropy };
