import { requireKnownOptions } from "../shape.js";
import { pow } from "../tensor/float64.js";
import { defineSchedule, type Schedule } from "./schedule.js";
import { requireEach, requireFactor, type SteppedOptions, stepsDone } from "./scheduleOptions.js";

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
  requireKnownOptions("exponentialSchedule", options, ["factor", "each"]);
  const factor = requireFactor("factor of exponentialSchedule", options.factor);
  const each = requireEach("exponentialSchedule", options.each);
  return defineSchedule({
    name: "exponentialSchedule",
    options: { factor, each },
    rate: (update, base, at) => base * pow(factor, stepsDone(each, update, at)),
  });
}
