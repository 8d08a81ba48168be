import { requireKnownOptions, requireNumber } from "../shape.js";
import { pow } from "../tensor/float64.js";
import { defineSchedule, type Schedule } from "./schedule.js";
import { requireEach, requireSteps, type SteppedOptions, stepsDone } from "./scheduleOptions.js";

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
  requireKnownOptions("polynomialSchedule", options, ["steps", "power", "each"]);
  const steps = requireSteps("steps of polynomialSchedule", options.steps);
  const power = requireNumber("power of polynomialSchedule", options.power ?? 1, Number.MIN_VALUE);
  const each = requireEach("polynomialSchedule", options.each);
  return defineSchedule({
    name: "polynomialSchedule",
    options: { steps, power, each },
    rate: (update, base, at) => base * pow(1 - Math.min(stepsDone(each, update, at), steps) / steps, power),
  });
}
