import { asBatch, type Batch } from "../data/batches.js";
import type { Data, Dataset } from "../data/dataset.js";
import { ArgumentError, StateError } from "../errors.js";
import type { Model } from "../models/model.js";
import type { StateRows } from "../tensor/rows.js";
import { interiorFor, lossOf, prepare } from "../training/learner.js";
import { type AnyLoss, requireLoss } from "../training/lossFunction.js";
import { doubles } from "../wasm/memory.js";

/** How a loss's gradient travels back through time. */
export interface GradientFlow {
  /** ‖∂L/∂h_t‖ over the batch at each time step, first to last, of the first recurrent layer. */
  readonly byStep: Float64Array;
  /** The same by lag: entry 0 is the last step, entry k the step k before it. */
  readonly byLag: Float64Array;
  /** Steps back until the norm falls below a hundredth of its largest and stays there; all of them if it never does. */
  readonly memoryHorizon: number;
  /** One sentence on what that means for the window. */
  readonly verdict: string;
}

/** Below this share of its largest norm a gradient teaches next to nothing. */
const FADED = 0.01;

/**
 * How far back in time a batch's loss reaches: the norm of its gradient with respect to the hidden state at every step.
 * The model's weights and gradients stay as they are.
 *
 * @example
 * const { byLag, memoryHorizon } = gradientFlow(model, batch, meanSquaredError);
 * @throws ArgumentError, ShapeError when the model has no recurrent layer, or data, model and loss do not fit
 * @throws StateError when the loss is not finite
 */
export function gradientFlow(model: Model, batch: Batch | Data | Dataset, loss: AnyLoss): GradientFlow {
  requireLoss(loss);
  const given = asBatch(batch);
  const interior = interiorFor(model, given.data, loss);
  const plan = prepare(interior, given, true);
  const state = plan.run.states[0];
  if (state === undefined) throw new ArgumentError("gradientFlow needs a model with a recurrent layer.");
  const { steps } = plan.layout;
  plan.run.forward(0, steps);
  const value = lossOf(interior, plan, given, loss);
  if (!Number.isFinite(value))
    throw new StateError(`the loss is ${value}: the network has diverged, and there is no gradient to show.`);
  const probe = state.probe(true);
  plan.run.backward(0, steps);
  state.probe(false);
  const byStep = normsByStep(probe, state, steps);
  const byLag = byStep.slice().reverse();
  const memoryHorizon = horizonOf(byLag);
  return { byStep, byLag, memoryHorizon, verdict: verdictOn(byLag, memoryHorizon) };
}

function normsByStep(probe: number, state: StateRows, steps: number): Float64Array {
  const count = state.parts.length;
  return Float64Array.from({ length: steps }, (_, step) => Math.sqrt(doubles[(probe >> 3) + step * count] as number));
}

function horizonOf(byLag: Float64Array): number {
  const largest = byLag.reduce((most, norm) => Math.max(most, norm), 0);
  let horizon = byLag.length;
  while (horizon > 0 && (byLag[horizon - 1] as number) < FADED * largest) horizon--;
  return horizon;
}

function verdictOn(byLag: Float64Array, horizon: number): string {
  const last = byLag.length - 1;
  const [first, end] = [byLag[0] ?? 0, byLag[last] ?? 0];
  if (byLag.every((norm) => norm === 0))
    return "No gradient reaches the recurrent layer: the loss does not depend on it.";
  if (first === 0) return `The loss does not depend on the last step; its gradient reaches ${horizon} steps back.`;
  const ratio = (end / first).toExponential(0);
  if (horizon > last) return `The gradient at lag ${last} is ${ratio} of lag 0: the whole window teaches.`;
  return `The gradient at lag ${last} is ${ratio} of lag 0: a window above ${horizon} is wasted.`;
}
