import { expect, test, vi } from "vitest";
import {
  type Averaging,
  adam,
  backpropagate,
  dense,
  fit,
  gradientFlow,
  lastStep,
  loadModel,
  lstm,
  Model,
  meanSquaredError,
  memoryUsage,
  Optimizer,
  sequential,
  sgd,
  Trainer,
  tensor,
} from "../../src/index.js";
import { core } from "../../src/wasm/core.js";
import { collect, liveBytes } from "./collect.js";

/** What the heap may wander by from one collection to the next: compiled code, caches of the engine. */
const HEAP_NOISE = 3_000_000;

const small = () => sequential(lstm(2), lastStep(), dense(1));

test("a million predictions leave the memory as it was", async () => {
  const model = new Model(small(), { inputSize: 1 });
  const sequence = tensor([[0.5], [-0.25]]);
  const first = model.predict(sequence).item();
  for (let count = 0; count < 20_000; count++) model.predict(sequence);
  const [used, heap] = [memoryUsage().used, await liveBytes()];
  let last = 0;
  for (let count = 0; count < 1_000_000; count++) last = model.predict(sequence).item();
  expect(last).toBe(first);
  expect(memoryUsage().used).toBe(used);
  expect((await liveBytes()) - heap).toBeLessThan(HEAP_NOISE);
  model.dispose();
});

test("ten thousand models made and disposed in one go leave the memory as it was", () => {
  new Model(small(), { inputSize: 3 }).dispose();
  const { used } = memoryUsage();
  let total = 0;
  for (let count = 0; count < 10_000; count++) {
    const model = new Model(small(), { inputSize: 3, seed: count });
    model.predict([[1, 2, 3]]);
    model.dispose();
    if (count === 0) total = memoryUsage().total;
  }
  expect(memoryUsage()).toEqual({ used, total });
});

test("ten thousand models dropped without a word give their memory back when they are collected", async () => {
  const { used } = memoryUsage();
  for (let count = 0; count < 10_000; count++) {
    new Model(small(), { inputSize: 3, seed: count }).predict([[1, 2, 3]]);
    if (count % 100 === 99) await new Promise((resolve) => setImmediate(resolve));
  }
  await collect(() => memoryUsage().used === used);
  expect(memoryUsage().used).toBe(used);
});

test("optimizers, files, training runs and diagnostics leave nothing behind", async () => {
  const data = { input: [[[1], [2]], [[3]]], target: [[1], [2]] };
  const once = async () => {
    const model = new Model(small(), { inputSize: 1 });
    const optimizer = new Optimizer(model, adam());
    backpropagate(model, data, meanSquaredError);
    optimizer.update();
    optimizer.dispose();
    await fit(model, data, { loss: meanSquaredError, epochs: 2, validation: data, patience: 1, shuffle: true });
    gradientFlow(model, data, meanSquaredError);
    const twin = loadModel(model.save());
    twin.predict([[1]]);
    new Optimizer(twin, adam());
    twin.dispose();
    model.dispose();
  };
  const { used } = memoryUsage();
  for (let count = 0; count < 50; count++) {
    await once();
    expect(memoryUsage().used).toBe(used);
  }
});

test("a parameter in the hand keeps its values alive when the model is collected", async () => {
  const { used } = memoryUsage();
  const parameters = (() => {
    const model = new Model(small(), { inputSize: 1 });
    return model.parameters.map((parameter) => ({ parameter, values: parameter.read() }));
  })();
  await collect();
  for (const { parameter, values } of parameters) expect(parameter.read()).toEqual(values);
  expect(memoryUsage().used).toBeGreaterThan(used);
});

test("freezing and thawing again and again takes no memory", () => {
  const model = new Model(small(), { inputSize: 1 });
  const optimizer = new Optimizer(model, adam());
  const data = { input: [[[1], [2]]], target: [[1]] };
  const round = (path: string) => {
    model.freeze(path);
    backpropagate(model, data, meanSquaredError);
    optimizer.update();
    model.unfreeze(path);
    backpropagate(model, data, meanSquaredError);
    optimizer.update();
  };
  round("0");
  const { used } = memoryUsage();
  for (let count = 0; count < 1000; count++) round(count % 2 === 0 ? "0.weight_hh_l0" : "2");
  expect(memoryUsage().used).toBe(used);
  model.dispose();
});

test("an optimizer that finds room for one of its two blocks takes none", () => {
  const model = new Model(dense(100), { inputSize: 100 });
  const grow = vi.spyOn(core().memory, "grow").mockImplementation(() => {
    throw new RangeError("no more");
  });
  const filling: Optimizer[] = [];
  try {
    // One block each, until there is no room for a further one; then room for one.
    expect(() => {
      for (;;) filling.push(new Optimizer(model, sgd({ momentum: 0.9 })));
    }).toThrow(/there is no room/);
    filling.pop()?.dispose();
    const { used } = memoryUsage();
    expect(() => new Optimizer(model, adam())).toThrow(/there is no room/);
    expect(memoryUsage().used).toBe(used);
    new Optimizer(model, sgd({ momentum: 0.9 })).dispose();
  } finally {
    grow.mockRestore();
    model.dispose();
  }
});

test("a training whose average cannot begin gives back what its optimizer took", () => {
  const model = new Model(small(), { inputSize: 1 });
  const averaging: Averaging = {
    ...{ name: "own", options: {}, share: () => 1 },
    begin: () => {
      throw new RangeError("mine");
    },
  };
  const { used } = memoryUsage();
  const data = { input: [[[1], [2]]], target: [[1]] };
  expect(() => new Trainer(model, data, { loss: meanSquaredError, averaging })).toThrow("mine");
  expect(memoryUsage().used).toBe(used);
  model.dispose();
});
