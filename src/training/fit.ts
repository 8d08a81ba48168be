import type { Data, Dataset } from "../data/dataset.js";
import type { Model } from "../models/model.js";
import type { Course } from "./course.js";
import { type FitOptions, type FitSettings, fitSettings } from "./fitSettings.js";
import { occupy, openCourse } from "./openCourse.js";
import { now, Pace } from "./pace.js";
import type { Ending, EpochReport } from "./standing.js";

/** What a run did. */
export interface FitResult {
  /** Epochs completed. */
  readonly epochs: number;
  /** Changes of the weights, over all epochs. */
  readonly updates: number;
  /** Mean training loss of each epoch. */
  readonly losses: readonly number[];
  /** Validation loss after each epoch; empty without validation. */
  readonly validationLosses: readonly number[];
  /** Why it ended. */
  readonly stopped: Ending | "aborted";
}

/**
 * Trains a model: for each batch forward, back-propagation through time, update. Yields to the event loop as it goes.
 * Gradients that lie in the model are cleared first, and none are left at the end. Without more options it is one epoch of Adam
 * at 1e-3 in batches of 32, gradients clipped to norm 1.
 *
 * @param data `{ input, target }`: input [batch, time, D], or a list of [time, D] of any lengths, and for each sequence or each step
 *   a target; or what `windows` and `streams` make of a series
 * @param options `loss`, and all that has a default
 * @returns losses epoch by epoch, and why it ended
 * @example
 * await fit(model, windows(series, { window: 24 }), { loss: meanSquaredError, epochs: 20, validation: 0.2, patience: 3 });
 * @throws ArgumentError, ShapeError when options, data, model and loss do not fit (nothing has changed then)
 * @throws StateError when the model is already being trained, or the loss or a gradient is no longer finite: the weights
 * are those of the last good update
 */
export async function fit(model: Model, data: Data | Dataset, options: FitOptions): Promise<FitResult> {
  const settings = fitSettings(options);
  const course = openCourse(model, data, settings.course);
  const release = occupy(course.interior);
  try {
    return await new FitRun(course, settings).finish();
  } finally {
    release();
    course.dispose();
  }
}

/** Least milliseconds between two reports within an epoch. */
const BETWEEN_REPORTS = 100;

/** One run of `fit`: drives a course, breathes, and tells people where it stands. */
class FitRun {
  readonly #course: Course;
  readonly #settings: FitSettings;
  readonly #pace = new Pace();
  readonly #started = now();
  #reported = 0;

  constructor(course: Course, settings: FitSettings) {
    this.#course = course;
    this.#settings = settings;
  }

  async finish(): Promise<FitResult> {
    const { standing, optimizer } = this.#course;
    const isAborted = !(await this.#untilStopped());
    if (isAborted) this.#course.average?.swap();
    const { losses, validationLosses, stopped = "finished" } = standing;
    const { updates } = optimizer;
    return { epochs: losses.length, updates, losses, validationLosses, stopped: isAborted ? "aborted" : stopped };
  }

  /** False when it was aborted. */
  async #untilStopped(): Promise<boolean> {
    const course = this.#course;
    const { signal, onUpdate } = this.#settings;
    while (course.standing.stopped === undefined) {
      if (signal?.aborted) return false;
      if (course.update()) onUpdate?.(course.standing.loss, course.optimizer.updates);
      // Asked here, not in a function of its own: a promise an update would be one too many.
      if (this.#pace.isDue(course.work)) await this.#breathe();
      if (course.isEpochSeen) await this.#endEpoch();
    }
    return true;
  }

  async #breathe(): Promise<void> {
    const { epochs, isEpochSeen, progress, standing } = this.#course;
    if (!isEpochSeen && progress > 0 && now() - this.#reported > BETWEEN_REPORTS)
      this.#report({ epoch: epochs + 1, loss: standing.sum / progress }, progress);
    await this.#pace.breathe();
  }

  async #endEpoch(): Promise<void> {
    const course = this.#course;
    for (const _ of course.endEpoch()) if (this.#pace.isDue(course.work)) await this.#pace.breathe();
    const report = course.report();
    this.#settings.onEpoch?.(report);
    this.#report(report, course.data.count);
  }

  #report(epoch: EpochReport, examples: number): void {
    this.#reported = now();
    const { onProgress } = this.#settings;
    if (onProgress === undefined) return;
    const { epochs } = this.#settings.course;
    const of = this.#course.data.count;
    const done = (epoch.epoch - 1) * of + examples;
    const seconds = (now() - this.#started) / 1000;
    onProgress({
      ...epoch,
      epochs,
      examples,
      of,
      gradientNorm: this.#course.standing.gradientNorm,
      examplesPerSecond: seconds > 0 ? done / seconds : 0,
      secondsLeft: (seconds / done) * (epochs * of - done),
    });
  }
}
