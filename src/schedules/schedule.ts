import { ArgumentError } from "../errors.js";
import { describe } from "../shape.js";
import type { ScheduleRun } from "./scheduleRun.js";

/** Where a training stands besides its updates. */
export interface ScheduleMoment {
  /** Epochs that are done. */
  readonly epochs: number;
  /** What the schedule keeps from epoch to epoch. */
  readonly numbers: readonly number[];
}

/** What an epoch brought, for schedules that listen. */
export interface EpochOutcome {
  /** Mean training loss. */
  readonly loss: number;
  /** Loss of the validation data; left out where there are none. */
  readonly validationLoss?: number;
  /** The metrics of the validation data. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** What a schedule consists of. */
export interface ScheduleDefinition {
  /** What a trainer's file calls it: who resumes gives the maker of a schedule of his own under this name. */
  readonly name: string;
  /** Plain JSON, from which the schedule can be made again. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The numbers it keeps from epoch to epoch, as they are before the first; finite. Default none. */
  readonly start?: readonly number[];
  /** Names of the metrics that it listens to. */
  readonly watches?: readonly string[];
  /**
   * The rate of an update.
   * @param update its number, from 1
   * @param base the optimizer's learning rate
   */
  rate(update: number, base: number, at: ScheduleMoment): number;
  /** The momentum of an update, or the β₁ of rules that have one, in [0, 1); without it they stay as they are. */
  momentum?(update: number, at: ScheduleMoment): number;
  /** Takes in what an epoch brought: replaces the entries of `numbers`. */
  endEpoch?(outcome: EpochOutcome, numbers: number[]): void;
}

/**
 * A learning rate that changes from update to update: a value without memory, one of the library's or of your own
 * (`defineSchedule`). The rate depends on the update's number, the epochs that are done, and numbers that the training keeps for
 * it, so that a run that is cut and resumed goes on as if it had not been. Name, options and numbers are kept in the trainer's file.
 */
export interface Schedule extends ScheduleDefinition {
  /** @throws ArgumentError when it moves or watches what the training has not @internal */
  require(
    rule: { readonly name: string; readonly hasMomentum?: boolean },
    metrics: readonly { readonly name: string }[],
  ): void;
  /** The schedule at work on a training that has not begun. @internal */
  begin(): ScheduleRun;
}

/** @throws ArgumentError when it is none */
export function requireSchedule(schedule: unknown): Schedule {
  if (typeof (schedule as Partial<Schedule> | null)?.begin === "function") return schedule as Schedule;
  throw new ArgumentError(
    `schedule must be such as oneCycle({ steps: 500 }), or defineSchedule({ name, options, rate(update, base) }), received ${describe(schedule)}.`,
  );
}
