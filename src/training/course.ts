import { type Batch, exampleOrder, nextBatch } from "../data/batches.js";
import type { Dataset } from "../data/dataset.js";
import type { StateError } from "../errors.js";
import type { Interior } from "../models/interior.js";
import type { Model } from "../models/model.js";
import type { Plan } from "../models/plan.js";
import { CarriedState } from "./carriedState.js";
import { clipTo, normOf } from "./clipGradients.js";
import type { CourseSettings } from "./courseSettings.js";
import { type Divergence, diverged } from "./diverged.js";
import { EarlyStopping } from "./earlyStopping.js";
import { measure } from "./evaluate.js";
import { addGradients, lossOf, prepare } from "./learner.js";
import { Meter } from "./metric.js";
import { Optimizer } from "./optimizer.js";
import { ScheduleRun } from "./scheduleRun.js";
import { TruncatedWindow } from "./truncatedWindow.js";
import { forwardWork, updateWork, type Work, workOf } from "./work.js";

/** Why a course is at its end. */
export type Ending = "finished" | "patience";

/** What an epoch brought. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  /** Mean training loss. */
  readonly loss: number;
  readonly validationLoss?: number;
  /** The metrics asked for, of the validation data. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** Updates beyond this size would leave the range of float32: the weights stay finite whatever the learning rate. */
const MOST_STEP = 1e30;

/** Where a course stands, but for weights and optimizer: everything that the next update depends on, and the record. */
export interface Standing {
  /** Examples seen in the present epoch, and the sum of their losses. */
  seen: number;
  sum: number;
  /** Mean training loss and validation loss of each epoch that is done. */
  readonly losses: number[];
  readonly validationLosses: number[];
  /** Norm of the last update's gradient before clipping, and that batch's loss. */
  gradientNorm: number;
  loss: number;
  /** The learning rate, from which a schedule starts out. */
  learningRate: number;
  stopped: Ending | undefined;
}

/**
 * The course of a training: batch after batch, epoch after epoch, one update at a time. Whoever drives it decides when;
 * between two updates everything that the next one depends on can be read, kept, and put into another course.
 */
export class Course {
  readonly model: Model;
  readonly interior: Interior;
  readonly data: Dataset;
  readonly validation: Dataset | undefined;
  readonly settings: CourseSettings;
  readonly optimizer: Optimizer;
  readonly stopping: EarlyStopping;
  readonly schedule: ScheduleRun;
  readonly standing: Standing;
  /** Metrics of the last validation. */
  metrics: Readonly<Record<string, number>> = {};
  /** Multiply-adds done by the last update, or the last batch measured. */
  work = 0;
  /** What the last update counts for in the epoch's loss: its examples, those it saw a part of by that part. */
  examples = 0;
  /** Whether an update is under way: what is seen from within it is neither before nor after. */
  isUpdating = false;
  carried: CarriedState | undefined;
  readonly #cost: Work;
  #window: TruncatedWindow | undefined;
  #order: Int32Array | undefined;
  #batch: Batch | undefined;

  /** @param interior of the model, which the data were found to fit */
  constructor(
    model: Model,
    interior: Interior,
    [data, validation]: readonly [Dataset, Dataset | undefined],
    settings: CourseSettings,
  ) {
    this.model = model;
    this.interior = interior;
    this.data = data;
    this.validation = validation;
    this.settings = settings;
    this.optimizer = new Optimizer(model, settings.optimizer);
    this.stopping = new EarlyStopping(interior.parameters, settings.patience, settings.leastImprovement);
    this.schedule = new ScheduleRun(settings.schedule);
    this.#cost = workOf(interior.layer, { width: interior.inputSize, each: "step" });
    this.standing = {
      ...{ seen: 0, sum: 0, losses: [], validationLosses: [], gradientNorm: 0, loss: 0 },
      learningRate: settings.optimizer.learningRate,
      stopped: undefined,
    };
  }

  /** Epochs that are done, validation included. */
  get epochs(): number {
    return this.standing.losses.length;
  }

  /** Where truncated back-propagation stands; undefined where there is none. */
  get window(): TruncatedWindow | undefined {
    const { interior, data, settings } = this;
    const { truncate, batchSize } = settings;
    if (truncate === undefined) return undefined;
    this.#window ??= new TruncatedWindow(interior, truncate, batchSize, interior.read(data.input).lengths);
    return this.#window;
  }

