import { type Batch, exampleOrder, nextBatch } from "../data/batches.js";
import { type Data, type Dataset, dataset } from "../data/dataset.js";
import { ShapeError, StateError } from "../errors.js";
import type { Interior } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { CarriedState } from "./carriedState.js";
import { clipTo, normOf } from "./clipGradients.js";
import { diverged } from "./diverged.js";
import { EarlyStopping } from "./earlyStopping.js";
import { measure } from "./evaluate.js";
import { type FitOptions, type FitSettings, fitSettings } from "./fitSettings.js";
import { addGradients, interiorFor, lossOf, prepare, requireFit } from "./learner.js";
import type { AnyLoss } from "./lossFunction.js";
import { Optimizer } from "./optimizer.js";
import { now, Pace } from "./pace.js";

/** What a run did. */
export interface FitResult {
  /** Epochs completed. */
  readonly epochs: number;
  readonly updates: number;
  /** Mean training loss of each epoch. */
  readonly losses: readonly number[];
  /** Validation loss after each epoch; empty without validation. */
  readonly validationLosses: readonly number[];
  /** Why it ended. */
  readonly stopped: "finished" | "patience" | "aborted";
}

/**
 * Trains a model: for each batch forward, back-propagation through time, update. Yields to the event loop as it goes.
 * Gradients that lie in the model are cleared first, and none are left at the end.
 *
 * @example
 * await fit(model, windows(series, { window: 24 }), { loss: meanSquaredError, epochs: 20 });
 * @throws ArgumentError, ShapeError when options, data, model and loss do not fit (nothing has changed then)
 * @throws StateError when the model is already being trained, or the loss or a gradient is no longer finite: the weights
 * are those of the last good update
 */
export async function fit(model: Model, data: Data | Dataset, options: FitOptions): Promise<FitResult> {
  const settings = fitSettings(options);
  const examples = dataset(data);
  if (settings.validation !== undefined) requireValidation(model, examples, settings.validation, settings.loss);
  const interior = interiorFor(model, examples, settings.loss);
  if (interior.isBusy)
    throw new StateError("this model is already being trained. Wait for the first fit, or abort it.");
  const optimizer = new Optimizer(model, settings.optimizer);
  interior.isBusy = true;
  try {
    interior.parameters.clearGradients();
    return await new FitRun(interior, examples, optimizer, settings).finish();
  } finally {
    interior.isBusy = false;
    interior.parameters.clearGradients();
    optimizer.dispose();
  }
}

/** Validation data are refused before the training, not after its first epoch. */
function requireValidation(model: Model, data: Dataset, validation: Dataset, loss: AnyLoss): void {
  const [wanted, came] = [data.input.width, validation.input.width];
  if (wanted !== came)
    throw new ShapeError(`validation data must have ${wanted} features a step like the data, received ${came}.`);
  requireFit(model, validation, loss);
}

/** Updates beyond this size would leave the range of float32: the weights stay finite whatever the learning rate. */
const MOST_STEP = 1e30;

/** One run of `fit`. */
class FitRun {
  readonly #interior: Interior;
  readonly #data: Dataset;
  readonly #optimizer: Optimizer;
  readonly #settings: FitSettings;
  readonly #pace = new Pace();
  readonly #started = now();
  readonly #losses: number[] = [];
  readonly #validationLosses: number[] = [];
  #gradientNorm = 0;
  #reported = 0;

  constructor(interior: Interior, data: Dataset, optimizer: Optimizer, settings: FitSettings) {
    this.#interior = interior;
    this.#data = data;
    this.#optimizer = optimizer;
    this.#settings = settings;
  }

  async finish(): Promise<FitResult> {
    const { epochs, validation, patience } = this.#settings;
    const stopping = new EarlyStopping(this.#interior.parameters, patience);
    let stopped: FitResult["stopped"] = "finished";
    for (let epoch = 0; epoch < epochs && stopped === "finished"; epoch++) {
      if (!(await this.#runEpoch(epoch))) {
        stopped = "aborted";
        break;
      }
      if (validation !== undefined && stopping.isOver(await this.#validate(validation))) stopped = "patience";
      this.#report(epoch, this.#data.count, this.#losses[epoch] as number);
    }
    if (stopped !== "aborted") stopping.restore();
    return {
      epochs: this.#losses.length,
      updates: this.#optimizer.updates,
      losses: this.#losses,
      validationLosses: this.#validationLosses,
      stopped,
    };
  }

  /** False when it was aborted. */
  async #runEpoch(epoch: number): Promise<boolean> {
    const { batchSize, shuffle, seed, signal, carryState, onUpdate } = this.#settings;
    const order = exampleOrder(this.#data.count, { shuffle, seed, epoch });
    const carried = carryState ? new CarriedState() : undefined;
    let [sum, seen] = [0, 0];
    let batch: Batch | undefined;
    while (seen < order.length) {
      if (signal?.aborted) return false;
      batch = nextBatch(this.#data, order, seen, batchSize, batch);
      const loss = this.#update(batch, epoch, carried);
      seen += batch.examples.length;
      sum += loss * batch.examples.length;
      onUpdate?.(loss, this.#optimizer.updates);
      if (this.#pace.isDue()) {
        if (now() - this.#reported > 100) this.#report(epoch, seen, sum / seen);
        await this.#pace.breathe();
      }
    }
    this.#losses.push(sum / seen);
    return true;
  }

  async #validate(validation: Dataset): Promise<number> {
    const measuring = measure(this.#interior, validation, this.#settings.loss);
    let step = measuring.next();
    while (!step.done) {
      if (this.#pace.isDue()) await this.#pace.breathe();
      step = measuring.next();
    }
    this.#validationLosses.push(step.value);
    return step.value;
  }

  #update(batch: Batch, epoch: number, carried: CarriedState | undefined): number {
    const { loss, clipNorm } = this.#settings;
    const plan = prepare(this.#interior, batch, true);
    carried?.enter(plan);
    plan.run.forward(0, plan.layout.steps);
    const value = lossOf(this.#interior, plan, batch, loss);
    if (!Number.isFinite(value)) throw this.#diverged(epoch, `the loss is ${value}`);
    addGradients(this.#interior, plan);
    const norm = normOf(this.#interior);
    if (!Number.isFinite(norm)) throw this.#diverged(epoch, `the gradient's norm is ${norm}`);
    const step = this.#optimizer.learningRate * Math.max(1, Math.min(norm, clipNorm));
    if (step > MOST_STEP) throw this.#diverged(epoch, `an update of the size ${step} is due`);
    this.#gradientNorm = norm;
    clipTo(this.#interior, norm, clipNorm);
    this.#optimizer.update();
    carried?.advance(plan);
    return value;
  }

  #diverged(epoch: number, what: string): StateError {
    return diverged(this.#interior.parameters, epoch, this.#optimizer.updates, what, this.#gradientNorm);
  }

  #report(epoch: number, examples: number, loss: number): void {
    const { epochs, onProgress } = this.#settings;
    this.#reported = now();
    if (onProgress === undefined) return;
    const of = this.#data.count;
    const done = epoch * of + examples;
    const seconds = (now() - this.#started) / 1000;
    const validationLoss = examples === of ? this.#validationLosses[epoch] : undefined;
    onProgress({
      epoch: epoch + 1,
      epochs,
      examples,
      of,
      loss,
      ...(validationLoss === undefined ? {} : { validationLoss }),
      gradientNorm: this.#gradientNorm,
      examplesPerSecond: seconds > 0 ? done / seconds : 0,
      secondsLeft: (seconds / done) * (epochs * of - done),
    });
  }
}
