import { describe, expect, test } from "vitest";
import { type Dataset, streams, tensor } from "../../src/index.js";

/** The rows of every stream, as lists. */
function rowsOf({ values, starts, lengths, width }: Dataset["input"]): number[][][] {
  return Array.from(starts, (start, index) =>
    Array.from({ length: lengths[index] }, (_, step) =>
      Array.from(values.subarray(start + step * width, start + (step + 1) * width)),
    ),
  );
}

const series = Array.from({ length: 11 }, (_, time) => time);

describe("streams", () => {
  test("go on one where the other ends, each step's target the next step", () => {
    const { input, target } = streams(series, { batchSize: 3 });
    expect(rowsOf(input)).toEqual([
      [[0], [1], [2]],
      [[3], [4], [5]],
      [[6], [7], [8]],
    ]);
    expect(rowsOf(target)).toEqual([
      [[1], [2], [3]],
      [[4], [5], [6]],
      [[7], [8], [9]],
    ]);
  });

  test("of features, with a horizon, are views of one array", () => {
    const given = tensor(series.slice(0, 10).map((time) => [time, -time]));
    const { input, target } = streams(given, { batchSize: 2, horizon: 4 });
    expect(rowsOf(input)).toEqual([
      [
        [0, -0],
        [1, -1],
        [2, -2],
      ],
      [
        [3, -3],
        [4, -4],
        [5, -5],
      ],
    ]);
    expect(rowsOf(target)[1].map(([first]) => first)).toEqual([7, 8, 9]);
    expect(target.values).toBe(input.values);
  });

  test("with a target of their own have that of the same step", () => {
    const labels = series.map((time) => time % 2);
    const one = streams(series, { target: labels });
    expect(rowsOf(one.target)).toEqual([labels.map((label) => [label])]);
    expect(rowsOf(streams(series, { target: labels, horizon: 9, batchSize: 2 }).target)).toEqual([[[1]], [[0]]]);
  });
});
