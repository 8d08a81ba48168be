import { asBatch, type Batch } from "../data/batches.js";
import type { Data, Dataset } from "../data/dataset.js";
import { StateError } from "../errors.js";
import { interiorOf } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { addGradients, interiorFor, lossOf, prepare } from "./learner.js";
import { type AnyLoss, requireLoss } from "./lossFunction.js";

/**
 * The loss of a batch and its gradients: forward through all steps, back through the unfolded network (BPTT). Gradients
 * accumulate in the model until `optimizer.update()` or `clearGradients(model)`.
 *
 * @returns the loss before any update
 * @example
 * const loss = backpropagate(model, { input: sequences, target: answers }, meanSquaredError);
 * @throws ShapeError, ArgumentError when data, model and loss do not fit; StateError when `fit` is training the model, or
 * the loss is not finite (no gradient has changed then)
 */
export function backpropagate(model: Model, batch: Batch | Data | Dataset, loss: AnyLoss): number {
  requireLoss(loss);
  const given = asBatch(batch);
  const interior = interiorFor(model, given.data, loss);
  if (interior.isBusy)
    throw new StateError(
      "this model is being trained by fit, whose gradients would mix with these. Wait for it, or abort it.",
    );
  const plan = prepare(interior, given, true);
  plan.run.forward(0, plan.layout.steps);
  const value = lossOf(interior, plan, given, loss);
  if (!Number.isFinite(value)) {
    throw new StateError(
      `the loss is ${value}: the network has diverged. Lower the learning rate, clip the gradients, or scale the data.`,
    );
  }
  addGradients(interior, plan);
  return value;
}

/** Sets all gradients of a model to 0. */
export function clearGradients(model: Model): void {
  interiorOf(model).parameters.clearGradients();
}
