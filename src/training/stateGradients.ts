import { inOrder } from "../data/batches.js";
import type { States } from "../data/givenStates.js";
import { StateError } from "../errors.js";
import { interiorOf } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { emptyStates, readStates } from "../models/states.js";

/**
 * The gradients of the loss with respect to the states that a batch began with, as the last `backpropagate` left them: in the
 * form of `initialState`, in the batch's order, also where those states were zero or learned.
 *
 * @example
 * backpropagate(model, { input, target, initialState }, meanSquaredError);
 * const { h, c } = stateGradients(model).rnn;
 * @throws StateError when `backpropagate` was not called, or the model has been trained or measured since
 */
export function stateGradients(model: Model): States {
  const { backpropagated } = interiorOf(model);
  if (backpropagated === undefined)
    throw new StateError(
      "stateGradients reads what backpropagate left: call it right after, before anything else trains.",
    );
  const { run, layout } = backpropagated;
  const found = emptyStates(run.states, layout.sequences);
  readStates(found, run.states, inOrder(layout.sequences), "gradient");
  return found;
}
