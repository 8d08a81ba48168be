import { ArgumentError } from "../errors.js";
import { describe } from "../shape.js";

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

/**
 * A learning rate that changes from update to update: a value without memory. The rate depends on the update's number, the
 * epochs that are done, and numbers that the training keeps for it, so that a run that is cut and resumed goes on as if it
 * had not been. Name, options and numbers are kept in the trainer's file.
 *
 * @example
 * const halving = (every: number): Schedule => ({
 *   name: "halving",
 *   options: { every },
 *   rate: (update, base) => base / (1 + Math.floor(update / every)),
 * });
 */
export interface Schedule {
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

/** Makes a schedule one that nobody can change. */
export function defineSchedule(schedule: Schedule): Schedule {
  Object.freeze(schedule.options);
  return Object.freeze(schedule);
}

/** @throws ArgumentError when it is none */
export function requireSchedule(schedule: unknown): Schedule {
  const given = schedule as Partial<Schedule> | null;
  if (typeof given !== "object" || typeof given?.rate !== "function" || typeof given.name !== "string")
    throw new ArgumentError(`schedule must be { name, options, rate(update, base) }, received ${describe(schedule)}.`);
  const { start = [], options = {}, watches = [] } = given;
  if (typeof options !== "object" || options === null)
    throw new ArgumentError(`options of the schedule ${given.name} must be an object, received ${describe(options)}.`);
  if (!Array.isArray(start) || !start.every(Number.isFinite))
    throw new ArgumentError(
      `start of the schedule ${given.name} must be a list of finite numbers, received ${describe(start)}.`,
    );
  if (!Array.isArray(watches))
    throw new ArgumentError(`watches of the schedule ${given.name} must be a list, received ${describe(watches)}.`);
  for (const [name, value] of Object.entries({ momentum: given.momentum, endEpoch: given.endEpoch })) {
    if (value !== undefined && typeof value !== "function")
      throw new ArgumentError(`${name} of the schedule ${given.name} must be a function, received ${describe(value)}.`);
  }
  return given as Schedule;
}
