import { type Data, type Dataset, dataset } from "../data/dataset.js";
import { StateError } from "../errors.js";
import type { Bytes } from "../formats/bytes.js";
import { interiorOf } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { requireKnownOptions, requireNumber } from "../shape.js";
import { averagedModel } from "./averagedModel.js";
import type { Course } from "./course.js";
import { COURSE_OPTIONS, courseSettings, requireCallbacks } from "./courseSettings.js";
import { occupy, openCourse } from "./openCourse.js";
import { readTrainer, restoreCourse } from "./resumeCourse.js";
import type { ResumeOptions } from "./resumeOptions.js";
import { goal, type RunLength, type Tally } from "./runLength.js";
import { plain, requireNames, saveCourse } from "./saveCourse.js";
import type { Ending } from "./standing.js";
import type { TrainerOptions } from "./trainerOptions.js";

/** What a run did. */
export interface RunReport {
  /** Updates done. */
  readonly batches: number;
  /** Epochs that ended. */
  readonly epochs: number;
  /** Multiply-adds done. */
  readonly work: number;
  /** Mean training loss of the examples seen. */
  readonly loss: number;
  /** Why the training is over, if it is: its epochs are done, or patience is at its end. */
  readonly stopped?: Ending;
}

/**
 * A training that can be cut after any update, kept as one file, and continued anywhere, any time, with the same bits as if
 * it had not been cut. Its memory is given back by `dispose()`, with its model, or some time after it was dropped.
 *
 * @example
 * const trainer = new Trainer(model, data, { loss: meanSquaredError, optimizer: adam(), seed: 1 });
 * trainer.run({ batches: 50 });
 * const saved = trainer.save();
 * Trainer.resume(saved, data).run({ epochs: 3 });   // the weights that trainer.run({ epochs: 3 }) would have given
 */
export class Trainer {
  /** What is kept beside the training, as plain JSON. */
  readonly extras: Readonly<Record<string, unknown>>;
  readonly #course: Course;
  readonly #data: Dataset;
  readonly #callbacks: Pick<TrainerOptions, "onEpoch" | "onUpdate">;
  #isDisposed = false;
  #isRunning = false;

