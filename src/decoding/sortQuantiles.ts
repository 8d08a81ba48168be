import { ShapeError } from "../errors.js";
import { requireQuantiles } from "../losses/quantileLoss.js";
import { show } from "../shape.js";
import { type Nested, Tensor } from "../tensor/tensor.js";
import { finiteOutput } from "./finiteOutput.js";

/**
 * Puts the quantiles that a network trained with `quantileLoss` tells in order, so that none crosses another: the Q
 * predictions of each value, sorted (the rearrangement of Chernozhukov, Fernández-Val & Galichon 2010).
 *
 * It never costs anything. The pinball loss is l = q (t − y) + max(y − t, 0): sorting leaves the sum of the second term over
 * the quantiles as it is, and Σ q y is largest where both rise together. It works for any weights, unlike a penalty, and
 * leaves the network free, unlike outputs that can only add to each other.
 *
 * @param output [width] or [rows, width] or [batch, time, width], as the network gives it: width is Q · n, the n values of the first
 *   quantile, then those of the second
 * @param quantiles as the loss was told them, in any order
 * @returns the same shape; of each value a larger quantile has no smaller prediction
 * @example
 * const bands = sortQuantiles(model.predictBatch(input), [0.05, 0.5, 0.95]);
 * @throws ShapeError when the width is no multiple of Q, ArgumentError for a quantile that is none or an output that is not finite
 */
export function sortQuantiles(output: Tensor | Nested, quantiles: ArrayLike<number>): Tensor {
  const levels = requireQuantiles("quantiles of sortQuantiles", quantiles);
  const { data, shape } = finiteOutput("sortQuantiles", output);
  const count = levels.length;
  const width = shape[shape.length - 1];
  if (width === undefined || width === 0 || width % count !== 0)
    throw new ShapeError(
      `sortQuantiles: rows of ${count} quantiles have a multiple of ${count} values, received a tensor of shape ${show(shape)}.`,
    );
  const order = levels.map((_, index) => index).sort((a, b) => (levels[a] as number) - (levels[b] as number));
  const size = width / count;
  const sorted = new Float32Array(data.length);
  for (let row = 0; row < data.length; row += width) {
    for (let value = row; value < row + size; value++) {
      const rising = Float32Array.from(order, (index) => data[value + index * size] as number).sort();
      rising.forEach((prediction, rank) => {
        sorted[value + (order[rank] as number) * size] = prediction;
      });
    }
  }
  return new Tensor(sorted, shape);
}
