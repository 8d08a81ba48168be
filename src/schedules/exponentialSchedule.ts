import { pow } from "../tensor/float64.js";
import type { Schedule } from "./schedule.js";
import { requireFactor, type SteppedOptions } from "./scheduleOptions.js";
import { steppedSchedule } from "./steppedSchedule.js";

/** Options of a rate that falls exponentially. */
export interface ExponentialScheduleOptions extends SteppedOptions {
  /** What the rate is multiplied with after each step, above 0. */
  readonly factor: number;
}

/**
 * A rate that falls, or rises, by a factor with each step (PyTorch's ExponentialLR).
 *   rate = base · factorˢ      s: steps that are done
 *
 * @example
 * const schedule = exponentialSchedule({ factor: 0.95, each: "epoch" });
 * await fit(model, data, { loss: meanSquaredError, schedule, epochs: 20 });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function exponentialSchedule(options: ExponentialScheduleOptions): Schedule {
  const own = { factor: requireFactor };
  return steppedSchedule("exponentialSchedule", options, own, ({ factor }, base, done) => base * pow(factor, done));
}
