import { ArgumentError } from "../errors.js";
import type { EpochOutcome, ScheduleDefinition, ScheduleMoment } from "./schedule.js";

/** The numbers of an optimizer that a schedule sets. */
interface Scheduled {
  learningRate: number;
  momentum: number | undefined;
  readonly updates: number;
}

/** A schedule at work on one training: sets the optimizer's numbers, and keeps the schedule's own. */
export class ScheduleRun {
  /** What the schedule keeps from epoch to epoch; to be replaced in place. */
  readonly numbers: number[];
  readonly #schedule: ScheduleDefinition;
  readonly #moment: { epochs: number; readonly numbers: readonly number[] };

  constructor(schedule: ScheduleDefinition) {
    this.#schedule = schedule;
    this.numbers = [...(schedule.start ?? [])];
    this.#moment = { epochs: 0, numbers: this.numbers };
  }

  /**
   * Sets the rate of the optimizer's next update, and its momentum where the schedule moves it.
   * @param base the rate the schedule starts out from
   * @param epochs that are done
   */
  enter(optimizer: Scheduled, base: number, epochs: number): void {
    const schedule = this.#schedule;
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
    if (schedule.endEpoch === undefined) return;
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
