import { ArgumentError } from "../errors.js";
import type { OptimizerRule } from "../optimizers/optimizerRule.js";
import type { EpochOutcome, Schedule, ScheduleMoment } from "../schedules/schedule.js";
import type { Metric } from "./metric.js";
import type { Optimizer } from "./optimizer.js";

/** A schedule at work on one training: sets the optimizer's numbers, and keeps the schedule's own. */
export class ScheduleRun {
  /** What the schedule keeps from epoch to epoch; to be replaced in place. */
  readonly numbers: number[];
  readonly #schedule: Schedule | undefined;
  readonly #moment: { epochs: number; readonly numbers: readonly number[] };

  /** @param schedule undefined for a rate that stays as it is */
  constructor(schedule: Schedule | undefined) {
    this.#schedule = schedule;
    this.numbers = [...(schedule?.start ?? [])];
    this.#moment = { epochs: 0, numbers: this.numbers };
  }

  /**
   * Sets the rate of the optimizer's next update, and its momentum where the schedule moves it.
   * @param base the rate the schedule starts out from
   * @param epochs that are done
   */
  enter(optimizer: Optimizer, base: number, epochs: number): void {
    const schedule = this.#schedule;
    if (schedule === undefined) {
      optimizer.learningRate = base;
      return;
    }
    this.#moment.epochs = epochs;
    const moment: ScheduleMoment = this.#moment;
    const update = optimizer.updates + 1;
    optimizer.learningRate = schedule.rate(update, base, moment);
    optimizer.momentum = schedule.momentum?.(update, moment);
  }

  /**
   * Hears of an epoch's end.
   * @throws ArgumentError when the schedule keeps what no file holds; its numbers are then as they were
   */
  endEpoch(outcome: EpochOutcome): void {
    const schedule = this.#schedule;
    if (schedule?.endEpoch === undefined) return;
    const { numbers } = this;
    const next = [...numbers];
    schedule.endEpoch(outcome, next);
    if (next.length !== numbers.length || !next.every(Number.isFinite))
      throw new ArgumentError(
        `the schedule ${schedule.name} must keep ${numbers.length} finite numbers, it has [${next.join(", ")}] after an epoch.`,
      );
    numbers.splice(0, numbers.length, ...next);
  }
}

/** @throws ArgumentError when the schedule moves or watches what the training has not */
export function requireScheduled(
  { name, momentum, watches = [] }: Schedule,
  rule: OptimizerRule,
  metrics: readonly Metric[],
): void {
  if (momentum !== undefined && !rule.hasMomentum)
    throw new ArgumentError(
      `the schedule ${name} moves the momentum, and this ${rule.name} has none. Give it one, as sgd({ momentum: 0.9 }), or the schedule { cyclesMomentum: false }.`,
    );
  const missing = watches.find((watched) => !metrics.some((metric) => metric.name === watched));
  if (missing !== undefined)
    throw new ArgumentError(`the schedule ${name} watches the metric "${missing}", which is not among the metrics.`);
}
