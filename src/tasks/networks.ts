import { manyToOne } from "../architectures/manyToOne.js";
import type { Dataset } from "../data/dataset.js";
import type { Loss } from "../losses/loss.js";
import { Model } from "../models/model.js";
import { adam } from "../optimizers/adam.js";
import { Tensor } from "../tensor/tensor.js";
import { type FitResult, fit } from "../training/fit.js";
import type { FitOptions } from "../training/fitSettings.js";
import { type ForecasterProgress, type ForecasterSettings, SEED_STRIDE } from "./forecasterOptions.js";
import type { Watch } from "./watch.js";

/** What networks are to learn. */
export interface Goal {
  readonly loss: Loss;
  /** Values that a network tells of each lookback. */
  readonly outputs: number;
  /** What progress calls it, where it is not the forecast itself. */
  readonly stage?: ForecasterProgress["stage"];
}

/** Several networks that forecast the transformed series; their mean is the forecast. */
export class Networks {
  constructor(
    readonly models: readonly Model[],
    private readonly lookback: number,
    private readonly outputs: number,
  ) {}

  /**
   * Trains them on windows: first, where there is a validation part, to find the number of epochs, then anew on everything.
   * @returns the networks, and the epochs each was trained for
   * @throws the signal's reason when it is aborted; no memory is kept then
   */
  static async train(
    data: Dataset,
    settings: ForecasterSettings,
    goal: Goal,
    watch: Watch,
  ): Promise<{ networks: Networks; epochs: number }> {
    const held = settings.validation === 0 ? 0 : Math.max(Math.round(data.count * settings.validation), 1);
    const course = new Course(settings, goal, watch);
    const epochs =
      held > 0
        ? await course.findEpochs(data.slice(0, data.count - held), data.slice(data.count - held, data.count))
        : settings.epochs;
    const models = await course.fitAll(data, epochs);
    return { networks: new Networks(models, settings.lookback, goal.outputs), epochs };
  }

  /**
   * The steps that follow each lookback.
   * @param lookbacks [count · lookback] transformed values
   * @returns [count · horizon]
   */
  forecast(lookbacks: Float64Array, horizon: number): Float64Array {
    const count = lookbacks.length / this.lookback;
    const mean = new Float64Array(count * horizon);
    for (const model of this.models) {
      const steps = this.unroll(model, Float32Array.from(lookbacks), count, horizon);
      for (let i = 0; i < steps.length; i++) mean[i] += steps[i] / this.models.length;
    }
    return mean;
  }

  /** One network, its own forecasts taken for the truth as far as the horizon goes beyond its outputs. */
  private unroll(model: Model, seen: Float32Array, count: number, horizon: number): Float32Array {
    const { lookback, outputs } = this;
    const steps = new Float32Array(count * horizon);
    for (let done = 0; done < horizon; done += outputs) {
      const ahead = model.predictBatch(new Tensor(seen, [count, lookback, 1])).data;
      const used = Math.min(outputs, horizon - done);
      for (let row = 0; row < count; row++) {
        steps.set(ahead.subarray(row * outputs, row * outputs + used), row * horizon + done);
        slide(seen.subarray(row * lookback, (row + 1) * lookback), ahead.subarray(row * outputs, (row + 1) * outputs));
      }
    }
    return steps;
  }

  dispose(): void {
    for (const model of this.models) model.dispose();
  }
}

/** Moves a window on by as many steps as there are new ones. */
function slide(window: Float32Array, ahead: Float32Array): void {
  const fresh = ahead.subarray(Math.max(ahead.length - window.length, 0));
  window.copyWithin(0, fresh.length);
  window.set(fresh, window.length - fresh.length);
}

/** One training of all networks. */
class Course {
  constructor(
    private readonly settings: ForecasterSettings,
    private readonly goal: Goal,
    private readonly watch: Watch,
  ) {}

  /** The median over the networks of the epoch with the least validation error, from 1. */
  async findEpochs(data: Dataset, validation: Dataset): Promise<number> {
    const best: number[] = [];
    for (let index = 0; index < this.settings.networks; index++) {
      const model = this.model(index);
      try {
        const { patience } = this.settings;
        const { validationLosses } = await this.fit("validate", model, data, index, this.settings.epochs, {
          validation,
          patience,
        });
        best.push(validationLosses.indexOf(Math.min(...validationLosses)) + 1);
      } finally {
        model.dispose();
      }
    }
    return best.sort((a, b) => a - b)[(best.length - 1) >> 1];
  }

  async fitAll(data: Dataset, epochs: number): Promise<Model[]> {
    const models: Model[] = [];
    try {
      for (let index = 0; index < this.settings.networks; index++) {
        models.push(this.model(index));
        await this.fit("fit", models[index], data, index, epochs, {});
      }
      return models;
    } catch (error) {
      for (const model of models) model.dispose();
      throw error;
    }
  }

  private model(index: number): Model {
    const { cell, units, layers, seed } = this.settings;
    return new Model(manyToOne({ cell, inputSize: 1, units, outputSize: this.goal.outputs, layers }), {
      seed: seed + SEED_STRIDE * index,
    });
  }

  private async fit(
    stage: ForecasterProgress["stage"],
    model: Model,
    data: Dataset,
    index: number,
    epochs: number,
    more: Pick<FitOptions, "validation" | "patience">,
  ): Promise<FitResult> {
    const { learningRate, weightDecay, batchSize, seed, networks } = this.settings;
    const { signal } = this.watch;
    const place = { stage: this.goal.stage ?? stage, network: index + 1, networks };
    const result = await fit(model, data, {
      ...more,
      loss: this.goal.loss,
      optimizer: adam({ learningRate, weightDecay }),
      epochs,
      batchSize,
      clipNorm: 1,
      seed: seed + SEED_STRIDE * index,
      ...(signal && { signal }),
      onProgress: (progress) => this.watch.show(place, progress),
    });
    if (result.stopped === "aborted") throw signal?.reason;
    this.watch.finishRun();
    return result;
  }
}
