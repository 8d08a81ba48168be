import { expect, test } from "vitest";
import {
  type Dataset,
  dense,
  evaluate,
  gru,
  Model,
  meanSquaredError,
  sequential,
  tensor,
  windows,
} from "../../src/index.js";

/** Inputs and targets of a dataset as nested arrays. */
function read({ input, target, count }: Dataset): { input: number[][][]; target: number[][] } {
  const rows = (from: typeof input, index: number) =>
    Array.from({ length: from.lengths[index] as number }, (_, step) => {
      const start = (from.starts[index] as number) + step * from.width;
      return Array.from(from.values.slice(start, start + from.width));
    });
  const each = Array.from({ length: count }, (_, index) => index);
  return { input: each.map((index) => rows(input, index)), target: each.map((index) => rows(target, index).flat()) };
}

test("a window slides by one over a series, its target is the step after it", () => {
  expect(read(windows([1, 2, 3, 4, 5], { window: 3 }))).toEqual({
    input: [
      [[1], [2], [3]],
      [[2], [3], [4]],
    ],
    target: [[4], [5]],
  });
});

test("stride and horizon: the last window is the last whose target is whole", () => {
  expect(read(windows([1, 2, 3, 4, 5, 6, 7, 8], { window: 2, horizon: 3, stride: 2 }))).toEqual({
    input: [
      [[1], [2]],
      [[3], [4]],
    ],
    target: [
      [3, 4, 5],
      [5, 6, 7],
    ],
  });
  expect(windows([1, 2, 3], { window: 2 }).count).toBe(1);
});

test("a target of its own has the steps after each window", () => {
  const series = [1, 2, 3, 4, 5, 6].map((value) => [value, 10 * value]);
  const found = read(windows(series, { window: 2, horizon: 2, stride: 2, target: [-1, -2, -3, -4, -5, -6] }));
  expect(found).toEqual({
    input: [
      [
        [1, 10],
        [2, 20],
      ],
      [
        [3, 30],
        [4, 40],
      ],
    ],
    target: [
      [-3, -4],
      [-5, -6],
    ],
  });
  expect(() => windows(series, { window: 2, target: [1, 2, 3] })).toThrow(
    "the series has 6 steps, its target 3: one is wanted for each step.",
  );
  expect(() => windows(series, { window: 2, target: [1, 2, 3, 4, 5, Number.NaN] })).toThrow(
    "the target of windows must be finite, received NaN at step 5.",
  );
});

test("a series of several features gives them all, in the input and in the target", () => {
  const series = [
    [1, 10],
    [2, 20],
    [3, 30],
    [4, 40],
  ];
  const wanted = {
    input: [[[1, 10]], [[2, 20]]],
    target: [
      [2, 20, 3, 30],
      [3, 30, 4, 40],
    ],
  };
  expect(read(windows(series, { window: 1, horizon: 2 }))).toEqual(wanted);
  expect(read(windows(tensor(series), { window: 1, horizon: 2 }))).toEqual(wanted);
});

test("typed arrays of either precision are series, and later changes of theirs do not count", () => {
  const series = Float32Array.of(1, 2, 3, 4);
  const data = windows(series, { window: 2 });
  series.fill(0);
  expect(read(data)).toEqual(read(windows(Float64Array.of(1, 2, 3, 4), { window: 2 })));
});

test("a slice keeps the order, so that what is later can be held back", () => {
  const data = windows([1, 2, 3, 4, 5, 6], { window: 2 });
  const [before, after] = [read(data.slice(0, 3)), read(data.slice(3, data.count))];
  expect([...before.target, ...after.target]).toEqual(read(data).target);
  expect(after).toEqual({ input: [[[4], [5]]], target: [[6]] });
});

test("a horizon as long as the window is a target for every step, where the network answers at every step", () => {
  const model = new Model(sequential(gru(3), dense(1)), { inputSize: 1 });
  const data = windows([1, 2, 4, 8, 5, 3, 1], { window: 2, horizon: 2 });
  const { input, target } = read(data);
  const steps = target.map((row) => row.map((x) => [x]));
  const told = evaluate(model, { input, target: steps }, { loss: meanSquaredError });
  expect(evaluate(model, data, { loss: meanSquaredError })).toEqual(told);
  model.dispose();
});
