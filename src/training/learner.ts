import type { Batch } from "../data/batches.js";
import type { Dataset } from "../data/dataset.js";
import { StateError } from "../errors.js";
import { doorOf, type Interior } from "../models/interior.js";
import type { Model } from "../models/model.js";
import type { Plan } from "../models/plan.js";
import { planFor } from "../models/planFor.js";
import type { AnyLoss } from "./lossFunction.js";
import { requireAnswers } from "./requireAnswers.js";
import { bindTarget } from "./target.js";

export { lossCount, lossOf } from "./lossRoom.js";

/**
 * Refuses what does not fit together; the model stays as it is, its sizes unknown if they are.
 * @throws ArgumentError, ShapeError when data, model and loss do not fit
 */
export function requireFit(model: Model, data: Dataset, loss: AnyLoss): void {
  const output = doorOf(model).output(data.input, data.initialState);
  requireAnswers(model.specification, output, bindTarget(data, output, loss));
}

/** The interior of a model for data and a loss, which make its sizes known. @throws as `requireFit` */
export function interiorFor(model: Model, data: Dataset, loss: AnyLoss): Interior {
  requireFit(model, data, loss);
  return doorOf(model).adapt(data.input);
}

/** @throws StateError while somebody is training the model, who has the gradients for himself */
export function requireOwnGradients({ isBusy }: Interior): void {
  if (isBusy)
    throw new StateError(
      "this model is being trained by fit, whose gradients would mix with these. Wait for it, or abort it.",
    );
}

/** The plan for a batch, laid out and filled; `run.begin()` done, the states as given, learned or 0. */
export function prepare(interior: Interior, { data, examples }: Batch, training: boolean, loss: AnyLoss): Plan {
  const { output } = interior;
  const wanted = output.hasOwnSteps ? bindTarget(data, output, loss).rows : undefined;
  return planFor(interior, data, examples, training, false, wanted);
}

/** From the loss back through all steps: adds the gradients. The next batch draws noise of its own. */
export function addGradients(interior: Interior, plan: Plan): void {
  const { steps } = plan.layout;
  plan.run.backward(0, steps);
  plan.run.gradients(0, steps);
  interior.draws.count++;
}
