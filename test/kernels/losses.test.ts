import { describe, expect, test } from "vitest";
import { oracleLosses } from "../oracle/losses.js";
import { loadCore, targets } from "../support/core.js";
import { numbers, padded, putRows } from "./chains.js";
import { away, double, run } from "./lossRows.js";

const widths = [1, 3, 4, 5, 8, 17, 33];
const ROWS = 7;

/** The sum of up to 33 float32 exponentials, each within 1.2e-7, in four lanes: log of it is off by less than this, a row. */
const LOG_SUM_ERROR = 1.5e-6;
/** p = e / sum with the same sum, times the scale: the largest p is 1. */
const PROBABILITY_ERROR = 2e-6;
/** Difference, product and store are rounded once each to float32, 2^−24 ≈ 6e-8 relative. */
const THREE_ROUNDINGS = 1.9e-7;

/** Codes of the kernel, with the oracle's loss and its number. */
const elementLosses = [
  [0, "meanSquaredError", 0],
  [1, "meanAbsoluteError", 0],
  [2, "huber", 1],
  [3, "binaryCrossEntropy", 1],
  [4, "logCosh", 0],
  [5, "poisson", 0],
  [6, "quantileLoss", 0.5],
] as const;

/** Ordinary logits, logits that would overflow a naive exponential, and rows with one logit far above the rest. */
const logits: Readonly<Record<string, (width: number) => Float32Array>> = {
  ordinary: (width) => numbers(ROWS * width, width).map((value) => 5 * value),
  "of ±1e4": (width) => numbers(ROWS * width, width).map((value) => (value < 0 ? -1e4 : 1e4)),
  "far apart": (width) => numbers(ROWS * width, width).map((value, index) => (index % width === 0 ? 1e4 : 100 * value)),
};

