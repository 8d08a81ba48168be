import { requireNumber } from "../shape.js";
import { pow } from "../tensor/float64.js";
import type { Schedule } from "./schedule.js";
import { requireSteps, type SteppedOptions } from "./scheduleOptions.js";
import { steppedSchedule } from "./steppedSchedule.js";

/** Options of a rate that falls along a polynomial. */
export interface PolynomialScheduleOptions extends SteppedOptions {
  /** Steps until the rate is 0. */
  readonly steps: number;
  /** Above 0; default 1, a straight line. */
  readonly power?: number;
}

/**
 * A rate that falls to 0 along a power of what is left, and stays there (PyTorch's PolynomialLR).
 *   rate = base · (1 − min(s, steps) / steps)^power      s: steps that are done
 *
 * @example
 * const schedule = polynomialSchedule({ steps: 40, power: 2, each: "epoch" });
 * await fit(model, data, { loss: meanSquaredError, schedule, epochs: 40 });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function polynomialSchedule(options: PolynomialScheduleOptions): Schedule {
  const own = { steps: requireSteps, power: requirePower };
  return steppedSchedule(
    "polynomialSchedule",
    options,
    own,
    ({ steps, power }, base, done) => base * pow(1 - Math.min(done, steps) / steps, power),
  );
}

function requirePower(title: string, power: unknown = 1): number {
  return requireNumber(title, power, Number.MIN_VALUE);
}
