import { ArgumentError, ShapeError } from "../errors.js";
import type { Loss } from "../losses/loss.js";
import { describe, sameShape, show } from "../shape.js";
import { type Nested, type Tensor, tensor } from "../tensor/tensor.js";

/** What a loss function of your own gives: the loss, and its gradient with respect to each value of the prediction. */
export interface LossResult {
  readonly loss: number;
  readonly gradient: Tensor | Float32Array | Nested;
}

/**
 * A loss function of your own. Prediction and target are copies, [batch, width] or [batch, time, width]; where sequences
 * differ in length both hold 0 beyond each end, and the gradient there is not looked at.
 */
export type LossFunction = (prediction: Tensor, target: Tensor) => LossResult;

/** A loss of the library, or a function of your own. */
export type AnyLoss = Loss | LossFunction;

/** @throws ArgumentError when it is neither */
export function requireLoss(loss: unknown): AnyLoss {
  if (typeof loss === "function") return loss as LossFunction;
  if (typeof loss === "object" && loss !== null && typeof (loss as Loss).evaluate === "function") return loss as Loss;
  throw new ArgumentError(
    `loss must be one of the library's, such as meanSquaredError, or a function, received ${describe(loss)}.`,
  );
}

/**
 * Calls a user's loss function and checks what it gives.
 * @throws ArgumentError, ShapeError when that is no loss with a gradient of the prediction's shape
 */
export function callLoss(
  loss: LossFunction,
  prediction: Tensor,
  target: Tensor,
): { loss: number; gradient: Float32Array } {
  const result = loss(prediction, target);
  if (typeof result?.loss !== "number")
    throw new ArgumentError(`a loss function must give { loss, gradient }, received ${describe(result)}.`);
  const { data, shape } = tensor(result.gradient);
  const isFlat = shape.length === 1 && data.length === prediction.data.length;
  if (!isFlat && !sameShape(shape, prediction.shape)) {
    throw new ShapeError(
      `the gradient of a loss function must have the shape ${show(prediction.shape)} of the prediction, received ${show(shape)}.`,
    );
  }
  return { loss: result.loss, gradient: data };
}
