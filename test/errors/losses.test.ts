import { describe, expect, test, vi } from "vitest";
import {
  ArgumentError,
  activate,
  adagrad,
  adam,
  adamW,
  backpropagate,
  binaryCrossEntropy,
  binaryCrossEntropyWith,
  clipGradients,
  crossEntropy,
  crossEntropyWith,
  ctc,
  dense,
  dropout,
  gru,
  huber,
  klDivergence,
  lion,
  Model,
  meanSquaredError,
  memoryUsage,
  nadam,
  Optimizer,
  poisson,
  quantileLoss,
  rmsprop,
  ShapeError,
  StateError,
  sequential,
  sgd,
  smoothL1,
  softmax,
} from "../../src/index.js";
import { expectRefusal, expectUntouched } from "../support/refusal.js";
import { atEach, atEnd, one, sequences } from "./trainingCases.js";

const any = (value: unknown) => value as never;

describe("losses refuse options that make no sense", () => {
  test.each([
    ["no options", () => crossEntropyWith(any(undefined)), ["crossEntropyWith", "undefined"]],
    ["an unknown option", () => crossEntropyWith(any({ smoothing: 0.1 })), ['"smoothing"', "labelSmoothing"]],
    ["smoothing beyond all", () => crossEntropyWith({ labelSmoothing: 1.1 }), ["between 0 and 1", "1.1"]],
    ["negative smoothing", () => crossEntropyWith({ labelSmoothing: -0.1 }), ["between 0 and 1", "-0.1"]],
    ["half a class", () => crossEntropyWith({ ignoreIndex: 0.5 }), ["ignoreIndex", "0.5"]],
    ["no class weights", () => crossEntropyWith({ classWeights: [] }), ["classWeights", "an array of 0"]],
    ["a class weight below 0", () => crossEntropyWith({ classWeights: [1, -1] }), ["classWeights", "[1]", "-1"]],
    ["a class weight of NaN", () => crossEntropyWith({ classWeights: [Number.NaN] }), ["[0]", "NaN"]],
    ["a weight as text", () => binaryCrossEntropyWith({ positiveWeights: any("3") }), ["positiveWeights", '"3"']],
    ["a negative weight", () => binaryCrossEntropyWith({ positiveWeights: -3 }), ["0 or more", "-3"]],
    ["a kink at 0", () => huber({ delta: 0 }), ["delta of huber", "received 0"]],
    ["a negative kink", () => smoothL1({ beta: -1 }), ["beta of smoothL1", "0 or more", "-1"]],
    ["an infinite kink", () => smoothL1({ beta: Infinity }), ["beta of smoothL1", "Infinity"]],
    ["a quantile of 0", () => quantileLoss({ quantiles: [0, 0.5] }), ["above 0", "received 0"]],
    ["a negative quantile", () => quantileLoss({ quantiles: [-0.1] }), ["quantiles of quantileLoss", "-0.1"]],
    ["a quantile that is none", () => quantileLoss({ quantiles: [Number.NaN] }), ["quantiles of quantileLoss", "NaN"]],
    ["no quantile", () => quantileLoss({ quantiles: [] }), ["quantiles of quantileLoss", "an array of 0"]],
    ["a quantile of 1", () => quantileLoss({ quantiles: [0.5, 1] }), ["below 1", "received 1"]],
    ["a quantile in percent", () => quantileLoss({ quantiles: [50] }), ["quantiles", "50"]],
    ["one quantile by itself", () => quantileLoss({ quantiles: any(0.5) }), ["a list", "0.5"]],
  ] as const)("%s", (_name, act, texts) => {
    const { used } = memoryUsage();
    expectRefusal(act, ArgumentError, ...texts);
    expect(memoryUsage().used).toBe(used);
  });

  test("nobody can change a loss", () => {
    expect(() => Object.assign(meanSquaredError, { leastWidth: 3 })).toThrow(TypeError);
    const loss = crossEntropyWith({ classWeights: [1, 2, 3] });
    expect(() => Object.assign(loss.options, { classWeights: [] })).toThrow(TypeError);
    expect(() => Object.assign(loss.options.classWeights as object, [9])).toThrow(TypeError);
  });
});

