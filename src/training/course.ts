import { type Batch, exampleOrder, nextBatch } from "../data/batches.js";
import type { Dataset } from "../data/dataset.js";
import type { StateError } from "../errors.js";
import type { Interior } from "../models/interior.js";
import type { Model } from "../models/model.js";
import type { Plan } from "../models/plan.js";
import type { ScheduleRun } from "../schedules/scheduleRun.js";
import { Accumulation } from "./accumulation.js";
import { CarriedState } from "./carriedState.js";
import { normOf } from "./clipGradients.js";
import type { CourseSettings } from "./courseSettings.js";
import { type Divergence, diverged } from "./diverged.js";
import { EarlyStopping } from "./earlyStopping.js";
import { addGradients } from "./learner.js";
import type { Objective } from "./objective.js";
import { Optimizer } from "./optimizer.js";
import { type EpochReport, newStanding, reportOf, type Standing } from "./standing.js";
import { MOST_STEP, stepSize } from "./stepSize.js";
import type { TruncatedWindow } from "./truncatedWindow.js";
import { validate } from "./validate.js";
import type { WeightAverage } from "./weightAverage.js";
import { updateWork, type Work, workOf } from "./work.js";

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
  /** Undefined where the rate stays as it is. */
  readonly schedule: ScheduleRun | undefined;
  readonly standing: Standing;
  /** The average of the weights; undefined where there is none. */
  readonly average: WeightAverage | undefined;
  /** Metrics of the last validation. */
  metrics: Readonly<Record<string, number>> = {};
  /** Multiply-adds of the network. */
  readonly cost: Work;
  /** Multiply-adds done by the last batch, trained on or measured. */
  work = 0;
  /** What the last update counts for in the epoch's loss: its examples, those it saw a part of by that part. */
  examples = 0;
  carried: CarriedState | undefined;
  /** Whether an epoch is counted that the schedule has not yet taken in. */
  isEnding = false;
  readonly #objective: Objective;
  /** Batches since the last update. */
  readonly #group = new Accumulation();
  #window: TruncatedWindow | undefined;
  #order: Int32Array | undefined;
  #batch: Batch | undefined;

  /** @param validation examples that were found to fit the model and the loss */
  constructor(model: Model, objective: Objective, validation: Dataset | undefined, settings: CourseSettings) {
    const { interior, data } = objective;
    this.model = model;
    this.interior = interior;
    this.data = data;
    this.validation = validation;
    this.settings = settings;
    this.#objective = objective;
    this.stopping = new EarlyStopping(interior.parameters, settings.patience, settings.leastImprovement);
    this.schedule = settings.schedule?.begin();
    this.cost = workOf(interior.layer, { width: interior.inputSize, each: "step" });
    this.standing = newStanding(settings.optimizer.learningRate);
    this.optimizer = new Optimizer(model, settings.optimizer);
    try {
      this.average = settings.averaging?.begin(model);
    } catch (error) {
      this.optimizer.dispose();
      throw error;
    }
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
    this.#window ??= truncate.begin(interior, batchSize, interior.read(data.input).lengths);
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
   * The next batch forward and back through time; with the last batch of an update also a step of the optimizer.
   * @returns whether there was an update
   * @throws StateError when a number is no longer finite; all is then as after the last good update
   */
  update(): boolean {
    const { interior } = this;
    this.#group.begin(interior, this.carried);
    interior.updating = this.optimizer;
    try {
      return this.#update();
    } catch (error) {
      this.#window?.undo();
      this.#group.undo(interior, this.carried);
      throw error;
    } finally {
      interior.updating = undefined;
    }
  }

  #update(): boolean {
    const { standing, window } = this;
    const group = this.#group;
    if (standing.seen + group.examples === 0 && (window?.steps ?? 0) === 0) this.#beginEpoch();
    const plan = this.#addGradients(this.nextBatch(), window);
    const isWhole = group.batches === this.settings.accumulate || standing.seen + group.examples >= this.data.count;
    if (isWhole) this.#learn(plan);
    else this.#finiteNorm(plan);
    this.work = window?.work(this.cost) ?? updateWork(this.cost, plan);
    if (isWhole) {
      this.examples = window === undefined ? group.examples : group.examples * window.share;
      standing.sum += standing.loss * this.examples;
      if (window?.moveOn() ?? true) standing.seen += group.examples;
      group.clear();
    }
    this.carried?.advance(plan);
    return isWhole;
  }

  /** The next batch: of the update that is under way, or of the next. */
  nextBatch(): Batch {
    const { shuffle, seed, batchSize } = this.settings;
    this.#order ??= exampleOrder(this.data.count, { shuffle, seed, epoch: this.epochs });
    this.#batch = nextBatch(this.data, this.#order, this.standing.seen + this.#group.examples, batchSize, this.#batch);
    return this.#batch;
  }

  #beginEpoch(): void {
    this.#order = undefined;
    this.carried = this.settings.carryState ? new CarriedState() : undefined;
  }

  /** Adds the gradients of a batch, or of its next steps. */
  #addGradients(batch: Batch, window: TruncatedWindow | undefined): Plan {
    const { interior } = this;
    const objective = this.#objective;
    const plan = this.#forward(batch, window);
    const loss = window === undefined ? objective.loss(plan, batch.examples) : window.loss(objective);
    if (!Number.isFinite(loss)) throw this.#diverged(plan, `the loss is ${loss}`, "forward");
    this.#group.join(interior, loss, objective.count, batch.examples.length);
    if (window === undefined) addGradients(interior, plan);
    else window.backward();
    return plan;
  }

  /** What the optimizer makes of the gradients of all batches since the last update. */
  #learn(plan: Plan): void {
    const { interior, standing, settings, optimizer } = this;
    this.#group.close(interior);
    const norm = this.#finiteNorm(plan);
    optimizer.learningRate = standing.learningRate;
    this.schedule?.enter(optimizer, standing.learningRate, this.epochs);
    const step = stepSize(interior, optimizer.learningRate, settings, norm);
    if (step > MOST_STEP) throw this.#diverged(plan, `an update of the size ${step} is due`, "update");
    settings.clip.kind.bound(interior, settings.clip.most, norm);
    optimizer.update();
    this.average?.update();
    standing.gradientNorm = norm;
    standing.loss = this.#group.loss;
  }

  #finiteNorm(plan: Plan): number {
    const norm = normOf(this.interior);
    if (!Number.isFinite(norm)) throw this.#diverged(plan, `the gradient's norm is ${norm}`, "backward");
    return norm;
  }

  #forward(batch: Batch, window: TruncatedWindow | undefined): Plan {
    if (window !== undefined) {
      window.forward(batch);
      return window.plan;
    }
    const plan = this.#objective.prepare(batch.examples, true);
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
    const { standing, settings, stopping, average } = this;
    let isOver = false;
    average?.swap();
    try {
      if (this.validation !== undefined) isOver = stopping.isOver(yield* validate(this, this.validation));
      standing.losses.push(standing.sum / standing.seen);
      standing.seen = 0;
      standing.sum = 0;
      this.carried = undefined;
      if (isOver) standing.stopped = "patience";
      else if (this.epochs === settings.epochs) standing.stopped = "finished";
      if (standing.stopped !== undefined) stopping.restore();
      // Last, as it may refuse: the epoch has ended all the same, and with it the training, if it was the last.
      this.isEnding = true;
      this.schedule?.endEpoch(this.report());
    } finally {
      this.isEnding = false;
      // Averaged weights are what a training ends with; while it goes on, it has its own.
      if (standing.stopped === undefined) average?.swap();
    }
  }

  /** What the last epoch brought. */
  report(): EpochReport {
    return reportOf(this.standing, this.settings.metrics.length === 0 ? undefined : this.metrics);
  }

  dispose(): void {
    this.optimizer.dispose();
    this.average?.dispose();
    this.#window?.dispose();
  }
}
