import { ArgumentError } from "../errors.js";
import { describe, requireKnownOptions } from "../shape.js";
import {
  COURSE_OPTIONS,
  type CourseOptions,
  type CourseSettings,
  courseSettings,
  requireCallbacks,
} from "./courseSettings.js";
import type { EpochReport } from "./standing.js";

/** How `fit` trains. */
export interface FitOptions extends CourseOptions {
  /** Passes over the data; default 1. */
  readonly epochs?: number;
  /** Called after each epoch, and in long ones now and then. */
  readonly onProgress?: (progress: FitProgress) => void;
  /** Called after each epoch. */
  readonly onEpoch?: (epoch: EpochReport) => void;
  /** Called after each update with its loss (before the update) and its number. */
  readonly onUpdate?: (loss: number, update: number) => void;
  /** Ends the run after the present batch; the weights stay as they are then, or with `averaging` as averaged. */
  readonly signal?: AbortSignal;
}

/** Where a run stands. */
export interface FitProgress extends EpochReport {
  /** Passes over the data this run makes at most. */
  readonly epochs: number;
  /**
   * Examples seen in this epoch, of how many; with `truncate` those under way by the part that is done. The epoch's losses
   * are of those seen so far.
   */
  readonly examples: number;
  /** Examples in an epoch. */
  readonly of: number;
  /** Gradient norm of the last update, before clipping. */
  readonly gradientNorm: number;
  /** Mean over the run so far. */
  readonly examplesPerSecond: number;
  /** Until the last epoch ends at that pace; early stopping may end it before. */
  readonly secondsLeft: number;
}

/** The options of `fit` with every default in its place. */
export interface FitSettings {
  readonly course: CourseSettings & { readonly epochs: number };
  readonly onProgress: ((progress: FitProgress) => void) | undefined;
  readonly onEpoch: ((epoch: EpochReport) => void) | undefined;
  readonly onUpdate: ((loss: number, update: number) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** @throws ArgumentError when there is one that is none */
export function requireSignal(signal: unknown): void {
  if (signal === undefined || typeof (signal as AbortSignal | null)?.aborted === "boolean") return;
  throw new ArgumentError(`signal must be an AbortSignal, received ${describe(signal)}.`);
}

/** @throws ArgumentError when an option is unknown or out of range */
export function fitSettings(options: FitOptions): FitSettings {
  requireKnownOptions("fit", options, [...COURSE_OPTIONS, "onProgress", "onEpoch", "onUpdate", "signal"]);
  const { onProgress, onEpoch, onUpdate, signal, epochs = 1 } = options;
  requireCallbacks({ onProgress, onEpoch, onUpdate });
  requireSignal(signal);
  return { course: { ...courseSettings(options, epochs), epochs }, onProgress, onEpoch, onUpdate, signal };
}