  /** Examples seen in the present epoch, with the part that is done of those under way. */
  get progress(): number {
    return this.standing.seen + (this.#window?.done ?? 0) * (this.#batch?.examples.length ?? 0);
  }

  /** Whether all examples of the present epoch were seen, and its end is due. */
  get isEpochSeen(): boolean {
    return this.standing.seen >= this.data.count;
  }

  /**
   * One update: the next batch forward, back through time, and a step of the optimizer.
   * @throws StateError when a number is no longer finite; the weights are those of the last good update
   */
  update(): void {
    this.isUpdating = true;
    try {
      this.#update();
    } catch (error) {
      this.#window?.undo();
      throw error;
    } finally {
      this.isUpdating = false;
    }
  }

  #update(): void {
    const { standing, window } = this;
    if (standing.seen === 0 && (window?.steps ?? 0) === 0) this.#beginEpoch();
    const batch = this.nextBatch();
    const plan = this.#learn(batch);
    const count = batch.examples.length;
    this.work = window?.work(this.#cost) ?? updateWork(this.#cost, plan);
    this.examples = window === undefined ? count : count * window.share;
    standing.sum += standing.loss * this.examples;
    if (window?.moveOn() ?? true) standing.seen += count;
    this.carried?.advance(plan);
  }

  /** The batch of the next update. */
  nextBatch(): Batch {
    const { shuffle, seed, batchSize } = this.settings;
    this.#order ??= exampleOrder(this.data.count, { shuffle, seed, epoch: this.epochs });
    this.#batch = nextBatch(this.data, this.#order, this.standing.seen, batchSize, this.#batch);
    return this.#batch;
  }

  #beginEpoch(): void {
    this.#order = undefined;
    this.carried = this.settings.carryState ? new CarriedState() : undefined;
  }

  /** The gradients of a batch, or of its next steps, and what the optimizer makes of them. */
  #learn(batch: Batch): Plan {
    const { interior, standing, settings, optimizer, window } = this;
    const plan = this.#forward(batch);
    const loss = window?.loss(settings.loss) ?? lossOf(interior, plan, batch, settings.loss);
    if (!Number.isFinite(loss)) throw this.#diverged(plan, `the loss is ${loss}`, "forward");
    if (window === undefined) addGradients(interior, plan);
    else window.backward();
    const norm = normOf(interior);
    if (!Number.isFinite(norm)) throw this.#diverged(plan, `the gradient's norm is ${norm}`, "backward");
    this.schedule.enter(optimizer, standing.learningRate, this.epochs);
    const step = optimizer.learningRate * Math.max(1, Math.min(norm, settings.clipNorm));
    if (step > MOST_STEP) throw this.#diverged(plan, `an update of the size ${step} is due`, "update");
    clipTo(interior, norm, settings.clipNorm);
    optimizer.update();
    standing.gradientNorm = norm;
    standing.loss = loss;
    return plan;
  }

  #forward(batch: Batch): Plan {
    const { window } = this;
    if (window !== undefined) {
      window.forward(batch);
      return window.plan;
    }
    const plan = prepare(this.interior, batch, true, this.settings.loss);
    this.carried?.enter(plan);
    plan.run.forward(0, plan.layout.steps);
    return plan;
  }

  #diverged(plan: Plan, what: string, during: Divergence["during"]): StateError {
    const { interior, epochs, optimizer, standing } = this;
    const { updates } = optimizer;
    return diverged({ interior, plan, epoch: epochs + 1, updates, what, during, lastNorm: standing.gradientNorm });
  }

  /** Ends an epoch whose examples are all seen: measures the validation data, a batch at every step, and takes stock. */
  *endEpoch(): Generator<undefined, void> {
    const { standing, settings, validation, interior, stopping } = this;
    let isOver = false;
    if (validation !== undefined) {
      const meter = new Meter(settings.metrics, interior.output, settings.loss);
      const measuring = measure(interior, validation, settings.loss, undefined, meter);
      let step = measuring.next();
      for (; !step.done; step = measuring.next()) {
        this.work = forwardWork(this.#cost, step.value);
        yield;
      }
      this.metrics = meter.values;
      standing.validationLosses.push(step.value);
      isOver = stopping.isOver(step.value);
    }
    standing.losses.push(standing.sum / standing.seen);
    standing.seen = 0;
    standing.sum = 0;
    this.schedule.endEpoch(this.report());
    if (isOver) standing.stopped = "patience";
    else if (this.epochs === settings.epochs) standing.stopped = "finished";
    if (standing.stopped !== undefined) stopping.restore();
  }

  /** What the last epoch brought. */
  report(): EpochReport {
    const { losses, validationLosses } = this.standing;
    const validationLoss = validationLosses.at(-1);
    return {
      epoch: losses.length,
      loss: losses.at(-1) as number,
      ...(validationLoss === undefined ? {} : { validationLoss }),
      ...(this.settings.metrics.length === 0 ? {} : { metrics: this.metrics }),
    };
  }

  dispose(): void {
    this.optimizer.dispose();
    this.#window?.dispose();
  }
}
