import { ArgumentError } from "../errors.js";
import { describe, requireKnownOptions } from "../shape.js";
import { pow } from "../tensor/float64.js";
import { defineSchedule } from "./defineSchedule.js";
import type { Schedule } from "./schedule.js";
import { requireEach, requireFactor, requireSteps, type SteppedOptions, stepsDone } from "./scheduleOptions.js";

/** Options of a rate that falls in steps; one of `every` and `at`. */
export interface StepScheduleOptions extends SteppedOptions {
  /** Steps from one fall to the next. */
  readonly every?: number;
  /** Steps after which it falls, in any order; twice after one that is there twice. */
  readonly at?: readonly number[];
  /** What the rate is multiplied with at each fall, above 0; default 0.1. */
  readonly factor?: number;
}

/**
 * A rate that falls by a factor every so many steps, or at given ones (PyTorch's StepLR and MultiStepLR).
 *   rate = base · factorⁿ      n = ⌊s / every⌋, or how many of `at` are ≤ s      s: steps that are done
 *
 * @example
 * const schedule = stepSchedule({ at: [30, 60], factor: 0.1, each: "epoch" });
 * await fit(model, data, { loss: crossEntropy, optimizer: sgd({ learningRate: 0.1 }), schedule, epochs: 90 });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function stepSchedule(options: StepScheduleOptions): Schedule {
  requireKnownOptions("stepSchedule", options, ["every", "at", "factor", "each"]);
  const { every, at } = options;
  const factor = requireFactor("factor of stepSchedule", options.factor ?? 0.1);
  const each = requireEach("stepSchedule", options.each);
  if ((every === undefined) === (at === undefined))
    throw new ArgumentError(
      `stepSchedule wants one of { every } and { at }, received ${every === undefined ? "none" : "both"}.`,
    );
  const falls: { every: number } | { at: readonly number[] } =
    at === undefined ? { every: requireSteps("every of stepSchedule", every) } : { at: Object.freeze(requireList(at)) };
  return defineSchedule({
    name: "stepSchedule",
    options: { ...falls, factor, each },
    rate(update, base, moment) {
      const done = stepsDone(each, update, moment);
      const count = "at" in falls ? countOf(falls.at, done) : Math.floor(done / falls.every);
      return base * pow(factor, count);
    },
  });
}

function requireList(at: unknown): number[] {
  if (!Array.isArray(at) || at.length === 0)
    throw new ArgumentError(`at of stepSchedule must be a list of steps such as [30, 60], received ${describe(at)}.`);
  const found = at.map((step: unknown, index) => requireSteps(`at of stepSchedule [${index}]`, step));
  return found.sort((a, b) => a - b);
}

function countOf(at: readonly number[], done: number): number {
  let count = 0;
  while (count < at.length && (at[count] as number) <= done) count++;
  return count;
}
