import { describe, expect, test } from "vitest";
import { ArgumentError, StateError } from "../../src/errors.js";
import {
  backpropagate,
  bidirectional,
  type CellDefinition,
  cells,
  crossEntropy,
  dense,
  dropout,
  elman,
  embedding,
  gradientCheck,
  gru,
  type LossFunction,
  lastStep,
  lstm,
  Model,
  max,
  meanAbsoluteError,
  meanSquaredError,
  recurrent,
  residual,
  sequential,
} from "../../src/index.js";
import { interiorOf } from "../../src/models/interior.js";
import { expectRefusal, stateOf } from "../support/refusal.js";

const input = Array.from({ length: 4 }, (_, i) =>
  Array.from({ length: i === 1 ? 4 : 8 }, (_, t) => [0, 1, 2].map((d) => Math.sin(1.7 * i + 0.9 * t + 2.1 * d))),
);
const target = [
  [1, 2],
  [0, -1],
  [0.5, 0.5],
  [-1, 0],
];
const data = { input, target };

/** As a user would write it; `factor` 1 is right. */
function squares(factor: number): LossFunction {
  return (prediction, wanted) => {
    const difference = prediction.data.map((value, index) => value - (wanted.data[index] as number));
    const count = difference.length;
    const loss = difference.reduce((sum, value) => sum + value * value, 0) / count;
    return { loss, gradient: difference.map((value) => (factor * 2 * value) / count) };
  };
}

describe("every cell passes", () => {
  test.each(Object.values(cells).map((cell) => [cell.name, cell as CellDefinition] as const))("%s", (_, cell) => {
    for (const direction of ["forward", "reverse"] as const) {
      const model = new Model(sequential(recurrent(cell, 5, { direction, zoneout: 0.1 }), lastStep(), dense(2)), {
        inputSize: 3,
      });
      const { passed, verdict, parameters } = gradientCheck(model, data, meanSquaredError);
      expect(passed, verdict).toBe(true);
      expect(parameters.reduce((sum, { decisive }) => sum + decisive, 0)).toBeGreaterThan(10);
    }
  });
});

test("networks of many kinds pass: dropout stands still, kinks are stepped over", () => {
  const bent = { activation: "relu" as const };
  const networks = [
    sequential(bidirectional(lstm(4)), dropout(0.3), residual(gru(8)), lastStep(), dense(2)),
    sequential(elman(6, bent), max(), dense(4, bent), dense(2)),
    sequential(gru(4, { recurrentDropout: 0.2, initialState: "learned" }), dropout(0.2), lastStep(), dense(2)),
  ];
  for (const [index, network] of networks.entries()) {
    for (const loss of [meanSquaredError, meanAbsoluteError, squares(1)]) {
      const { passed, verdict } = gradientCheck(new Model(network, { inputSize: 3, seed: 5 }), data, loss);
      expect(passed, `network ${index}: ${verdict}`).toBe(true);
    }
  }
});

test("a padding token's row is never trained, and not checked", () => {
  const model = new Model(sequential(embedding(3, 4, { paddingIndex: 0 }), dense(2)));
  const tokens = {
    input: [[0, 1, 2, 0]],
    target: [
      [
        [1, 1],
        [0, 0],
        [1, 0],
        [0, 1],
      ],
    ],
  };
  const { passed, verdict, parameters } = gradientCheck(model, tokens, meanSquaredError, { samples: 12 });
  expect(passed, verdict).toBe(true);
  expect(parameters.map(({ checked }) => checked)).toEqual([8, 8, 2]);
});

test("classes at every step pass too", () => {
  const model = new Model(sequential(gru(5), dense(3)), { inputSize: 3 });
  const classes = input.map((sequence) => sequence.map((_, step) => step % 3));
  const { passed, verdict } = gradientCheck(model, { input, target: classes }, crossEntropy);
  expect(passed, verdict).toBe(true);
});

test.each([2, 1.2, -1, 0])("a loss whose gradient is %d times what it should be is found out", (factor) => {
  const model = new Model(sequential(lstm(4), lastStep(), dense(2)), { inputSize: 3 });
  const { passed, verdict, worst, parameters } = gradientCheck(model, data, squares(factor));
  expect(passed).toBe(false);
  expect(verdict).toContain("but central differences give");
  expect(verdict).toContain("the gradient that your loss function gives");
  expect((worst?.analytic as number) / (worst?.numeric as number)).toBeCloseTo(factor, 2);
  for (const { decisive, worstError } of parameters) if (decisive > 0) expect(worstError).toBeGreaterThan(0.002);
});

test("so is one that is off by a fiftieth, where the gradient is large enough to tell", () => {
  const model = new Model(sequential(lstm(4), lastStep(), dense(2)), { inputSize: 3 });
  expect(gradientCheck(model, data, squares(1.02)).passed).toBe(false);
});

