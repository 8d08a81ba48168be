import type { Dataset } from "../data/dataset.js";
import { StateError } from "../errors.js";
import { definitionOf } from "../layers/layer.js";
import { doorOf, type Interior } from "../models/interior.js";
import type { Model } from "../models/model.js";
import type { Plan } from "../models/plan.js";
import type { AnyLoss } from "./lossFunction.js";
import { Objective } from "./objective.js";
import { bindTarget } from "./target.js";

/**
 * Refuses what does not fit together; the model stays as it is, its sizes unknown if they are.
 * @throws ArgumentError, ShapeError when data, model and loss do not fit
 */
export function requireFit(model: Model, data: Dataset, loss: AnyLoss): void {
  const output = doorOf(model).output(data.input, data.initialState);
  const target = bindTarget(data, output, loss);
  const { specification } = model;
  definitionOf(specification).requireTargets?.(specification, output, target);
}

/** A loss on data as the objective of a model, whose sizes they make known. @throws as `requireFit` */
export function objectiveFor(model: Model, data: Dataset, loss: AnyLoss): Objective {
  requireFit(model, data, loss);
  return new Objective(doorOf(model).adapt(data.input), data, loss);
}

/** @throws StateError while somebody is training the model, who has the gradients for himself */
export function requireOwnGradients({ isBusy }: Interior): void {
  if (isBusy)
    throw new StateError(
      "this model is being trained by fit, whose gradients would mix with these. Wait for it, or abort it.",
    );
}

/** From the loss back through all steps: adds the gradients. The next batch draws noise of its own. */
export function addGradients(interior: Interior, plan: Plan): void {
  const { steps } = plan.layout;
  plan.run.backward(0, steps);
  plan.run.gradients(0, steps);
  interior.draws.count++;
}
