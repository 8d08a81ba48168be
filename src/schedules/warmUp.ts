import { requireKnownOptions } from "../shape.js";
import { defineSchedule, type Schedule } from "./schedule.js";
import { requireEach, requireSteps, type SteppedOptions, stepsDone } from "./scheduleOptions.js";

/** Options of a warm-up. */
export interface WarmUpOptions extends SteppedOptions {
  /** Steps until the rate is whole. */
  readonly steps: number;
}

/**
 * A rate that begins small and grows to its whole along a line (Goyal et al. 2017): of 100 steps the first has a hundredth
 * of it, the hundredth all. Its product with another schedule warms that up.
 *   rate = base · min(1, (s + 1) / steps)      s: steps that are done
 *
 * @example
 * const schedule = productOf(warmUp({ steps: 100 }), cosineSchedule({ steps: 2000 }));
 * await fit(model, data, { loss: crossEntropy, optimizer: adamW(), schedule, epochs: 10 });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function warmUp(options: WarmUpOptions): Schedule {
  requireKnownOptions("warmUp", options, ["steps", "each"]);
  const steps = requireSteps("steps of warmUp", options.steps);
  const each = requireEach("warmUp", options.each);
  return defineSchedule({
    name: "warmUp",
    options: { steps, each },
    rate: (update, base, at) => base * Math.min(1, (stepsDone(each, update, at) + 1) / steps),
  });
}
