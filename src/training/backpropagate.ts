import { asBatch, type Batch, inOrder } from "../data/batches.js";
import type { Data, Dataset } from "../data/dataset.js";
import { type GivenStates, givenStates, type StatesLike } from "../data/givenStates.js";
import { StateError } from "../errors.js";
import { type Interior, interiorOf } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { requireStates, writeStates } from "../models/states.js";
import { requireKnownOptions } from "../shape.js";
import { firstSpot } from "./diverged.js";
import { addGradients, objectiveFor, requireOwnGradients } from "./learner.js";
import { type AnyLoss, requireLoss } from "./lossFunction.js";

/** What comes back into a batch beside its own loss. */
export interface BackpropagateOptions {
  /**
   * Gradient with respect to the final states, from what goes on with them, by layer path as `initialState`, in the batch's
   * order: what `stateGradients` gave for the chunk that follows. So a stream's chunks, taken from the last, give the
   * gradients of the whole.
   */
  readonly finalGradients?: StatesLike;
}

/**
 * The loss of a batch and its gradients: forward through all steps, back through the unfolded network (BPTT). Gradients
 * accumulate in the model until `optimizer.update()` or `clearGradients(model)`: those of several calls are their sum, of as many
 * batches' means.
 *
 * @param batch one of `batches(data, …)`, or `{ input, target }` as a whole
 * @param loss one of the library's, or `(prediction, target) => ({ loss, gradient })`
 * @returns the loss before any update
 * @example
 * const loss = backpropagate(model, { input: sequences, target: answers }, meanSquaredError);
 * @throws ShapeError, ArgumentError when data, model and loss do not fit; StateError when `fit` is training the model, or
 * the loss is not finite (no gradient has changed then)
 */
export function backpropagate(
  model: Model,
  batch: Batch | Data | Dataset,
  loss: AnyLoss,
  options: BackpropagateOptions = {},
): number {
  requireLoss(loss);
  requireKnownOptions("backpropagate", options, ["finalGradients"]);
  const { data, examples } = asBatch(batch);
  const objective = objectiveFor(model, data, loss);
  const { interior } = objective;
  const finals = readFinals(interior, options.finalGradients, examples.length);
  requireOwnGradients(interior);
  const plan = objective.prepare(examples, true);
  plan.run.forward(0, plan.layout.steps);
  const value = objective.loss(plan, examples);
  if (!Number.isFinite(value)) {
    const [spot = "every output is finite: look at the loss itself"] = firstSpot(plan, "forward");
    throw new StateError(
      `the loss is ${value}: the network has diverged; ${spot}. Lower the learning rate, clip the gradients, or scale the data.`,
    );
  }
  if (finals !== undefined) writeStates(plan.run.states, finals, inOrder(examples.length), "gradient");
  addGradients(interior, plan);
  interior.backpropagated = plan;
  return value;
}

/** @throws ShapeError, ArgumentError when the network has no such states */
function readFinals(interior: Interior, given: StatesLike | undefined, count: number): GivenStates | undefined {
  if (given === undefined) return undefined;
  const finals = givenStates("finalGradients", given, count);
  requireStates("finalGradients", interior.layer, { width: interior.inputSize, each: "step" }, finals);
  return finals;
}

/**
 * Sets all gradients of a model to 0.
 *
 * @example
 * clearGradients(model);
 * backpropagate(model, batch, meanSquaredError);   // the gradients are those of this batch alone
 * @throws StateError while `fit` is training the model
 */
export function clearGradients(model: Model): void {
  const interior = interiorOf(model);
  requireOwnGradients(interior);
  interior.parameters.clearGradients();
}
