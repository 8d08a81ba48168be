import { describe, expect, test } from "vitest";
import { oracleLosses } from "../oracle/losses.js";
import { loadCore, targets } from "../support/core.js";
import { GUARD, numbers, padded, putRows } from "./chains.js";
import { away, double, run } from "./lossRows.js";

const ROWS = 7;

/** Targets and outputs are float32, all else is float64; the slope, the row's share and their product are rounded once each. */
const THREE_ROUNDINGS = 1.9e-7;
/** Values kept as float32 between two loops of the mixture: some roundings more. */
const FIVE_ROUNDINGS = 3e-7;
/** Probabilities p are float32: exponentials within 1.2e-7 over their sum, and ln of the sum. */
const PROBABILITY_ERROR = 2e-6;

const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe.each(targets)("losses of distributions (%s)", (target) => {
  test.each([
    [8, { spread: "variance", epsilon: 0.5 }],
    [10, { spread: "logVariance", epsilon: 0.5 }],
  ] as const)("elementLoss of codes %i and the next: a Gaussian's mean and spread", (code, options) => {
    for (const size of [1, 2, 3, 4, 5, 9]) {
      const core = loadCore(target);
      const [y, t] = [numbers(ROWS * 2 * size, size), numbers(ROWS * size, size + 50)];
      const wanted = putRows(core, t, size, padded(size), Number.NaN);
      const half = 4 * size;
      const { loss, gradient } = run(core, y, 2 * size, (dY, dYStride, at, stride) =>
        [0, 1].reduce(
          (sum, part) =>
            sum +
            core.exports.elementLoss(
              ...[code + part, dY + part * half, dYStride, at + part * half, stride, wanted.address, wanted.stride],
              ...[0, ROWS, size, at + (1 - part) * half, stride, 0, 0.5, ROWS * size],
            ),
          0,
        ),
      );
      const oracle = oracleLosses.gaussianNll(double(y), t, [ROWS, 2 * size], options);
      expect(Math.abs(loss - oracle.loss)).toBeLessThan(1e-12);
      expect(away(gradient, oracle.gradient, 1)).toBeLessThan(THREE_ROUNDINGS * largest(oracle.gradient));
    }
  });

  test.each([1, 2])("crossEntropy as a divergence, targets of kind %i", (kind) => {
    for (const width of [2, 3, 4, 5, 17]) {
      const core = loadCore(target);
      const y = numbers(ROWS * width, width).map((value) => 5 * value);
      const t = numbers(ROWS * width, 9).map((value) => (kind === 1 ? Math.max(0, value) : value - 1));
      const wanted = putRows(core, t, width, padded(width), Number.NaN);
      const { loss, gradient } = run(core, y, width, (dY, dYStride, at, stride) =>
        core.exports.crossEntropy(
          ...[dY, dYStride, at, stride, wanted.address, wanted.stride, 0, 0, ROWS, width, -1, 0, kind, ROWS],
        ),
      );
      const oracle = oracleLosses.klDivergence(double(y), double(t), [ROWS, width], { logTarget: kind === 2 });
      // Everything grows with the mass of a row's target, at most its width.
      expect(Math.abs(loss - oracle.loss)).toBeLessThan(PROBABILITY_ERROR * width);
      expect(away(gradient, oracle.gradient, 1)).toBeLessThan((PROBABILITY_ERROR * width) / ROWS);
    }
  });

  test.each([
    [1, 1, false, 0],
    [2, 1, false, 2],
    [3, 2, true, 3],
    [5, 3, false, 0],
    [1, 4, false, 5],
    [20, 2, true, 0],
  ] as const)(
    "mixtureDensity of %i components, %i values, correlated %s, %i categories",
    (components, size, correlated, categories) => {
      const core = loadCore(target);
      const width = components * (1 + 2 * size + (correlated ? 1 : 0)) + categories;
      const y = numbers(ROWS * width, width).map((value) => 2 * value);
      const t = numbers(ROWS * (size + categories), 5).map((value, at) =>
        at % (size + categories) < size ? 3 * value : Math.abs(value),
      );
      const wanted = putRows(core, t, size + categories, padded(size + categories), Number.NaN);
      const weights = [1, 0, 2, 0.5, 1, 0, 3];
      y.fill(Number.NaN, width, 2 * width);
      const { loss, gradient } = run(core, y, width, (dY, dYStride, at, stride) =>
        core.exports.mixtureDensity(
          ...[dY, dYStride, at, stride, wanted.address, wanted.stride, core.put(weights), ROWS, components, size],
          ...[correlated ? 1 : 0, categories, Math.log(0.3) / 2, 7.5],
        ),
      );
      const options = { components, correlated, categories, epsilon: 0.3 };
      const oracle = oracleLosses.mixtureDensity(double(y), double(t), [ROWS, width], options, weights);
      expect(Math.abs(loss - oracle.loss)).toBeLessThan(1e-12 * Math.abs(oracle.loss));
      expect(away(gradient, oracle.gradient, 1)).toBeLessThan(FIVE_ROUNDINGS * largest(oracle.gradient));
    },
  );

  test("ctc writes within its room, whatever the padding of the rows holds", () => {
    for (const width of [2, 3, 4, 5, 9]) {
      const core = loadCore(target);
      const [steps, labels] = [ROWS, [1, 1, width - 1, 1].slice(0, width === 2 ? 2 : 4)];
      const y = numbers(steps * width, width).map((value) => 5 * value);
      const [first, own] = [core.allocate(4 * (steps + 1)), core.allocate(4 * 8)];
      const bytes = (steps + 2) * 8 * (5 + 2 * labels.length) + 16;
      const room = core.allocate(bytes + 16);
      core.ints(first, steps + 1).set(Array.from({ length: steps + 1 }, (_, step) => step));
      core.ints(own, 8).set([labels.length, ...labels, 77]);
      core.floats(room + bytes, 4).fill(GUARD);
      const { loss, gradient } = run(core, y, width, (dY, dYStride, at, stride) =>
        core.exports.ctc(...[dY, dYStride, at, stride, first, own, 32, 0, room, 1, steps, width, 0, 0, 1]),
      );
      expect([...core.floats(room + bytes, 4)]).toEqual(new Array(4).fill(GUARD));
      const oracle = oracleLosses.ctc(double(y), labels, [steps, width]);
      // ln of the sum of exponentials, once a step.
      expect(Math.abs(loss - oracle.loss)).toBeLessThan(steps * PROBABILITY_ERROR);
      expect(away(gradient, oracle.gradient, 1)).toBeLessThan(steps * PROBABILITY_ERROR);
    }
  });
});
