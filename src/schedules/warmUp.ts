import type { Schedule } from "./schedule.js";
import { requireSteps, type SteppedOptions } from "./scheduleOptions.js";
import { steppedSchedule } from "./steppedSchedule.js";

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
  const own = { steps: requireSteps };
  return steppedSchedule("warmUp", options, own, ({ steps }, base, done) => base * Math.min(1, (done + 1) / steps));
}
