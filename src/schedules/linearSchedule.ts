import { requireNumber } from "../shape.js";
import { lineBetween } from "./anneal.js";
import type { Schedule } from "./schedule.js";
import { requireSteps, type SteppedOptions } from "./scheduleOptions.js";
import { steppedSchedule } from "./steppedSchedule.js";

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
  const own = {
    steps: requireSteps,
    from: (title: string, from: unknown = 1) => requireNumber(title, from, 0),
    to: (title: string, to: unknown = 0) => requireNumber(title, to, 0),
  };
  return steppedSchedule(
    "linearSchedule",
    options,
    own,
    ({ steps, from, to }, base, done) => base * lineBetween(from, to, Math.min(done, steps) / steps),
  );
}