describe("a loss refuses data and networks that do not suit it, and the model stays as it is", () => {
  const steps = [
    [0, 1, 2],
    [2, 1, 0],
  ];
  const unlike = [
    [1, 1],
    [1, 1],
  ];
  test.each([
    [
      "class weights of other classes",
      atEnd,
      [0, 1],
      {},
      crossEntropyWith({ classWeights: [1, 2] }),
      ShapeError,
      ["for 2 outputs", "gives 3"],
    ],
    [
      "weights of other labels",
      atEnd,
      [
        [0, 1, 1],
        [1, 0, 0],
      ],
      {},
      binaryCrossEntropyWith({ positiveWeights: [1, 2] }),
      ShapeError,
      ["for 2 outputs", "gives 3"],
    ],
    [
      "a class that is neither one nor ignored",
      atEnd,
      [0, 3],
      {},
      crossEntropyWith({ ignoreIndex: -1 }),
      ArgumentError,
      ["0 to 2, or -1", "received 3"],
    ],
    ["a label of 2", one, [0, 2], {}, binaryCrossEntropy, ArgumentError, ["from 0 to 1", "received 2 in target 1"]],
    ["a negative count", one, [3, -1], {}, poisson, ArgumentError, ["0 or more", "received -1 in target 1"]],
    [
      "outputs that quantiles do not share",
      atEnd,
      [[1], [2]],
      {},
      quantileLoss({ quantiles: [0.1, 0.9] }),
      ShapeError,
      ["2 outputs for each", "gives 3"],
    ],
    [
      "too few outputs for the quantiles",
      one,
      [1, 2],
      {},
      quantileLoss({ quantiles: [0.1, 0.9] }),
      ShapeError,
      ["at least 2 outputs", "gives 1"],
    ],
    [
      "weights of steps for one answer",
      one,
      [1, 2],
      { weights: unlike },
      meanSquaredError,
      ShapeError,
      ["one output a sequence", "weights must be [batch]"],
    ],
    [
      "weights of too few steps",
      atEach,
      steps,
      { weights: unlike },
      crossEntropyWith({}),
      ShapeError,
      ["weights 0 has 2 steps, its input 3"],
    ],
    ["a negative weight", one, [1, 2], { weights: [1, -1] }, meanSquaredError, ArgumentError, ["-1"]],
    [
      "a weight that is no number",
      one,
      [1, 2],
      { weights: [1, Number.NaN] },
      meanSquaredError,
      ArgumentError,
      ["weights", "NaN"],
    ],
    [
      "an infinite weight",
      one,
      [1, 2],
      { weights: [1, Infinity] },
      meanSquaredError,
      ArgumentError,
      ["weights", "Infinity"],
    ],
    ["too few weights", one, [1, 2], { weights: [1] }, meanSquaredError, ShapeError, ["weights"]],
  ] as const)("%s", (_name, layer, target, extras, loss, kind, texts) => {
    const model = new Model(layer, { inputSize: 1 });
    const data = { input: sequences, target, ...extras };
    expectUntouched(model, () => backpropagate(model, any(data), loss), kind, ...texts);
    model.dispose();
  });
});

