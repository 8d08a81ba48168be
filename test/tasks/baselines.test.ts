import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.js";
import { accuracy, seasonalNaiveError } from "../../src/tasks/accuracy.js";
import { baselines, type Rule } from "../../src/tasks/baselines.js";
import { leastSquares } from "../../src/tasks/leastSquares.js";
import { LinearAutoregression } from "../../src/tasks/linearAutoregression.js";
import { SeriesTransform } from "../../src/tasks/transform.js";
import { airlinePassengers, TRAINING_MONTHS } from "./airlinePassengers.js";

const series = Float64Array.from(airlinePassengers);
const train = series.slice(0, TRAINING_MONTHS);
const transform = SeriesTransform.fit(train, { log: true, difference: "both", season: 12 });
const linear = LinearAutoregression.fit(transform.forward(train), 12);
const rules = new Map(baselines(transform, linear).map((rule) => [rule.label, rule]));

function oneStepRmse(label: string): number {
  const errors = Float64Array.from({ length: 48 }, (_, i) => {
    const t = TRAINING_MONTHS + i;
    return (rules.get(label) as Rule).forecast(series.subarray(0, t), 1)[0] - series[t];
  });
  return accuracy(errors, 1).rmse;
}

describe("baselines on the airline passengers, last 48 months one step ahead", () => {
  // Published to two decimals; the last two were computed apart from this code, in float64 with normal equations.
  it.each([
    ["persistence", 48.04],
    ["seasonal naive", 41.85],
    ["seasonal naive with drift", 15.36],
    ["naive in the transform", 15.64],
    ["linear autoregression", 13.9],
  ])("%s has an RMSE of %d", (label, rmse) => {
    expect(oneStepRmse(label)).toBeCloseTo(rmse, 2);
  });

  it("several steps ahead take their own forecasts for the truth", () => {
    const history = Float64Array.of(1, 5, 2, 7);
    const plain = SeriesTransform.fit(history, { log: false, difference: "none", season: 2 });
    const small = new Map(
      baselines(plain, new LinearAutoregression(Float64Array.of(0, 1))).map((rule) => [rule.label, rule]),
    );
    const ahead = (label: string) => [...(small.get(label)?.forecast(history, 4) ?? [])];
    expect(ahead("persistence")).toEqual([7, 7, 7, 7]);
    expect(ahead("seasonal naive")).toEqual([2, 7, 2, 7]);
    expect(ahead("seasonal naive with drift")).toEqual([4, 9, 6, 11]);
    expect(ahead("naive in the transform")).toEqual([3.75, 3.75, 3.75, 3.75]);
    expect(ahead("linear autoregression")).toEqual([7, 7, 7, 7]);
  });
});

describe("least squares", () => {
  it("recovers an autoregression from its own noiseless steps", () => {
    const steps = new Float64Array(60);
    for (let t = 0; t < 60; t++) steps[t] = t < 2 ? t + 1 : 0.5 + 1.2 * steps[t - 1] - 0.7 * steps[t - 2];
    const { coefficients } = LinearAutoregression.fit(steps, 2);
    for (const [k, truth] of [0.5, 1.2, -0.7].entries()) expect(coefficients[k]).toBeCloseTo(truth, 12);
  });

  it("leaves a residual orthogonal to every column", () => {
    const columns = [1, 2, 3].map((k) => Float64Array.from({ length: 20 }, (_, row) => Math.sin(k * row + k)));
    const target = Float64Array.from({ length: 20 }, (_, row) => Math.cos(row * row));
    const x = leastSquares(
      columns.map((column) => column.slice()),
      target.slice(),
    );
    for (const column of columns) {
      const product = column.reduce(
        (sum, value, row) => sum + value * (target[row] - columns.reduce((s, c, k) => s + c[row] * x[k], 0)),
        0,
      );
      expect(Math.abs(product)).toBeLessThan(1e-13);
    }
  });

  it("gives finite coefficients for constant data and for more unknowns than rows", () => {
    const flat = LinearAutoregression.fit(new Float64Array(30).fill(3), 5);
    expect(flat.forecast(new Float64Array(5).fill(3), 2).every((value) => Math.abs(value - 3) < 1e-12)).toBe(true);
    expect(LinearAutoregression.fit(Float64Array.of(0, 0, 0, 0), 2).coefficients.every((value) => value === 0)).toBe(
      true,
    );
    expect(LinearAutoregression.fit(Float64Array.of(1, 4, 2, 8, 5, 7), 4).coefficients.every(Number.isFinite)).toBe(
      true,
    );
  });

  it("refuses stored coefficients that do not fit", () => {
    expect(() => LinearAutoregression.fromJSON([1, 2], 2)).toThrow(FormatError);
    expect(() => LinearAutoregression.fromJSON([1, 2, null], 2)).toThrow(/3 finite coefficients/);
  });
});

describe("accuracy", () => {
  it("is RMSE, MAE and MASE by definition", () => {
    expect(accuracy(Float64Array.of(3, -4), 2)).toEqual({ rmse: Math.sqrt(12.5), mae: 3.5, mase: 1.75 });
    expect(accuracy(Float64Array.of(1), Number.NaN).mase).toBeNaN();
  });

  it("scales by the seasonal naive error of the training part", () => {
    expect(seasonalNaiveError(Float64Array.of(1, 2, 4, 8), 2)).toBe(4.5);
    expect(seasonalNaiveError(Float64Array.of(1, 2), 2)).toBeNaN();
  });
});
