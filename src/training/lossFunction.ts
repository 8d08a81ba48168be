import { ArgumentError, ShapeError } from "../errors.js";
import { type Loss, requireOwnLoss } from "../losses/loss.js";
import { describe, sameShape, show } from "../shape.js";
import { type Nested, readTensor, type Tensor } from "../tensor/tensor.js";

/** What a loss function of your own gives: the loss, and its gradient with respect to each value of the prediction. */
export interface LossResult {
  /** The number that is reported and made small: a mean where batch sizes should not matter. */
  readonly loss: number;
  /** ∂loss / ∂prediction, in the shape of the prediction. */
  readonly gradient: Tensor | Float32Array | Nested;
}

/**
 * A loss function of your own. Prediction and target are copies, [batch, width] or [batch, time, width]; where sequences
 * differ in length both hold 0 beyond each end, and the gradient there is not looked at.
 * @param weights how much each row counts, [batch] or [batch, time]: the data's weights times its mask, 0 beyond each end.
 * Undefined where the data has neither. The function applies them itself; only where one is 0 is the gradient taken as 0.
 *
 * @example
 * const quartic: LossFunction = (prediction, target) => {
 *   const errors = prediction.data.map((value, index) => value - (target.data[index] as number));
 *   const loss = errors.reduce((sum, error) => sum + error ** 4, 0) / errors.length;
 *   return { loss, gradient: errors.map((error) => (4 * error ** 3) / errors.length) };
 * };
 * gradientCheck(model, batch, quartic).passed;   // true
 */
export type LossFunction = (prediction: Tensor, target: Tensor, weights: Tensor | undefined) => LossResult;

/** A loss of the library, or a function of your own. */
export type AnyLoss = Loss | LossFunction;

/** @throws ArgumentError when it is neither, StateError when it belongs to another copy of the library */
export function requireLoss(loss: unknown): AnyLoss {
  if (typeof loss === "function") return loss as LossFunction;
  return requireOwnLoss(loss);
}

/**
 * Calls a user's loss function and checks what it gives.
 * @throws ArgumentError, ShapeError when that is no loss with a gradient of the prediction's shape
 */
export function callLoss(
  loss: LossFunction,
  prediction: Tensor,
  target: Tensor,
  weights: Tensor | undefined,
): { loss: number; gradient: Float32Array } {
  const result = loss(prediction, target, weights);
  if (typeof result?.loss !== "number")
    throw new ArgumentError(`a loss function must give { loss, gradient }, received ${describe(result)}.`);
  const { data, shape } = readTensor("the gradient of a loss function", result.gradient);
  const isFlat = shape.length === 1 && data.length === prediction.data.length;
  if (!isFlat && !sameShape(shape, prediction.shape)) {
    throw new ShapeError(
      `the gradient of a loss function must have the shape ${show(prediction.shape)} of the prediction, received ${show(shape)}.`,
    );
  }
  return { loss: result.loss, gradient: weights === undefined ? data : silenced(data, weights) };
}

/** The gradient with 0 in the rows that do not count. */
function silenced(gradient: Float32Array, { data: weights }: Tensor): Float32Array {
  const width = gradient.length / weights.length;
  return gradient.map((value, index) => (weights[Math.floor(index / width)] === 0 ? 0 : value));
}