describe("optimizers and clipping refuse what makes no sense", () => {
  test.each([
    ["dampening of two", () => sgd({ momentum: 0.5, dampening: 2 }), ["dampening of sgd", "received 2"]],
    ["looking ahead, damped", () => sgd({ momentum: 0.5, dampening: 0.1, nesterov: true }), ["dampening of 0", "0.1"]],
    ["a division by nothing", () => adam({ epsilon: 0 }), ["epsilon of adam", "received 0"]],
    ["negative decoupled decay", () => adamW({ weightDecay: -1 }), ["weightDecay of adamW", "-1"]],
    ["a flag as text", () => adamW({ amsgrad: any("yes") }), ["amsgrad of adamW", '"yes"']],
    ["no fading", () => rmsprop({ alpha: 1 }), ["alpha of rmsprop", "below 1"]],
    ["momentum that decays backwards", () => nadam({ momentumDecay: -1 }), ["momentumDecay of nadam", "-1"]],
    ["a negative sum of squares", () => adagrad({ initialSum: -1 }), ["initialSum of adagrad", "-1"]],
    ["an option of another", () => lion(any({ epsilon: 1 })), ['"epsilon"', "beta1"]],
  ] as const)("%s", (_name, act, texts) => expectRefusal(act, ArgumentError, ...texts));

  test.each([
    ["in two ways", { norm: 1, value: 1 }, ["in one way, received norm and value of clipGradients"]],
    ["in two other ways", { value: 1, parameterNorm: 1 }, ["in one way, received value and parameterNorm"]],
    ["by a parameter's norm of 0", { parameterNorm: 0 }, ["parameterNorm of clipGradients", "received 0"]],
    ["by parameter, of some order", { parameterNorm: 1, order: 1 }, ["by parameterNorm has no order"]],
    ["by what is null", { value: null }, ["value of clipGradients", "received null"]],
    ["to nothing", { value: 0 }, ["value of clipGradients", "received 0"]],
    ["by a text", { value: "1" }, ["value of clipGradients", '"1"']],
  ])("clipping %s", (_name, options, texts) => {
    const model = new Model(one, { inputSize: 1 });
    expectUntouched(model, () => clipGradients(model, any(options)), ArgumentError, ...texts);
    model.dispose();
  });
});

test("clipping by value bounds each gradient and tells the norm before", () => {
  const model = new Model(one, { inputSize: 1 });
  backpropagate(model, { input: sequences, target: [30, -40] }, meanSquaredError);
  const before = model.parameters.flatMap((parameter) => [...parameter.gradient().data]);
  const norm = clipGradients(model, { value: 0.5 });
  expect(norm).toBeCloseTo(Math.sqrt(before.reduce((sum, value) => sum + value * value, 0)), 6);
  const after = model.parameters.flatMap((parameter) => [...parameter.gradient().data]);
  expect(after).toEqual(before.map((value) => Math.max(-0.5, Math.min(0.5, value))));
  model.dispose();
});

test("losses and optimizers of another copy are told by name, and imitations refused", async () => {
  vi.resetModules();
  const other = await import("../../src/index.js");
  const model = new Model(one, { inputSize: 1 });
  const data = { input: sequences, target: [1, 2] };
  expectUntouched(
    model,
    () => backpropagate(model, data, other.meanSquaredError),
    StateError,
    "another copy of recurve",
  );
  expectUntouched(model, () => new Optimizer(model, other.adam()), StateError, "another copy of recurve");
  expectRefusal(() => backpropagate(model, data, any({ ...meanSquaredError })), ArgumentError, "loss must be");
  expectRefusal(() => new Optimizer(model, any({ ...adam() })), ArgumentError, "an optimizer such as adam");
  model.dispose();
});

describe("a loss of logits refuses what already made shares of them, before anything is trained", () => {
  const logits = { binaryCrossEntropy, ctc: ctc(), crossEntropy, klDivergence: klDivergence() };
  const endings = {
    sigmoid: [dense(2, { activation: "sigmoid" }), sequential(dense(2), activate({ type: "hardSigmoid" }))],
    softmax: [sequential(dense(2), softmax()), sequential(dense(2), softmax(), dropout(0.5))],
  };
  const cases = Object.entries(logits).flatMap(([name, loss]) =>
    Object.entries(endings).flatMap(([by, layers]) => layers.map((layer) => [name, by, layer, loss] as const)),
  );
  test.each(cases)("%s after a %s", (name, by, layer, loss) => {
    const model = new Model(sequential(gru(2), layer));
    const data = { input: [[[1], [2]]], target: [[1, 0]] };
    const text = `${name} takes logits, its ${by} is its own`;
    expectRefusal(() => backpropagate(model, data, loss), ArgumentError, text, "leave that out");
    expect(() => model.parameters).toThrow("sizes");
  });

  test("but a mean squared error of shares is as good as any", () => {
    const model = new Model(sequential(gru(2), dense(1, { activation: "sigmoid" })));
    expect(backpropagate(model, { input: [[[1], [2]]], target: [[[1], [0]]] }, meanSquaredError)).toBeGreaterThan(0);
  });
});
