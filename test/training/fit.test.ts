import { describe, expect, test } from "vitest";
import {
  adam,
  backpropagate,
  batches,
  clipGradients,
  crossEntropy,
  dense,
  elman,
  evaluate,
  fit,
  gru,
  Model,
  meanSquaredError,
  Optimizer,
  sequential,
  sgd,
  tensor,
} from "../../src/index.js";

import { data, make, ragged, wave } from "./samples.js";

describe("fit is the loop one would write", () => {
  test.each<[string, { batchSize: number; shuffle: boolean; seed?: number }]>([
    ["in order", { batchSize: 8, shuffle: false }],
    ["in an order of its own for each epoch", { batchSize: 8, shuffle: true, seed: 7 }],
  ])("%s, bit for bit", async (_name, { batchSize, shuffle, seed }) => {
    const [short, long] = [make(), make()];
    const result = await fit(short, data, {
      loss: meanSquaredError,
      optimizer: adam({ learningRate: 0.01 }),
      epochs: 3,
      batchSize,
      shuffle,
      seed,
      clipNorm: 0.5,
    });
    const optimizer = new Optimizer(long, adam({ learningRate: 0.01 }));
    const losses: number[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      let [sum, seen] = [0, 0];
      for (const batch of batches(data, { batchSize, shuffle, seed, epoch })) {
        const loss = backpropagate(long, batch, meanSquaredError);
        clipGradients(long, { norm: 0.5 });
        optimizer.update();
        sum += loss * batch.examples.length;
        seen += batch.examples.length;
      }
      losses.push(sum / seen);
    }
    expect(long.save()).toEqual(short.save());
    expect(result).toEqual({
      epochs: 3,
      updates: optimizer.updates,
      losses,
      validationLosses: [],
      stopped: "finished",
    });
  });

  test("over ragged sequences, some of them empty", async () => {
    const layers = sequential(gru(4), dense(1));
    const [short, long] = [new Model(layers, { inputSize: 1 }), new Model(layers, { inputSize: 1 })];
    await fit(short, ragged, { loss: meanSquaredError, optimizer: sgd(), batchSize: 3, shuffle: false });
    const optimizer = new Optimizer(long, sgd());
    for (const batch of batches(ragged, { batchSize: 3 })) {
      backpropagate(long, batch, meanSquaredError);
      optimizer.update();
    }
    expect(long.save()).toEqual(short.save());
  });

  test("whose gradients were cleared first, whatever lay in the model", async () => {
    const [clean, used] = [make(), make()];
    backpropagate(used, data, meanSquaredError);
    for (const model of [clean, used]) await fit(model, data, { loss: meanSquaredError });
    expect(used.save()).toEqual(clean.save());
  });
});

describe("the order of the examples", () => {
  const orders = (options: object) =>
    Array.from(batches(data, { batchSize: 10, shuffle: true, ...options }), ({ examples }) =>
      Array.from(examples),
    ).flat();

  test("is drawn from the seed and the epoch, and visits each once", () => {
    const first = orders({ seed: 7, epoch: 2 });
    expect(orders({ seed: 7, epoch: 2 })).toEqual(first);
    expect(orders({ seed: 7, epoch: 3 })).not.toEqual(first);
    expect(orders({ seed: 8, epoch: 2 })).not.toEqual(first);
    expect(first.toSorted((a, b) => a - b)).toEqual(Array.from({ length: data.count }, (_, index) => index));
    expect(orders({ seed: 7, epoch: 2, batchSize: 7 })).toEqual(first);
  });

  test("is the caller's without shuffle, in batches of the size asked for", () => {
    const sizes = Array.from(batches(data, { batchSize: 32 }), ({ examples }) => examples.length);
    expect(sizes).toEqual([32, 22]);
    expect(orders({ shuffle: false })).toEqual(Array.from({ length: data.count }, (_, index) => index));
  });

  test("can be gone through twice", () => {
    const twice = batches(data, { batchSize: 20 });
    expect([...twice].length).toBe(3);
    expect([...twice].length).toBe(3);
  });

  test("and the seed alone make a run: the same again, another otherwise", async () => {
    const run = async (seed: number) => {
      const model = make();
      await fit(model, data, { loss: meanSquaredError, epochs: 2, seed });
      return model.save();
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });
});

test("targets may be [batch], [batch, 1] or windows: the same run", async () => {
  const inputs = Array.from({ length: 54 }, (_, index) => wave.slice(index, index + 6).map((x) => [x]));
  const answers = wave.slice(6);
  const run = async (given: Parameters<typeof fit>[1]) => {
    const model = make();
    await fit(model, given, { loss: meanSquaredError });
    return model.save();
  };
  const wanted = await run(data);
  expect(await run({ input: inputs, target: answers })).toEqual(wanted);
  expect(await run({ input: tensor(inputs), target: answers.map((x) => [x]) })).toEqual(wanted);
});

test("a step's target may be a class number, [batch, time], also padded with lengths", () => {
  const model = new Model(sequential(elman(4), dense(3)), { inputSize: 1 });
  const list = { input: [[[1], [2]], [[3]]], target: [[0, 2], [1]] };
  const padded = {
    input: [
      [[1], [2], [9]],
      [[3], [9], [9]],
    ],
    target: [
      [0, 2, 1],
      [1, 0, 0],
    ],
    lengths: [2, 1],
  };
  const { loss } = evaluate(model, list, { loss: crossEntropy });
  expect(evaluate(model, padded, { loss: crossEntropy }).loss).toBe(loss);
  expect(backpropagate(model, padded, crossEntropy)).toBe(loss);
});
