import { describe, expect, test } from "vitest";
import {
  adamW,
  backpropagate,
  dense,
  fit,
  gradientFlow,
  gru,
  lastStep,
  lstm,
  Model,
  meanSquaredError,
  StateError,
  sequential,
  sgd,
} from "../../src/index.js";
import { expectRefusal, expectRejection, expectUntouched } from "../support/refusal.js";

const sequences = [
  [[1], [2], [3]],
  [[4], [5], [6]],
];

const one = sequential(lstm(2), lastStep(), dense(1));

describe("a run that diverges", () => {
  const data = { input: sequences, target: [[1], [2]] };

  test("is told with epoch, layer and cures; the weights are those of the last good update", async () => {
    const model = new Model(sequential(lstm(2, { name: "rnn" }), lastStep(), dense(1, { name: "head" })), {
      inputSize: 1,
    });
    const good: Float32Array[][] = [];
    const weights = () => model.parameters.map(({ read }) => read().data);
    const run = () =>
      fit(model, data, {
        loss: meanSquaredError,
        optimizer: sgd({ learningRate: 50 }),
        epochs: 500,
        onUpdate: () => good.push(weights()),
      });
    const error = await run().catch((caught: unknown) => caught as Error);
    expect(good.length).toBeGreaterThan(0);
    const told = ["diverged in epoch", `after ${good.length} updates`, 'layer "', "lower learning rate", "clipNorm 1"];
    await expectRejection(() => Promise.reject(error), StateError, ...told);
    expect(weights()).toEqual(good.at(-1));
    for (const values of weights()) expect(values.every(Number.isFinite)).toBe(true);
    for (const parameter of model.parameters)
      expect(parameter.gradient().data.every((value) => value === 0)).toBe(true);
  });

  test("leaves finite weights even where one update would leave the range of float32", async () => {
    for (const learningRate of [1e31, 1e38, 1e300]) {
      const model = new Model(one, { inputSize: 1 });
      const before = model.parameters.map(({ read }) => read());
      const run = () => fit(model, data, { loss: meanSquaredError, optimizer: sgd({ learningRate }) });
      await expectRejection(run, StateError, "diverged in epoch 1, after 0 updates", "an update of the size");
      expect(model.parameters.map(({ read }) => read())).toEqual(before);
      model.dispose();
    }
  });

  test.each([
    ["norm", "clipNorm"],
    ["value", "clipValue"],
    ["parameter", "clipParameterNorm"],
  ])("takes an update that is small enough once gradients are clipped by %s", async (_, option) => {
    using model = new Model(one, { inputSize: 1 });
    const far = { input: data.input, target: [1e4, -1e4] };
    const optimizer = sgd({ learningRate: 1e29 });
    const run = (most: number) =>
      fit(model, far, { loss: meanSquaredError, optimizer, [option]: most, epochs: 1, batchSize: 2 });
    await expectRejection(() => run(100), StateError, "an update of the size");
    expect((await run(1)).updates).toBe(1);
    for (const { read } of model.parameters) expect(read().data.every(Number.isFinite)).toBe(true);
  });

  test.each([
    ["sgd", sgd({ learningRate: 10, weightDecay: 1 })],
    ["sgd with momentum", sgd({ learningRate: 0.1, momentum: 0.99, weightDecay: 50 })],
    ["adamW", adamW({ learningRate: 1, weightDecay: 10 })],
  ])("leaves finite weights where a weight decay of %s takes off more than there is", async (_, optimizer) => {
    using model = new Model(gru(3), { inputSize: 1, seed: 1 });
    const target = [[0.1, 0.2, 0.3]];
    const run = () =>
      fit(model, { input: [[[1]]], target: [target] }, { loss: meanSquaredError, optimizer, epochs: 1000 });
    await expectRejection(run, StateError, "training diverged", "an update of the size");
    for (const { read } of model.parameters) expect(read().data.every(Number.isFinite)).toBe(true);
  });

  test("leaves a model that can be mended and trained again", async () => {
    const model = new Model(one, { inputSize: 1 });
    const fresh = model.save();
    const bad = () => fit(model, data, { loss: () => ({ loss: Number.NaN, gradient: [[0], [0]] }) });
    await expectRejection(
      bad,
      StateError,
      ...["the loss is NaN", "epoch 1", "after 0 updates", "every output is finite: look at the loss itself"],
    );
    expect(model.save()).toEqual(fresh);
    const { losses } = await fit(model, data, { loss: meanSquaredError, epochs: 30 });
    expect(losses.at(-1)).toBeLessThan(losses[0] as number);
  });

  test("is told by backpropagate and gradientFlow too", () => {
    const model = new Model(one, { inputSize: 1 });
    backpropagate(model, data, meanSquaredError);
    const infinite = () => ({ loss: Number.POSITIVE_INFINITY, gradient: [[0], [0]] });
    expectUntouched(
      model,
      () => backpropagate(model, data, infinite),
      StateError,
      "the loss is Infinity",
      "every output is finite",
      "learning rate",
    );
    using broken = new Model(sequential(gru(2), lastStep(), dense(1)), { inputSize: 1 });
    broken.parameters.find(({ name }) => name === "2.weight")?.write([[3e38, 3e38]]);
    broken.parameters.find(({ name }) => name === "2.bias")?.write([3e38]);
    const spot = 'the first output that is not finite is of layer "2" (dense(1))';
    expectRefusal(() => backpropagate(broken, data, meanSquaredError), StateError, "the loss is", spot);
    expectUntouched(model, () => gradientFlow(model, data, infinite), StateError, "the loss is Infinity");
  });
});
