import {
  dense,
  lastStep,
  lstm,
  Model,
  meanSquaredError,
  sequential,
  Trainer,
  type TrainerOptions,
  windows,
} from "../../src/index.js";

/** What trainers are made of: a network, windows of a short series, a loss. */
export const layer = sequential(lstm(3, { name: "rnn" }), lastStep(), dense(1, { name: "head" }));
export const wave = Array.from({ length: 30 }, (_, index) => ((index * index) % 7) / 7);
export const data = windows(wave, { window: 5 });
export const loss = meanSquaredError;
export const make = () => new Model(layer, { inputSize: 1 });

/** A trainer of a new model. */
export const begin = (options: Partial<TrainerOptions> = {}) =>
  new Trainer(make(), data, { loss, batchSize: 4, ...options });
