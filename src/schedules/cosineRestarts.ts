import { requireInteger } from "../shape.js";
import { cosineBetween } from "./anneal.js";
import type { Schedule } from "./schedule.js";
import { requireLeastRate, requireSteps, type SteppedOptions } from "./scheduleOptions.js";
import { steppedSchedule } from "./steppedSchedule.js";

/** Options of a cosine with warm restarts. */
export interface CosineRestartsOptions extends SteppedOptions {
  /** Steps of the first period. */
  readonly steps: number;
  /** How many times longer each period is than the one before; default 1. */
  readonly growth?: number;
  /** What each period falls towards; default 0. */
  readonly leastRate?: number;
}

/**
 * A rate that falls along half a cosine and begins anew (SGDR, Loshchilov & Hutter 2017; PyTorch's
 * CosineAnnealingWarmRestarts).
 *   rate = least + (base − least) (1 + cos(π s / Tᵢ)) / 2      s: steps done of the period i      Tᵢ = steps · growthⁱ
 *
 * @example
 * const schedule = cosineRestarts({ steps: 10, growth: 2, each: "epoch" });
 * await fit(model, data, { loss: meanSquaredError, schedule, epochs: 70 });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function cosineRestarts(options: CosineRestartsOptions): Schedule {
  const own = {
    steps: requireSteps,
    growth: (title: string, growth: unknown = 1) => requireInteger(title, growth),
    leastRate: requireLeastRate,
  };
  return steppedSchedule("cosineRestarts", options, own, ({ steps, growth, leastRate }, base, done) =>
    cosineBetween(base, leastRate, within(done, steps, growth)),
  );
}

/** The part that is done of the present period. */
function within(done: number, steps: number, growth: number): number {
  if (growth === 1) return (done % steps) / steps;
  let [left, period] = [done, steps];
  while (left >= period) {
    left -= period;
    period *= growth;
  }
  return left / period;
}
