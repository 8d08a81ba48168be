import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  backpropagate,
  clipGradients,
  ctc,
  ctcBeam,
  ctcGreedy,
  dense,
  gaussianNll,
  klDivergence,
  labelErrorRate,
  lastStep,
  lstm,
  Model,
  memoryUsage,
  mixtureDensity,
  ShapeError,
  sampleMixture,
  sequential,
  sortQuantiles,
  Tensor,
} from "../../src/index.js";
import { expectRefusal, expectUntouched } from "../support/refusal.js";
import { atEnd, one, sequences } from "./trainingCases.js";

const any = (value: unknown) => value as never;
const row = [0, 0, 0, 0, 0, 0];

describe("options that make no sense are refused", () => {
  test.each([
    [
      "a spread of another name",
      () => gaussianNll({ spread: any("deviation") }),
      ["spread of gaussianNll", '"deviation"'],
    ],
    ["no least variance", () => gaussianNll({ epsilon: 0 }), ["epsilon of gaussianNll", "received 0"]],
    ["a flag as number", () => gaussianNll({ full: any(1) }), ["full of gaussianNll", "received 1"]],
    ["torch's name", () => gaussianNll(any({ eps: 1e-3 })), ['"eps"', "epsilon"]],
    ["a flag as text", () => klDivergence({ logTarget: any("no") }), ["logTarget of klDivergence", '"no"']],
    ["no components", () => mixtureDensity(any({})), ["components of mixtureDensity", "undefined"]],
    ["half a component", () => mixtureDensity({ components: 0.5 }), ["components of mixtureDensity", "0.5"]],
    [
      "one category",
      () => mixtureDensity({ components: 1, categories: 1 }),
      ["categories of mixtureDensity", "nothing to choose"],
    ],
    ["a negative variance", () => mixtureDensity({ components: 1, epsilon: -1 }), ["epsilon of mixtureDensity", "-1"]],
    [
      "correlations in number",
      () => mixtureDensity({ components: 1, correlated: any(2) }),
      ["correlated of mixtureDensity", "2"],
    ],
    ["a negative blank", () => ctc({ blank: -1 }), ["blank of ctc", "-1"]],
    ["torch's option", () => ctc(any({ zero_infinity: true })), ['"zero_infinity"', "zeroInfinity"]],
    ["a flag of 1", () => ctc({ zeroInfinity: any(1) }), ["zeroInfinity of ctc", "received 1"]],
    ["a beam of 0", () => ctcBeam([[[1, 2]]], { beamWidth: 0 }), ["beamWidth of ctcBeam", "received 0"]],
    ["a beam for greedy", () => ctcGreedy([[[1, 2]]], any({ beamWidth: 2 })), ['"beamWidth"']],
    ["outputs that are not finite", () => ctcBeam([[[1, Number.NaN]]]), ["output must be finite", "NaN"]],
    ["the same for greedy", () => ctcGreedy([[[Infinity, 1]]]), ["output must be finite", "Infinity"]],
    [
      "a mixture that is not finite",
      () => sampleMixture(new Tensor(Float32Array.from(row).fill(Number.NaN, 4, 5), [6]), { components: 2 }),
      ["sampleMixture reads must be finite", "NaN at place 4"],
    ],
    ["an infinite weight", () => sampleMixture([Infinity, 0, 0], { components: 1 }), ["must be finite", "at place 0"]],
    ["quantiles that are not finite", () => sortQuantiles([1, Number.NaN], [0.1, 0.9]), ["finite", "NaN at place 1"]],
    [
      "a negative temperature",
      () => sampleMixture(row, { components: 2, temperature: -1 }),
      ["temperature of sampleMixture", "-1"],
    ],
    ["half a step", () => sampleMixture(row, { components: 2, step: 0.5 }), ["step of sampleMixture", "0.5"]],
    ["a seed as text", () => sampleMixture(row, { components: 2, seed: any("x") }), ["seed", '"x"']],
    ["no lists of labels", () => labelErrorRate(any([1]), [[1]]), ["lists of labels"]],
    ["no label at all", () => labelErrorRate([[1]], [[]]), ["no label"]],
  ] as const)("%s", (_name, act, texts) => {
    const { used } = memoryUsage();
    expectRefusal(act, ArgumentError, ...texts);
    expect(memoryUsage().used).toBe(used);
  });

  test.each([
    [
      "one sequence by itself",
      () =>
        ctcGreedy([
          [1, 2],
          [3, 4],
        ]),
      ["ctcGreedy reads [batch, time, classes]"],
    ],
    ["a blank beyond the classes", () => ctcBeam([[[1, 2]]], { blank: 2 }), ["at least 3 classes", "received 2"]],
    ["lengths of another batch", () => ctcGreedy([[[1, 2]]], { lengths: [1, 1] }), ["1 sequences", "received 2"]],
    ["a mixture of another size", () => sampleMixture([1, 2, 3, 4], { components: 2 }), ["2 (1 + 2 n)", "received 4"]],
    [
      "correlations of one value",
      () => sampleMixture(row, { components: 2, correlated: true }),
      ["needs 12 outputs", "received 6"],
    ],
    [
      "no axis at all",
      () => sampleMixture(new Tensor(Float32Array.of(3), []), { components: 1 }),
      ["rows of outputs", "[]"],
    ],
    ["fewer read than wanted", () => labelErrorRate([[1]], [[1], [2]]), ["1 sequences", "2 wanted"]],
  ] as const)("%s", (_name, act, texts) => expectRefusal(act, ShapeError, ...texts));
});

