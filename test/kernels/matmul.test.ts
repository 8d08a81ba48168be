import { describe, expect, test } from "vitest";
import { type Core, loadCore, targets } from "../support/core.js";
import { chain, expectSameBits, GUARD, numbers, padded, panelLength, putRows } from "./chains.js";

/** Where the sums begin. */
const starts = ["zero", "bias", "accumulate"] as const;
type Start = (typeof starts)[number];

interface Case {
  readonly N: number;
  readonly K: number;
  /** Rows of the definition; a product over fewer rows must give the first of them. */
  readonly rows: number;
  readonly start: Start;
}

/** C [rows, N] by definition, in rows of `lanes` floats: padding 0, what lies between the rows untouched. */
function definition({ N, K, rows, start }: Case, A: Float32Array, W: Float32Array, from: Float32Array): Float32Array {
  const lanes = padded(N) + 4;
  const C = new Float32Array(rows * lanes).fill(GUARD);
  for (let m = 0; m < rows; m++) {
    C.fill(0, m * lanes, m * lanes + padded(N));
    for (let n = 0; n < N; n++) {
      const begin = start === "zero" ? 0 : from[start === "bias" ? n : m * N + n];
      C[m * lanes + n] = chain(begin, A, m * K, 1, W, n * K, 1, K);
    }
  }
  return C;
}

/** Runs one shape over each number of rows in `heights` and compares all of C, guards included. */
function check(core: Core, example: Case, heights: readonly number[]): void {
  const { N, K, rows, start } = example;
  const [A, W] = [numbers(rows * K, N + 100 * K), numbers(N * K, N + 100 * K + 7)];
  const from = numbers(start === "accumulate" ? rows * N : N, N + K);
  const expected = definition(example, A, W, from);
  const lanes = padded(N) + 4;
  // The lanes behind each row of A are NaN: the inner length is exact.
  const a = putRows(core, A, K, padded(K) + 4, Number.NaN);
  const panels = core.allocate(4 * panelLength(padded(N), K));
  const bias = core.allocate(4 * padded(N));
  const c = core.allocate(4 * lanes * (rows + 1));
  core.exports.pack(panels, core.put(W), 1, N, K);
  core.floats(bias, N).set(from.subarray(0, N));
  for (const M of heights) {
    const C = core.floats(c, lanes * (M + 1)).fill(GUARD);
    if (start === "accumulate") {
      for (let m = 0; m < M; m++)
        C.fill(0, m * lanes, m * lanes + padded(N)).set(from.subarray(m * N, m * N + N), m * lanes);
    }
    const [init, initStride] = { zero: [0, 0], bias: [bias, 0], accumulate: [c, lanes * 4] }[start];
    core.exports.product(c, lanes * 4, init, initStride, a.address, a.stride, panels, M, padded(N), K);
    expectSameBits(C.subarray(0, M * lanes), expected.subarray(0, M * lanes), `C of M=${M} N=${N} K=${K} ${start}`);
    expect(C.subarray(M * lanes).every((value) => value === GUARD)).toBe(true);
  }
}

/** The debug build runs a tenth as fast: sizes at every edge of the tiles instead of all sizes. */
const edges = [1, 2, 3, 4, 5, 8, 9, 12, 13, 16, 17, 20, 28, 33, 36, 40];
const upTo40 = Array.from({ length: 40 }, (_, index) => index + 1);
const sizes = { release: upTo40, debug: edges };
const inner = { release: upTo40, debug: [1, 2, 3, 4, 5, 8, 17, 33, 40] };

/** A core a shape would take long, one for all shapes much memory: blocks are given back by starting over. */
const SHAPES_A_CORE = 200;

describe.each(targets)("product (%s)", (target) => {
  test("every shape up to 40 is one chain an element, whatever the rows, tiles and starts", () => {
    let core = loadCore(target);
    let shapes = 0;
    for (const N of sizes[target]) {
      for (const K of inner[target]) {
        if (++shapes % SHAPES_A_CORE === 0) core = loadCore(target);
        check(core, { N, K, rows: 40, start: starts[shapes % starts.length] }, sizes[target]);
      }
    }
    expect(shapes).toBe(sizes[target].length * inner[target].length);
  });

  test.each(starts)("larger shapes, which cross the blocks of rows and inner steps, from %s", (start) => {
    const core = loadCore(target);
    check(core, { N: 512, K: 130, rows: 130, start }, [1, 2, 63, 64, 65, 127, 130]);
    check(core, { N: 256, K: 64, rows: 64, start }, [1, 4, 63, 64]);
    check(core, { N: 60, K: 700, rows: 67, start }, [1, 3, 64, 66, 67]);
    check(core, { N: 100, K: 257, rows: 5, start }, [1, 2, 3, 4, 5]);
  });

  test.each(starts)("without inner steps C is where the sums begin, from %s", (start) => {
    const core = loadCore(target);
    for (const N of sizes[target]) check(core, { N, K: 0, rows: 67, start }, [1, 2, 3, 8, 13, 64, 67]);
  });

  test("inner steps taken in several calls that continue the stored C give the bits of one call", () => {
    const core = loadCore(target);
    const { exports } = core;
    const [M, N, K] = [7, 44, 50];
    const [A, W] = [numbers(M * K, 1), numbers(N * K, 2)];
    const a = putRows(core, A, K, padded(K), 0);
    const [whole, parts] = [core.allocate(4 * M * N), core.allocate(4 * M * N)];
    const panels = core.allocate(4 * panelLength(N, K));
    exports.pack(panels, core.put(W), 1, N, K);
    exports.product(whole, N * 4, 0, 0, a.address, a.stride, panels, M, N, K);
    for (let k = 0; k < K; k += 13) {
      const steps = Math.min(13, K - k);
      const part = Float32Array.from({ length: N * steps }, (_, i) => W[Math.floor(i / steps) * K + k + (i % steps)]);
      exports.pack(panels, core.put(part), 1, N, steps);
      const [init, stride] = k === 0 ? [0, 0] : [parts, N * 4];
      exports.product(parts, N * 4, init, stride, a.address + 4 * k, a.stride, panels, M, N, steps);
    }
    expectSameBits(core.floats(parts, M * N), core.floats(whole, M * N), "C in parts");
  });
});
