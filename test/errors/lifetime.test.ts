import { afterEach, describe, expect, test, vi } from "vitest";
import {
  ArgumentError,
  adam,
  backpropagate,
  clearGradients,
  clipGradients,
  dense,
  ema,
  evaluate,
  fit,
  gradientFlow,
  gradientNorm,
  lastStep,
  lstm,
  Model,
  meanSquaredError,
  memoryUsage,
  Optimizer,
  ShapeError,
  StateError,
  sequential,
  WeightAverage,
} from "../../src/index.js";
import { expectRefusal, expectRejection, stateOf } from "../support/refusal.js";

const layer = sequential(lstm(2), lastStep(), dense(1));
const data = {
  input: [
    [[1], [2]],
    [[3], [4]],
  ],
  target: [[1], [2]],
};
const loss = meanSquaredError;

/** Every use of a model, by name. */
const uses: Record<string, (model: Model) => unknown> = {
  predict: (model) => model.predict([1]),
  predictBatch: (model) => model.predictBatch([[[1]]]),
  parameters: (model) => model.parameters,
  freeze: (model) => model.freeze("0"),
  unfreeze: (model) => model.unfreeze("0"),
  summary: (model) => model.summary(),
  save: (model) => model.save(),
  Optimizer: (model) => new Optimizer(model, adam()),
  backpropagate: (model) => backpropagate(model, data, loss),
  clearGradients: (model) => clearGradients(model),
  clipGradients: (model) => clipGradients(model, { norm: 1 }),
  gradientNorm: (model) => gradientNorm(model),
  gradientFlow: (model) => gradientFlow(model, data, loss),
  evaluate: (model) => evaluate(model, data, { loss }),
};

describe("after dispose", () => {
  test.each(Object.entries(uses))("%s is refused", (_name, use) => {
    for (const inputSize of [1, undefined]) {
      const model = new Model(layer, { inputSize });
      model.dispose();
      model.dispose();
      const { used } = memoryUsage();
      expectRefusal(() => use(model), StateError, "disposed", "Make a new one");
      expect(memoryUsage().used).toBe(used);
    }
  });

  test("fit is refused", async () => {
    const model = new Model(layer, { inputSize: 1 });
    model.dispose();
    await expectRejection(() => fit(model, data, { loss }), StateError, "disposed");
  });

  test("parameters and optimizers of the model are refused, and write into nobody else's memory", () => {
    const model = new Model(layer, { inputSize: 1 });
    const optimizer = new Optimizer(model, adam());
    const [parameter] = model.parameters as [(typeof model.parameters)[0]];
    model.dispose();
    const other = new Model(layer, { inputSize: 1, seed: 9 });
    const before = stateOf(other);
    expectRefusal(() => optimizer.update(), StateError, "disposed");
    expectRefusal(() => parameter.read(), StateError, "disposed");
    expectRefusal(() => parameter.gradient(), StateError, "disposed");
    expectRefusal(() => parameter.write(new Float32Array(8)), StateError, "disposed");
    expect(stateOf(other)).toEqual(before);
    optimizer.dispose();
    other.dispose();
  });

  test("an optimizer's update is refused, and the model stays as it was", () => {
    const model = new Model(layer, { inputSize: 1 });
    const optimizer = new Optimizer(model, adam());
    backpropagate(model, data, loss);
    optimizer.dispose();
    optimizer.dispose();
    const before = stateOf(model);
    expectRefusal(() => optimizer.update(), StateError, "optimizer was disposed");
    expect(stateOf(model)).toEqual(before);
    model.dispose();
  });

  test("`using` disposes at the end of the block", () => {
    const { used } = memoryUsage();
    const model = new Model(layer, { inputSize: 1 });
    model[Symbol.dispose]();
    expect(memoryUsage().used).toBe(used);
    expectRefusal(() => model.save(), StateError, "disposed");
  });

  test.each([
    ["an optimizer", (model: Model) => new Optimizer(model, adam())],
    ["an average of the weights", (model: Model) => new WeightAverage(model, ema())],
  ] as const)("`using` disposes of %s alone", (_name, make) => {
    const model = new Model(layer, { inputSize: 1 });
    const { used } = memoryUsage();
    const made = make(model);
    made[Symbol.dispose]();
    expect(memoryUsage().used).toBe(used);
    expectRefusal(() => made.update(), StateError, "disposed");
    model.dispose();
  });
});

describe("before the sizes are known", () => {
  const early = [
    "parameters",
    "freeze",
    "unfreeze",
    "summary",
    "save",
    "Optimizer",
    "clearGradients",
    "clipGradients",
    "gradientNorm",
  ];
  test.each(early)("%s is refused with what to do", (name) => {
    const model = new Model(layer);
    const { used } = memoryUsage();
    expectRefusal(
      () => uses[name]?.(model),
      StateError,
      "not yet known",
      "Give { inputSize } to the Model, or show it data first",
    );
    expect(memoryUsage().used).toBe(used);
  });

  test("the first data tell them", () => {
    for (const name of ["predict", "predictBatch", "backpropagate", "evaluate", "gradientFlow"]) {
      const model = new Model(layer);
      uses[name]?.(model);
      expect(model.parameters[0]?.shape).toEqual([8, 1]);
      model.dispose();
    }
  });
});

describe("parameters", () => {
  test("refuse what does not fit, and stay as they are", () => {
    const model = new Model(layer, { inputSize: 1 });
    const [weight] = model.parameters as [(typeof model.parameters)[0]];
    const before = stateOf(model);
    const any = (value: unknown) => value as never;
    expectRefusal(() => weight.write([[1, 2]]), ShapeError, '"0.weight_ih_l0"', "[8, 1]", "[1, 2]");
    expectRefusal(() => weight.write(new Float32Array(7)), ShapeError, '"0.weight_ih_l0"', "[8, 1]", "[7]");
    expectRefusal(() => weight.write(any("12345678")), ArgumentError, '"12345678"');
    const bad = Float32Array.from({ length: 8 }, (_, index) => (index === 5 ? Number.NaN : 1));
    expectRefusal(() => weight.write(bad), ArgumentError, '"0.weight_ih_l0"', "NaN at position 5");
    expect(stateOf(model)).toEqual(before);
    weight.read().data.fill(7);
    expect(stateOf(model)).toEqual(before);
  });
});

describe("two copies of the library", () => {
  afterEach(() => vi.resetModules());

  test("a model or a layer of the other copy is refused", async () => {
    vi.resetModules();
    const other = await import("../../src/index.js");
    const foreign = new other.Model(other.dense(1), { inputSize: 1 });
    for (const use of [uses.backpropagate, uses.Optimizer, uses.evaluate, uses.gradientFlow]) {
      expectRefusal(() => use?.(foreign as never), StateError, "another copy of recurve", "Load one copy only");
    }
    expectRefusal(() => new Model(other.dense(1) as never), StateError, "another copy of recurve");
    expectRefusal(() => sequential(other.dense(1) as never), StateError, "another copy of recurve");
    foreign.dispose();
  });
});
