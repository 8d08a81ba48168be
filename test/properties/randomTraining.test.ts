import { describe, expect, test } from "vitest";
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  cosineRestarts,
  crossEntropy,
  type Data,
  ema,
  exponentialSchedule,
  huber,
  lion,
  type Model,
  meanAbsoluteError,
  meanSquaredError,
  nadam,
  productOf,
  radam,
  rmsprop,
  sgd,
  stepSchedule,
  Trainer,
  type TrainerOptions,
  truncated,
  warmUp,
} from "../../src/index.js";
import { TestRandom } from "../oracle/random.js";
import { modelOf as answering, randomAnswers } from "./randomAnswers.js";
import { modelOf, randomNetwork, sequencesOf, targetsOf } from "./randomNetworks.js";

/*
 * Networks and trainings made by chance: cut at any update, saved and resumed, a training ends with the file of the uncut one.
 */

const LENGTHS = [3, 0, 7, 1, 5, 7, 2, 6, 4, 1, 3];
const UPDATES = 11;
const seeds = (count: number) => Array.from({ length: count }, (_, index) => 1 + index);

const rate = { learningRate: 0.01 };
const optimizers = [
  adam(rate),
  adam({ ...rate, beta1: 0 }),
  adamW({ ...rate, amsgrad: true }),
  adamax(rate),
  nadam(rate),
  nadam({ ...rate, beta1: 0 }),
  radam(rate),
  lion(rate),
  sgd({ ...rate, momentum: 0.9, nesterov: true }),
  sgd({ ...rate, momentum: 0.5, dampening: 0.2 }),
  rmsprop({ ...rate, centered: true, momentum: 0.5 }),
  adagrad({ ...rate, learningRateDecay: 0.1 }),
  adadelta(),
];
const schedules = [
  undefined,
  warmUp({ steps: 5 }),
  cosineRestarts({ steps: 3, growth: 2 }),
  stepSchedule({ every: 4 }),
  productOf(warmUp({ steps: 3 }), exponentialSchedule({ factor: 0.9, each: "epoch" })),
];

const clips = [{ clipNorm: 0.5 }, { clipValue: 0.02 }, { clipParameterNorm: 0.1 }];

function pick<T>(random: TestRandom, from: readonly T[]): T {
  return from[random.integer(0, from.length - 1)];
}

/** How a training goes on, without its loss. */
function courseOf(random: TestRandom): Omit<TrainerOptions, "loss"> {
  const schedule = pick(random, schedules);
  return {
    ...{
      optimizer: pick(random, optimizers),
      batchSize: random.integer(1, 6),
      seed: random.integer(1, 99),
      epochs: 50,
    },
    ...(schedule && { schedule }),
    ...(random.unit() < 0.3 && { accumulate: random.integer(2, 3) }),
    ...(random.unit() < 0.3 && { averaging: ema({ decay: 0.8 }) }),
    ...(random.unit() < 0.4 && pick(random, clips)),
    ...(random.unit() < 0.3 && { shuffle: false }),
    ...(random.unit() < 0.3 && { validation: 0.3, patience: 3 }),
  };
}

function advance(trainer: Trainer, updates: number): Uint8Array {
  for (let update = 0; update < updates && trainer.stopped === undefined; update++) trainer.run({ batches: 1 });
  const saved = trainer.save();
  trainer.model.dispose();
  return saved;
}

function expectUncut(make: () => Model, data: Data, options: TrainerOptions, cut: number): void {
  const whole = advance(new Trainer(make(), data, options), UPDATES);
  const saved = advance(new Trainer(make(), data, options), cut);
  expect(Buffer.compare(advance(Trainer.resume(saved, data), 0), saved), "resumed").toBe(0);
  expect(Buffer.compare(advance(Trainer.resume(saved, data), UPDATES - cut), whole), `cut after ${cut}`).toBe(0);
}

describe("a training that is cut ends as the uncut one", () => {
  const networks = seeds(40).map((seed) => ({ seed, ...randomNetwork(seed, { isNoisy: true }) }));
  test.each(networks)("$label", (network) => {
    const random = new TestRandom(network.seed + 1000);
    const { accumulate, ...course } = courseOf(random);
    const every = random.integer(1, 4);
    const isTruncated = network.isCausal && network.isPerStep && random.unit() < 0.6;
    const options = {
      ...{ ...course, loss: pick(random, [meanSquaredError, meanAbsoluteError, huber()]) },
      ...(isTruncated
        ? { truncate: truncated({ every, window: every + random.integer(0, 4) }) }
        : { accumulate: accumulate ?? 1 }),
    };
    const data = {
      input: sequencesOf(network, LENGTHS, 5),
      target: targetsOf(network, LENGTHS, 9),
      ...(random.unit() < 0.3 && { weights: LENGTHS.map((_, index) => 0.5 + (index % 3)) }),
    };
    expectUncut(() => modelOf(network), data, options, random.integer(0, UPDATES - 1));
  });

  test.each(seeds(24).map((seed) => ({ seed, ...randomAnswers(seed) })))("$label", (network) => {
    const random = new TestRandom(network.seed + 2000);
    const options = { ...courseOf(random), loss: network.isOfTokens ? crossEntropy : meanSquaredError };
    expectUncut(() => answering(network), network.data, options, random.integer(0, UPDATES - 1));
  });
});
