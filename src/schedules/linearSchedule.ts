import { requireKnownOptions, requireNumber } from "../shape.js";
import { lineBetween } from "./anneal.js";
import { defineSchedule, type Schedule } from "./schedule.js";
import { requireEach, requireSteps, type SteppedOptions, stepsDone } from "./scheduleOptions.js";

/** Options of a rate that goes along a line. */
export interface LinearScheduleOptions extends SteppedOptions {
  /** Steps from one end to the other. */
  readonly steps: number;
  /** Factor of the rate at first, 0 or more; default 1. */
  readonly from?: number;
  /** Factor of the rate at last, 0 or more; default 0. */
  readonly to?: number;
}

/**
 * A rate that goes along a straight line from one multiple of it to another, and stays there (PyTorch's LinearLR, whose
 * defaults are others).
 *   rate = base · (from + (to − from) min(s, steps) / steps)      s: steps that are done
 *
 * @example
 * const schedule = linearSchedule({ steps: 40, each: "epoch" });
 * await fit(model, data, { loss: meanSquaredError, schedule, epochs: 40 });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function linearSchedule(options: LinearScheduleOptions): Schedule {
  requireKnownOptions("linearSchedule", options, ["steps", "from", "to", "each"]);
  const steps = requireSteps("steps of linearSchedule", options.steps);
  const from = requireNumber("from of linearSchedule", options.from ?? 1, 0);
  const to = requireNumber("to of linearSchedule", options.to ?? 0, 0);
  const each = requireEach("linearSchedule", options.each);
  return defineSchedule({
    name: "linearSchedule",
    options: { steps, from, to, each },
    rate: (update, base, at) => base * lineBetween(from, to, Math.min(stepsDone(each, update, at), steps) / steps),
  });
}
