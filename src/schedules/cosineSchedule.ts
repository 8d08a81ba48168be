import { requireKnownOptions } from "../shape.js";
import { cosineBetween } from "./anneal.js";
import { defineSchedule, type Schedule } from "./schedule.js";
import { requireEach, requireLeastRate, requireSteps, type SteppedOptions, stepsDone } from "./scheduleOptions.js";

/** Options of a rate that falls along a cosine. */
export interface CosineScheduleOptions extends SteppedOptions {
  /** Steps from the full rate to the least: the training's whole length, as a rule. */
  readonly steps: number;
  /** Where it ends; default 0. */
  readonly leastRate?: number;
}

/**
 * A rate that falls along half a cosine (Loshchilov & Hutter 2017; PyTorch's CosineAnnealingLR). Beyond its steps it rises
 * again along the same curve, as PyTorch's does.
 *   rate = least + (base − least) (1 + cos(π s / steps)) / 2      s: steps that are done
 *
 * @example
 * const schedule = cosineSchedule({ steps: 50, each: "epoch" });
 * await fit(model, data, { loss: meanSquaredError, schedule, epochs: 50 });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function cosineSchedule(options: CosineScheduleOptions): Schedule {
  requireKnownOptions("cosineSchedule", options, ["steps", "leastRate", "each"]);
  const steps = requireSteps("steps of cosineSchedule", options.steps);
  const leastRate = requireLeastRate("cosineSchedule", options.leastRate);
  const each = requireEach("cosineSchedule", options.each);
  return defineSchedule({
    name: "cosineSchedule",
    options: { steps, leastRate, each },
    // The remainder keeps the cosine's argument small, where it is exact.
    rate: (update, base, at) => cosineBetween(base, leastRate, (stepsDone(each, update, at) % (2 * steps)) / steps),
  });
}
