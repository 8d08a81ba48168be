import { cosineBetween } from "./anneal.js";
import type { Schedule } from "./schedule.js";
import { requireLeastRate, requireSteps, type SteppedOptions } from "./scheduleOptions.js";
import { steppedSchedule } from "./steppedSchedule.js";

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
  const own = { steps: requireSteps, leastRate: requireLeastRate };
  // The remainder keeps the cosine's argument small, where it is exact.
  return steppedSchedule("cosineSchedule", options, own, ({ steps, leastRate }, base, done) =>
    cosineBetween(base, leastRate, (done % (2 * steps)) / steps),
  );
}