test("a single wrong element of a loss's gradient is found out", () => {
  const model = new Model(sequential(gru(4), lastStep(), dense(2)), { inputSize: 3 });
  const wrong: LossFunction = (prediction, wanted, weights) => {
    const { loss, gradient } = squares(1)(prediction, wanted, weights) as { loss: number; gradient: Float32Array };
    gradient[3] = 0;
    return { loss, gradient };
  };
  expect(gradientCheck(model, data, wrong).passed).toBe(false);
});

test("a gradient too small to be judged is said to be so, not called right", () => {
  const model = new Model(sequential(gru(3), lastStep(), dense(2)), { inputSize: 3 });
  model.parameters
    .find(({ name }) => name === "2.weight")
    ?.write([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  const { passed, parameters, verdict } = gradientCheck(model, data, meanSquaredError);
  expect(passed).toBe(true);
  expect(parameters.find(({ name }) => name === "0.weight_hh_l0")?.decisive).toBe(0);
  expect(verdict).toContain("0.weight_hh_l0");
  expect(verdict).toContain("too small in this batch to be judged");
});

test("at a kink there is nothing to compare, and nothing is called wrong", () => {
  // Every input is 0, so that the relu stands exactly at its kink.
  const model = new Model(sequential(dense(1, { activation: "relu" }), dense(1, { bias: false })), { inputSize: 1 });
  const flat = { input: [[[0]], [[0]]], target: [[[1]], [[2]]] };
  model.parameters.find(({ name }) => name === "1.weight")?.write([[1]]);
  const { passed, parameters } = gradientCheck(model, flat, meanSquaredError);
  expect(passed).toBe(true);
  expect(parameters.find(({ name }) => name === "0.bias")).toMatchObject({ checked: 0, unsettled: 1 });
});

test("the same seed checks the same elements; weights, gradients and random numbers stay as they were", () => {
  const model = new Model(sequential(lstm(6), dropout(0.2), lastStep(), dense(2)), { inputSize: 3 });
  backpropagate(model, data, meanSquaredError);
  const first = gradientCheck(model, data, meanSquaredError, { samples: 3, seed: 9 });
  const [before, draws] = [stateOf(model), interiorOf(model).draws.count];
  expect(gradientCheck(model, data, meanSquaredError, { samples: 3, seed: 9 })).toEqual(first);
  const { version: _, ...after } = stateOf(model);
  const { version: __, ...wanted } = before;
  expect(after).toEqual(wanted);
  expect(interiorOf(model).draws.count).toBe(draws);
  expect(first.parameters.every(({ checked, unsettled }) => checked + unsettled <= 3)).toBe(true);
});

test("a loss that fails in the middle leaves every weight in its place", () => {
  const model = new Model(sequential(gru(3), lastStep(), dense(2)), { inputSize: 3 });
  let calls = 0;
  const breaking: LossFunction = (prediction, wanted, weights) => {
    if (++calls > 20) throw new Error("no more");
    return squares(1)(prediction, wanted, weights);
  };
  gradientCheck(model, data, meanSquaredError);
  const { version: _, ...before } = stateOf(model);
  expect(() => gradientCheck(model, data, breaking)).toThrow("no more");
  const { version: __, ...after } = stateOf(model);
  expect(after).toEqual(before);
});

test("bad options and a network that has diverged are refused", () => {
  const model = new Model(sequential(gru(3), lastStep(), dense(2)), { inputSize: 3 });
  const check = (options: object) => () => gradientCheck(model, data, meanSquaredError, options);
  expectRefusal(check({ sample: 1 }), ArgumentError, 'gradientCheck knows no option "sample"');
  expectRefusal(check({ samples: 0 }), ArgumentError, "samples must be a whole number of 1 or more");
  expectRefusal(check({ tolerance: 2 }), ArgumentError, "tolerance must be a number between");
  expectRefusal(check({ seed: -1 }), ArgumentError, "seed must be");
  expectRefusal(() => gradientCheck(model, data, 3 as never), ArgumentError, "loss must be");
  const nowhere: LossFunction = (prediction) => ({ loss: Number.NaN, gradient: prediction.data });
  expectRefusal(() => gradientCheck(model, data, nowhere), StateError, "the loss is NaN");
  let calls = 0;
  const onlyHere: LossFunction = (prediction) => ({ loss: calls++ === 0 ? 1 : Infinity, gradient: prediction.data });
  const before = model.parameters.map((parameter) => parameter.read().data);
  expectRefusal(() => gradientCheck(model, data, onlyHere), StateError, "Infinity at or near the model's weights");
  expect(model.parameters.map((parameter) => parameter.read().data)).toEqual(before);
});
