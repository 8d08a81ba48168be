import type { Dataset } from "../data/dataset.js";
import { ArgumentError } from "../errors.js";
import { definitionOf } from "../layers/layer.js";
import { doorOf, readFor } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { layersOf, whyNotByStep } from "../models/stepper.js";
import { requireInteger, requireKnownOptions } from "../shape.js";
import type { AnyLoss } from "./lossFunction.js";
import { TruncatedWindow } from "./truncatedWindow.js";
import type { Truncation } from "./truncation.js";

/** Options of truncated back-propagation. */
export interface TruncatedOptions {
  /** k1: steps from update to update. */
  readonly every: number;
  /** k2: steps that errors are carried back, `every` or more; default `every`, the stateful batches of other systems. */
  readonly window?: number;
}

/**
 * Truncated back-propagation through time, BPTT(k2; k1) (Williams & Peng 1990, "An efficient gradient-based algorithm for
 * on-line training of recurrent network trajectories"): every k1 steps there is an update, for which the errors of the last k1
 * steps are carried back through the last k2 steps,
 *   Δw ∝ Σ_{τ = t−k1+1}^{t} ∂L_τ/∂w, the sum over the ways from L_τ back to step t − k2 + 1 at the furthest,
 * (the last of a sequence's steps may be fewer than k1, and go back k2 − k1 steps beyond their first, as all do) through the
 * activations as they were computed and the weights as they are now. No step is computed forward twice: the states
 * go on from update to update, and begin anew where a sequence begins. A step costs one
 * step forward and k2/k1 steps back; the memory is that of k2 steps, however long the sequences are.
 *
 * @example
 * const truncate = truncated({ every: 20, window: 40 });
 * await fit(model, streams(series, { batchSize: 8 }), { loss: meanSquaredError, batchSize: 8, truncate });
 * @throws ArgumentError when an option is unknown or out of range, or the window is shorter than updates are apart
 */
export function truncated(options: TruncatedOptions): Truncation {
  requireKnownOptions("truncated", options, ["every", "window"]);
  const every = requireInteger("every of truncated", options.every);
  const window = requireInteger("window of truncated", options.window ?? every);
  if (window < every)
    throw new ArgumentError(
      `the window of truncated must hold the steps between two updates: window (k2) is ${window}, every (k1) is ${every}. Errors of the first ${every - window} would be lost.`,
    );
  const truncation: Truncation = {
    every,
    window,
    require: requireTruncatable,
    begin: (...data) => new TruncatedWindow(truncation, ...data),
  };
  return Object.freeze(truncation);
}

function requireTruncatable(model: Model, data: Dataset, loss: AnyLoss): void {
  const output = doorOf(model).output(data.input, data.initialState);
  const { width } = readFor(model.specification, data.input);
  for (const layer of layersOf(model.specification, { width, each: "step" })) {
    const reason = whyNotByStep(layer);
    if (reason === undefined) continue;
    const name = definitionOf(layer).describe(layer.config);
    throw new ArgumentError(`truncate goes through time in windows, which ${name} cannot: ${reason}`);
  }
  if (output.each !== "step")
    throw new ArgumentError(
      "truncate brings in errors as time goes on: it needs an output for every step, but this network gives one a sequence. Leave lastStep or finalState out, or train on windows(series).",
    );
  if (data.mask !== undefined)
    throw new ArgumentError(
      "truncate knows no mask: a step that is passed over has no place in its windows. Give lengths, or weights of 0 for steps without an error.",
    );
  if (typeof loss !== "function" && loss.targets.some(({ isOfRows }) => !isOfRows))
    throw new ArgumentError(
      `${loss.name} judges whole sequences by their labels: no part of one has an error of its own, as truncate needs it.`,
    );
}
