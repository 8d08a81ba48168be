import { describe, expect, it } from "vitest";
import { loadCore, targets } from "../support/core.js";

/** Probabilities and their gradients are at most about 1 here: exp is right to 1.01 ulp, the sum adds a few more. */
const tolerance = 8 * 2 ** -23;

const rows = 3;
const logits = (width: number) =>
  Float32Array.from({ length: rows * width }, (_, i) => 3 * Math.sin(1.7 * i + 0.3) + (i < width ? 90 : 0));
const cotangent = (width: number) => Float32Array.from({ length: rows * width }, (_, i) => Math.cos(2.3 * i));

interface Reference {
  y: number[];
  logY: number[];
  dx: number[];
  logDx: number[];
}

function reference(x: ArrayLike<number>, dy: ArrayLike<number>): Reference {
  const values = Array.from(x);
  const g = Array.from(dy);
  const most = Math.max(...values);
  const logSum = Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
  const logY = values.map((value) => value - most - logSum);
  const y = logY.map(Math.exp);
  const weighted = y.reduce((sum, value, i) => sum + value * g[i], 0);
  const total = g.reduce((sum, value) => sum + value, 0);
  return {
    y,
    logY,
    dx: y.map((value, i) => value * (g[i] - weighted)),
    logDx: y.map((value, i) => g[i] - value * total),
  };
}

describe.each(targets)("softmax, %s build", (target) => {
  const core = loadCore(target);

  it.each([1, 3, 4, 5, 8, 17, 33])(
    "%i wide: values and gradients equal float64, lanes between rows untouched",
    (width) => {
      const stride = width + 3;
      const spread = (values: Float32Array) => {
        const padded = new Float32Array(rows * stride).fill(-7);
        for (let row = 0; row < rows; row++) padded.set(values.subarray(row * width, (row + 1) * width), row * stride);
        return core.put(padded);
      };
      const [x, dy] = [spread(logits(width)), spread(cotangent(width))];
      const [y, logY, dx, logDx] = Array.from({ length: 4 }, () => core.put(new Float32Array(rows * stride).fill(-7)));
      core.exports.softmaxForward(y, x, rows, width, stride * 4);
      core.exports.logSoftmaxForward(logY, x, rows, width, stride * 4);
      core.exports.softmaxBackward(dx, dy, y, rows, width, stride * 4);
      core.exports.logSoftmaxBackward(logDx, dy, logY, rows, width, stride * 4);
      for (let row = 0; row < rows; row++) {
        const part = [row * width, (row + 1) * width] as const;
        const exact = reference(logits(width).subarray(...part), cotangent(width).subarray(...part));
        for (const [address, expected] of [
          [y, exact.y],
          [logY, exact.logY],
          [dx, exact.dx],
          [logDx, exact.logDx],
        ] as const) {
          const got = core.floats(address + row * stride * 4, stride);
          for (const [i, value] of expected.entries()) {
            expect(Math.abs(got[i] - value)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value)));
          }
          expect([...got.subarray(width)]).toEqual([-7, -7, -7]);
        }
      }
    },
  );

  it("gives −inf no probability and does not overflow on huge logits", () => {
    const x = core.put([Number.NEGATIVE_INFINITY, 3e38, 3e38, -3e38, 0]);
    const [y, logY] = [core.allocate(20), core.allocate(20)];
    core.exports.softmaxForward(y, x, 1, 5, 20);
    core.exports.logSoftmaxForward(logY, x, 1, 5, 20);
    expect([...core.floats(y, 5)]).toEqual([0, 0.5, 0.5, 0, 0]);
    expect(core.floats(logY, 5)[0]).toBe(Number.NEGATIVE_INFINITY);
    expect(core.floats(logY, 5)[1]).toBe(Math.fround(-Math.LN2));
  });

  it("one NaN makes its row NaN, and only that", () => {
    const x = core.put([1, Number.NaN, 2, 1, 1, 1]);
    const y = core.allocate(24);
    core.exports.softmaxForward(y, x, 2, 3, 12);
    expect([...core.floats(y, 3)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(core.floats(y, 6)[3]).toBeCloseTo(1 / 3, 6);
  });
});
