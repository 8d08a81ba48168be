import { describe, expect, it } from "vitest";
import { ArgumentError, dense, lastStep, lstm, Model, ShapeError, sequential, sortQuantiles } from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";

const QUANTILES = [0.9, 0.05, 0.5];
/** Values of each target. */
const SIZE = 4;

/** Outputs of networks that learnt nothing: their quantiles cross at will. */
function crossing(seed: number): { rows: number[][]; data: Float32Array } {
  using model = new Model(sequential(lstm(6), lastStep(), dense(QUANTILES.length * SIZE)), { inputSize: 1, seed });
  for (const { write, shape } of model.parameters)
    write(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) => Math.sin(seed + 7.3 * at)));
  const input = Array.from({ length: 25 }, (_, row) => [[Math.sin(row)], [Math.cos(3 * row)]]);
  const output = model.predictBatch(input);
  return { rows: output.toArray() as number[][], data: output.data };
}

/** Pinball loss of rows by its definition. */
function pinball(rows: number[][], target: (row: number, value: number) => number): number {
  let sum = 0;
  rows.forEach((row, at) => {
    row.forEach((prediction, column) => {
      const quantile = QUANTILES[Math.floor(column / SIZE)];
      const miss = target(at, column % SIZE) - prediction;
      sum += miss > 0 ? quantile * miss : (quantile - 1) * miss;
    });
  });
  return sum;
}

describe("sortQuantiles", () => {
  it("a larger quantile has no smaller prediction, whatever the weights", () => {
    let crossed = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const { rows } = crossing(seed);
      const sorted = sortQuantiles(rows, QUANTILES).toArray() as number[][];
      rows.forEach((row, at) => {
        for (let value = 0; value < SIZE; value++) {
          const [high, low, middle] = [0, 1, 2].map((quantile) => sorted[at][quantile * SIZE + value]);
          expect(low <= middle && middle <= high).toBe(true);
          expect([low, middle, high]).toEqual([0, 1, 2].map((q) => row[q * SIZE + value]).sort((a, b) => a - b));
          if (row[SIZE + value] > row[value]) crossed++;
        }
      });
    }
    // Or the networks would have been no test.
    expect(crossed).toBeGreaterThan(100);
  });

  it("never costs anything: the pinball loss is no larger afterwards, whatever comes", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { rows } = crossing(seed);
      const target = (row: number, value: number) => 3 * Math.sin(11 * row + value + seed);
      const [before, after] = [rows, sortQuantiles(rows, QUANTILES).toArray() as number[][]].map((y) =>
        pinball(y, target),
      );
      // Float64 sums of 300 terms, each below 8: rounding stays below 300 · 2400 · 2⁻⁵³.
      expect(after).toBeLessThanOrEqual(before + 1e-10);
    }
  });

  it("changes nothing where nothing crosses, keeps the shape, and takes a row or steps", () => {
    const calm = [0.5, 1, -1, 0, 0.1, 0.2];
    expect(Array.from(sortQuantiles(calm, [0.7, 0.2, 0.4]).data)).toEqual(Array.from(new Float32Array(calm)));
    const steps = sortQuantiles([[[2, 1]], [[0, 3]]], [0.1, 0.9]);
    expect(steps.shape).toEqual([2, 1, 2]);
    expect(Array.from(steps.data)).toEqual([1, 2, 0, 3]);
  });

  it("leaves what it is given alone, and sorting twice is sorting once", () => {
    const given = Float32Array.of(3, 1, 2);
    const once = sortQuantiles(given as never, [0.1, 0.5, 0.9]);
    expect(Array.from(given)).toEqual([3, 1, 2]);
    expect(sortQuantiles(once, [0.1, 0.5, 0.9])).toEqual(once);
  });

  it.each<[string, unknown, unknown, typeof ArgumentError | typeof ShapeError, string[]]>([
    ["a quantile of 1", [1, 2], [0.5, 1], ArgumentError, ["above 0 and below 1", "received 1"]],
    ["a quantile of 0", [1, 2], [0, 0.5], ArgumentError, ["above 0 and below 1", "received 0"]],
    ["a quantile below 0", [1, 2], [-0.1, 0.5], ArgumentError, ["quantiles of sortQuantiles[0]", "-0.1"]],
    ["a quantile that is none", [1, 2], ["0.5"], ArgumentError, ["quantiles of sortQuantiles[0]", '"0.5"']],
    ["no quantile", [1, 2], [], ArgumentError, ["list of numbers", "an array of 0"]],
    ["no list", [1, 2], 0.5, ArgumentError, ["list of numbers", "received 0.5"]],
    ["rows of another width", [[1, 2, 3]], [0.1, 0.9], ShapeError, ["a multiple of 2", "[1, 3]"]],
    ["a number", 5, [0.1, 0.9], ShapeError, ["a multiple of 2", "[]"]],
  ])("refuses %s", (_, output, quantiles, kind, texts) => {
    expectRefusal(() => sortQuantiles(output as never, quantiles as never), kind, ...texts);
  });
});