const net = (outputs: number) => sequential(lstm(2), lastStep(), dense(outputs));
const toRead = { input: sequences };

describe("data and networks that do not suit are refused, and the model stays as it is", () => {
  test.each([
    [
      "an odd number of outputs",
      atEnd,
      { target: [1, 2] },
      gaussianNll(),
      ShapeError,
      ["2 outputs for each value", "gives 3"],
    ],
    [
      "as many targets as outputs",
      net(4),
      {
        target: [
          [1, 2, 3, 4],
          [1, 2, 3, 4],
        ],
      },
      gaussianNll(),
      ShapeError,
      ["[batch, 2]", "received [2, 4]"],
    ],
    [
      "a probability above 1",
      atEnd,
      {
        target: [
          [0, 1, 2],
          [0, 0, 1],
        ],
      },
      klDivergence(),
      ArgumentError,
      ["from 0 to 1", "received 2 in target 0"],
    ],
    [
      "a logarithm above 0",
      atEnd,
      {
        target: [
          [0, 0, 0],
          [-1, -1, 1],
        ],
      },
      klDivergence({ logTarget: true }),
      ArgumentError,
      ["0 or less", "received 1 in target 1"],
    ],
    [
      "a probability that is no number",
      atEnd,
      {
        target: [
          [0, 1, Number.NaN],
          [0, 0, 1],
        ],
      },
      klDivergence(),
      ArgumentError,
      ["target must be finite", "NaN in sequence 0"],
    ],
    ["class numbers for probabilities", atEnd, { target: [0, 1] }, klDivergence(), ShapeError, ["[batch, 3]"]],
    [
      "too few outputs for a mixture",
      one,
      { target: [1, 2] },
      mixtureDensity({ components: 2 }),
      ShapeError,
      ["at least 6 outputs", "gives 1"],
    ],
    [
      "outputs no mixture fills",
      net(7),
      { target: [1, 2] },
      mixtureDensity({ components: 2 }),
      ShapeError,
      ["2 (1 + 2 n)", "received 7"],
    ],
    [
      "targets of another size",
      net(6),
      {
        target: [
          [1, 2],
          [3, 4],
        ],
      },
      mixtureDensity({ components: 2 }),
      ShapeError,
      ["[batch, 1]", "received [2, 2]"],
    ],
  ] as const)("%s", (_name, layer, data, loss, kind, texts) => {
    const model = new Model(layer, { inputSize: 1 });
    expectUntouched(model, () => backpropagate(model, any({ ...toRead, ...data }), loss), kind, ...texts);
    model.dispose();
  });

  test.each([
    ["an order of 0", { norm: 1, order: 0 }, ["order of clipGradients", "above 0", "received 0"]],
    ["an order that is none", { norm: 1, order: Number.NaN }, ["order of clipGradients", "received NaN"]],
    ["an order as text", { norm: 1, order: "inf" }, ["order of clipGradients", '"inf"']],
    ["an order by value", { value: 1, order: 1 }, ["by value has no order"]],
  ] as const)("clipping: %s", (_name, options, texts) => {
    const model = new Model(one, { inputSize: 1 });
    expectUntouched(model, () => clipGradients(model, any(options)), ArgumentError, ...texts);
    model.dispose();
  });
});