describe.each(targets)("losses (%s)", (target) => {
  test.each(widths)("elementLoss of width %i: the mean and its gradient", (width) => {
    const core = loadCore(target);
    const [y, t] = [numbers(ROWS * width, width), numbers(ROWS * width, width + 50)];
    const total = ROWS * width;
    const wanted = putRows(core, t, width, padded(width), Number.NaN);
    for (const [code, name, alpha] of elementLosses) {
      const { loss, gradient } = run(core, y, width, (dY, dYStride, at, stride) =>
        core.exports.elementLoss(
          code,
          dY,
          dYStride,
          at,
          stride,
          wanted.address,
          wanted.stride,
          0,
          ROWS,
          width,
          0,
          0,
          alpha,
          0,
          total,
        ),
      );
      const oracle = oracleLosses[name](double(y), t, [ROWS, width]);
      // Errors are rounded to float32; all else is float64.
      expect(Math.abs(loss - oracle.loss), name).toBeLessThan(THREE_ROUNDINGS * Math.max(1, Math.abs(oracle.loss)));
      expect(away(gradient, oracle.gradient, 1), name).toBeLessThan((THREE_ROUNDINGS * 4) / total);
    }
  });

  test.each([
    // Two terms of the series of e² / 2 and of e: the next are below 1e-9 of the first for |e| up to 0.03.
    [
      "logCosh",
      4,
      0,
      [1e-30, -3e-12, 1e-8, -1e-5, 0.003, 0.01, 0.016, -0.03],
      (e: number) => [0.5 * e * e - e ** 4 / 12 + e ** 6 / 45, e - e ** 3 / 3 + (2 * e ** 5) / 15],
    ],
    [
      "binaryCrossEntropy of 0",
      3,
      0,
      [-17, -25, -40, -80],
      (y: number) => [Math.log1p(Math.exp(y)), Math.exp(y) / (1 + Math.exp(y))],
    ],
    [
      "binaryCrossEntropy of 1",
      3,
      1,
      [17, 25, 40, 80],
      (y: number) => [Math.log1p(Math.exp(-y)), -Math.exp(-y) / (1 + Math.exp(-y))],
    ],
  ] as const)("elementLoss keeps the digits of answers that are nearly right: %s", (_, code, t, given, truth) => {
    const core = loadCore(target);
    const wanted = putRows(core, Float32Array.of(t), 1, 4, Number.NaN);
    for (const value of Float32Array.from(given)) {
      const { loss, gradient } = run(core, Float32Array.of(value), 1, (dY, dYStride, at, stride) =>
        core.exports.elementLoss(code, dY, dYStride, at, stride, wanted.address, wanted.stride, 0, 1, 1, 0, 0, 1, 0, 1),
      );
      const [exact, slope] = truth(value);
      expect(Math.abs(loss / exact - 1), `${value}`).toBeLessThan(THREE_ROUNDINGS);
      expect(Math.abs(gradient[0] / slope - 1), `${value}`).toBeLessThan(THREE_ROUNDINGS);
    }
  });

  test("elementLoss leaves rows without weight alone, and takes its number from the column", () => {
    const core = loadCore(target);
    const [width, weights, columns] = [5, [1, 0, 2, 0, 0, 0.5, 1], [0.1, 0.3, 0.5, 0.7, 0.9]];
    const [y, t] = [numbers(ROWS * width, 1), numbers(ROWS * width, 2)];
    y.fill(Number.NaN, width, 2 * width);
    const wanted = putRows(core, t, width, padded(width), Number.NaN);
    const [w, own] = [core.put(weights), core.put(columns)];
    const { loss, gradient } = run(core, y, width, (dY, dYStride, at, stride) =>
      core.exports.elementLoss(
        6,
        dY,
        dYStride,
        at,
        stride,
        wanted.address,
        wanted.stride,
        w,
        ROWS,
        width,
        own,
        0,
        9,
        0,
        22.5,
      ),
    );
    let expected = 0;
    for (let index = 0; index < y.length; index++) {
      const [weight, q] = [weights[Math.floor(index / width)], Math.fround(columns[index % width])];
      const e = Math.fround(y[index] - t[index]);
      const slope = e > 0 ? 1 - q : -q;
      if (weight > 0) expected += (weight * slope * e) / 22.5;
      const error = Math.abs(gradient[index] - (weight > 0 ? (weight * slope) / 22.5 : 0));
      expect(error).toBeLessThan(THREE_ROUNDINGS);
    }
    expect(loss).toBeCloseTo(expected, 14);
  });

  test("totalWeight counts rows, by weight and class, without the ignored", () => {
    const core = loadCore(target);
    const [weights, classWeights] = [core.put([1, 0.5, 0, 2]), core.put([0.25, 4, 8])];
    const classes = core.allocate(16);
    core.ints(classes, 4).set([1, 0, 99, 2]);
    const total = (w: number, t: number, c: number, ignored: number) => core.exports.totalWeight(w, t, c, ignored, 4);
    expect(total(weights, 0, 0, 0)).toBe(3.5);
    expect(total(weights, classes, 0, 2)).toBe(1.5);
    expect(total(weights, classes, classWeights, -1)).toBe(4 + 0.125 + 16);
    expect(total(0, 0, 0, 0)).toBe(4);
  });

  for (const [kind, make] of Object.entries(logits)) {
    test.each(widths)(`crossEntropy of classes, width %i, logits ${kind}`, (width) => {
      const core = loadCore(target);
      const y = make(width);
      const classes = Array.from({ length: ROWS }, (_, row) => (row * 5) % width);
      const t = core.allocate(4 * ROWS);
      core.ints(t, ROWS).set(classes);
      const { loss, gradient } = run(core, y, width, (dY, dYStride, at, stride) =>
        core.exports.crossEntropy(dY, dYStride, at, stride, t, 0, 0, 0, ROWS, width, -1, 0, 0, ROWS),
      );
      const oracle = oracleLosses.crossEntropy(double(y), classes, [ROWS, width]);
      expect(Math.abs(loss - oracle.loss)).toBeLessThan(LOG_SUM_ERROR);
      expect(away(gradient, oracle.gradient, 1)).toBeLessThan(PROBABILITY_ERROR / ROWS);
    });

    test.each(widths)(`crossEntropy of probabilities that need not sum to 1, width %i, logits ${kind}`, (width) => {
      const core = loadCore(target);
      const y = make(width);
      const t = numbers(ROWS * width, 9).map(Math.abs);
      const wanted = putRows(core, t, width, padded(width), Number.NaN);
      const { loss, gradient } = run(core, y, width, (dY, dYStride, at, stride) =>
        core.exports.crossEntropy(
          dY,
          dYStride,
          at,
          stride,
          wanted.address,
          wanted.stride,
          0,
          0,
          ROWS,
          width,
          -1,
          0,
          0,
          ROWS,
        ),
      );
      const oracle = oracleLosses.crossEntropy(double(y), double(t), [ROWS, width]);
      // Everything grows with the mass of a row's target, at most its width.
      expect(Math.abs(loss - oracle.loss)).toBeLessThan(LOG_SUM_ERROR * width);
      expect(away(gradient, oracle.gradient, 1)).toBeLessThan((PROBABILITY_ERROR * width) / ROWS);
    });
  }

  test("a logit of NaN or infinity makes the loss NaN or infinite, never a number", () => {
    const core = loadCore(target);
    const t = core.allocate(4 * ROWS);
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      for (const width of widths) {
        // Not through `run`: a row of NaN makes its padding NaN too, and every run writes it anew.
        const y = putRows(core, numbers(ROWS * width, 3).fill(value, 0, 1), width, padded(width), 0);
        const dY = core.allocate(y.stride * ROWS);
        const loss = core.exports.crossEntropy(dY, y.stride, y.address, y.stride, t, 0, 0, 0, ROWS, width, -1, 0, 0, 1);
        expect(Number.isFinite(loss), `${value} at width ${width}`).toBe(false);
      }
    }
  });
});
