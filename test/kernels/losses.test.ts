import { describe, expect, test } from "vitest";
import { oracleLosses } from "../oracle/losses.js";
import { type Core, loadCore, targets } from "../support/core.js";
import { GUARD, numbers, padded, putRows } from "./chains.js";

const widths = [1, 3, 4, 5, 8, 17, 33];
const ROWS = 7;

/** The sum of up to 33 float32 exponentials, each within 1.2e-7, in four lanes: log of it is off by less than this, a row. */
const LOG_SUM_ERROR = 1.5e-6;
/** p = e / sum with the same sum, times the scale: the largest p is 1. */
const PROBABILITY_ERROR = 2e-6;
/** Difference, product and store are rounded once each to float32, 2^−24 ≈ 6e-8 relative. */
const THREE_ROUNDINGS = 1.9e-7;

interface Result {
  readonly loss: number;
  readonly gradient: Float32Array;
}

type Kernel = (dY: number, dYStride: number, y: number, yStride: number, scale: number) => number;

/** Runs a kernel on predictions whose padding is a trap; checks that the gradient's padding is 0 and the guards stand. */
function run(core: Core, y: Float32Array, width: number, scale: number, kernel: Kernel): Result {
  const lanes = padded(width) + 4;
  const rows = y.length / width;
  const prediction = putRows(core, y, width, lanes, Number.NaN);
  const dY = core.put(new Float32Array(rows * lanes).fill(GUARD));
  const loss = kernel(dY, lanes * 4, prediction.address, prediction.stride, scale);
  const image = core.floats(dY, rows * lanes);
  const gradient = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    gradient.set(image.subarray(row * lanes, row * lanes + width), row * width);
    expect([...image.subarray(row * lanes + width, row * lanes + padded(width))].every((value) => value === 0)).toBe(
      true,
    );
    expect([...image.subarray(row * lanes + padded(width), (row + 1) * lanes)]).toEqual(new Array(4).fill(GUARD));
  }
  return { loss, gradient };
}

const double = (values: Float32Array) => Float64Array.from(values);

/** Largest |a − factor · b|. */
function away(actual: Float32Array, expected: Float64Array, factor: number): number {
  return actual.reduce((worst, value, index) => Math.max(worst, Math.abs(value - factor * expected[index])), 0);
}

/** Ordinary logits, logits that would overflow a naive exponential, and rows with one logit far above the rest. */
const logits: Readonly<Record<string, (width: number) => Float32Array>> = {
  ordinary: (width) => numbers(ROWS * width, width).map((value) => 5 * value),
  "of ±1e4": (width) => numbers(ROWS * width, width).map((value) => (value < 0 ? -1e4 : 1e4)),
  "far apart": (width) => numbers(ROWS * width, width).map((value, index) => (index % width === 0 ? 1e4 : 100 * value)),
};

describe.each(targets)("losses (%s)", (target) => {
  test.each(widths)("meanSquaredError of width %i: the sum and its gradient", (width) => {
    const core = loadCore(target);
    const [y, t] = [numbers(ROWS * width, width), numbers(ROWS * width, width + 50)];
    const scale = 1 / (ROWS * width);
    const wanted = putRows(core, t, width, padded(width), Number.NaN);
    const { loss, gradient } = run(core, y, width, scale, (dY, dYStride, at, stride) =>
      core.exports.meanSquaredError(dY, dYStride, at, stride, wanted.address, wanted.stride, ROWS, width, scale),
    );
    const oracle = oracleLosses.meanSquaredError(double(y), t, [ROWS, width]);
    // Errors are rounded to float32 before they are squared and summed in float64.
    expect(Math.abs(loss * scale - oracle.loss)).toBeLessThan(THREE_ROUNDINGS * oracle.loss);
    expect(away(gradient, oracle.gradient, 1)).toBeLessThan(THREE_ROUNDINGS * 4 * scale);
  });

  for (const [kind, make] of Object.entries(logits)) {
    test.each(widths)(`crossEntropySparse of width %i, logits ${kind}`, (width) => {
      const core = loadCore(target);
      const y = make(width);
      const classes = Array.from({ length: ROWS }, (_, row) => (row * 5) % width);
      const t = core.allocate(4 * ROWS);
      core.ints(t, ROWS).set(classes);
      const scale = 0.125;
      const { loss, gradient } = run(core, y, width, scale, (dY, dYStride, at, stride) =>
        core.exports.crossEntropySparse(dY, dYStride, at, stride, t, ROWS, width, scale),
      );
      const oracle = oracleLosses.crossEntropy(double(y), classes, [ROWS, width]);
      expect(Math.abs(loss - oracle.loss * ROWS)).toBeLessThan(LOG_SUM_ERROR * ROWS);
      expect(away(gradient, oracle.gradient, ROWS * scale)).toBeLessThan(PROBABILITY_ERROR * scale);
    });

    test.each(widths)(`crossEntropyDense of width %i, logits ${kind}, targets that need not sum to 1`, (width) => {
      const core = loadCore(target);
      const y = make(width);
      const t = numbers(ROWS * width, 9).map(Math.abs);
      const wanted = putRows(core, t, width, padded(width), Number.NaN);
      const scale = 0.125;
      const { loss, gradient } = run(core, y, width, scale, (dY, dYStride, at, stride) =>
        core.exports.crossEntropyDense(dY, dYStride, at, stride, wanted.address, wanted.stride, ROWS, width, scale),
      );
      const oracle = oracleLosses.crossEntropy(double(y), double(t), [ROWS, width]);
      // Everything grows with the mass of a row's target, at most its width.
      expect(Math.abs(loss - oracle.loss * ROWS)).toBeLessThan(LOG_SUM_ERROR * ROWS * width);
      expect(away(gradient, oracle.gradient, ROWS * scale)).toBeLessThan(PROBABILITY_ERROR * scale * width);
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
        const loss = core.exports.crossEntropySparse(dY, y.stride, y.address, y.stride, t, ROWS, width, 1);
        expect(Number.isFinite(loss), `${value} at width ${width}`).toBe(false);
      }
    }
  });
});