  /**
   * @param data what `fit` takes: `{ input, target }`, or what `windows` and `streams` make of a series
   * @param options those of `fit` but `onProgress` and `signal`; `epochs`: none unless told; `extras` kept in its file
   * @throws ArgumentError, ShapeError when options, data, model and loss do not fit
   * @throws StateError when the model is being trained, or was disposed
   */
  constructor(model: Model, data: Data | Dataset, options: TrainerOptions) {
    requireKnownOptions("Trainer", options, [...COURSE_OPTIONS, "extras", "onEpoch", "onUpdate"]);
    const { epochs, extras = {}, onEpoch, onUpdate } = options;
    requireCallbacks({ onEpoch, onUpdate });
    const settings = courseSettings(options, epochs);
    this.extras = plain("extras", extras);
    if (settings.schedule !== undefined)
      plain(`options of the schedule ${settings.schedule.name}`, settings.schedule.options);
    this.#data = dataset(data);
    this.#callbacks = { ...(onEpoch && { onEpoch }), ...(onUpdate && { onUpdate }) };
    this.#course = openCourse(model, this.#data, settings);
    try {
      requireNames(this.#course);
    } catch (error) {
      this.#course.dispose();
      throw error;
    }
  }

  /**
   * The training that `save` wrote, with a model of its own (`trainer.model`), to be continued on the same data.
   * @param data the examples it was given
   * @throws FormatError when the file is damaged, of a newer format, not a trainer, or names something unknown
   * @throws ArgumentError when the data are others, or something that a file cannot hold is not given again
   */
  static resume(bytes: Uint8Array | ArrayBuffer, data: Data | Dataset, options: ResumeOptions = {}): Trainer {
    const saved = readTrainer(bytes, dataset(data), options);
    try {
      const trainer = new Trainer(saved.model, data, saved.options);
      restoreCourse(trainer.#course, saved);
      return trainer;
    } catch (error) {
      saved.model.dispose();
      throw error;
    }
  }

  /** The model that is trained. */
  get model(): Model {
    return this.#course.model;
  }

  /** Epochs done since the training began. */
  get epochs(): number {
    return this.#course.epochs;
  }

  /** Updates done since the training began. */
  get updates(): number {
    return this.#course.optimizer.updates;
  }

  /** Mean training loss of each epoch. */
  get losses(): readonly number[] {
    return [...this.#course.standing.losses];
  }

  /** Validation loss of each epoch; empty without validation. */
  get validationLosses(): readonly number[] {
    return [...this.#course.standing.validationLosses];
  }

  /** Why the training is over; undefined as long as it is not. */
  get stopped(): Ending | undefined {
    return this.#course.standing.stopped;
  }

  /** The learning rate of the next update, or what the schedule starts out from; may be set between runs. */
  get learningRate(): number {
    return this.#course.standing.learningRate;
  }

  /** @throws ArgumentError when it is not a number of 0 or more */
  set learningRate(rate: number) {
    this.#course.standing.learningRate = requireNumber("learningRate", rate, 0);
  }

  /**
   * Trains on, without a pause. An epoch whose last example it sees it also ends: validation, early stopping.
   *
   * @example
   * trainer.run({ work: 1e9 });   // about a second of a small network, wherever clocks stand still
   * @throws ArgumentError when it is not told how far, or told twice
   * @throws StateError when the training is over, the model is being trained or was disposed, or a number is no longer
   * finite: the weights are those of the last good update
   */
  run(length: RunLength): RunReport {
    const isFar = goal(length);
    const course = this.#course;
    this.#requireLife();
    if (this.stopped !== undefined)
      throw new StateError(
        `this training is over (${this.stopped}) after ${this.epochs} epochs: nothing is left to run.`,
      );
    const release = occupy(course.interior);
    this.#isRunning = true;
    const done: Tally = { batches: 0, epochs: 0, work: 0, sum: 0, examples: 0 };
    try {
      do this.#step(done);
      while (this.stopped === undefined && !isFar(done));
    } finally {
      this.#isRunning = false;
      release();
    }
    const { batches, epochs, work, sum, examples } = done;
    const loss = examples === 0 ? course.standing.loss : sum / examples;
    return { batches, epochs, work, loss, ...(this.stopped === undefined ? {} : { stopped: this.stopped }) };
  }

  /** An update, and the epoch's end when it is due; that alone where a callback's error kept it from ending. */
  #step(done: Tally): void {
    const course = this.#course;
    const { standing } = course;
    if (!course.isEpochSeen) {
      let isUpdated: boolean;
      do {
        isUpdated = course.update();
        done.work += course.work;
      } while (!isUpdated);
      done.batches++;
      done.sum += standing.loss * course.examples;
      done.examples += course.examples;
      this.#callbacks.onUpdate?.(standing.loss, this.updates);
    }
    if (!course.isEpochSeen) return;
    for (const _ of course.endEpoch()) done.work += course.work;
    done.epochs++;
    this.#callbacks.onEpoch?.(course.report());
  }

  /**
   * The training as one safetensors file: the model's weights by name, the optimizer's slots, the best weights so far, and
   * in the metadata everything else that the next update depends on. Data and functions are not in it.
   * @throws StateError in the middle of an update, or when the trainer or its model was disposed
   */
  save(): Bytes {
    this.#requireLife();
    return saveCourse(this.#course, this.#data, this.extras);
  }

  /**
   * A model of its own with the weights as averaged so far; when the training is over, those of `model`.
   * @throws StateError when nothing is averaged, in the middle of an update, or when the trainer or its model was disposed
   */
  averaged(): Model {
    this.#requireLife();
    return averagedModel(this.#course);
  }

  /**
   * Gives the optimizer's memory back; the model stays. Every later run or save is a StateError.
   * @throws StateError while it runs
   */
  dispose(): void {
    if (this.#isRunning) throw new StateError("this trainer is in the middle of a run. Dispose it after that.");
    this.#isDisposed = true;
    this.#course.dispose();
  }

  /** `dispose()`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #requireLife(): void {
    if (this.#isDisposed)
      throw new StateError("this trainer was disposed. Resume it from its file, or make a new one.");
    interiorOf(this.model);
  }
}
