import { describe, expect, test } from "vitest";
import { type Core, loadCore, targets } from "../support/core.js";
import { chain, expectSameBits, GUARD, numbers, padded, panelLength, putRows } from "./chains.js";

const widths = [1, 2, 3, 4, 5, 7, 8, 11, 12, 13, 16, 17, 21, 24, 28, 33];

/** Value at column `column` and inner step `k` of panels for `columns` columns (a multiple of 4) and `inner` steps. */
function panelValue(panels: Float32Array, columns: number, inner: number, column: number, k: number): number {
  const panel = Math.floor(column / 16);
  const width = columns - 16 * panel > 8 ? 16 : 8;
  return panels[panel * 16 * inner + k * width + (column % 16)];
}

/** Panels of all blocks with what stands in them for each column of the padded blocks, `expected` naming it. */
function expectPanels(
  panels: Float32Array,
  columns: number,
  inner: number,
  expected: (column: number, k: number) => number,
  what: string,
): void {
  const [found, wanted] = [new Float32Array(columns * inner), new Float32Array(columns * inner)];
  for (let column = 0; column < columns; column++) {
    for (let k = 0; k < inner; k++) {
      found[column * inner + k] = panelValue(panels, columns, inner, column, k);
      wanted[column * inner + k] = expected(column, k);
    }
  }
  expectSameBits(found, wanted, what);
}

/** Allocates zeroed panels with a guard behind them. */
function panelsOf(core: Core, columns: number, inner: number): { address: number; length: number } {
  const length = panelLength(columns, inner);
  const address = core.allocate(4 * (length + 8));
  core.floats(address + 4 * length, 8).fill(GUARD);
  return { address, length };
}

function expectGuard(core: Core, { address, length }: { address: number; length: number }): void {
  expect([...core.floats(address + 4 * length, 8)]).toEqual(new Array(8).fill(GUARD));
}

describe.each(targets)("panels (%s)", (target) => {
  test("pack turns rows of W into columns, each block of H padded to 4 lanes that stay 0", () => {
    const core = loadCore(target);
    for (const H of widths) {
      for (const [blocks, K] of [
        [1, 1],
        [1, 5],
        [2, 4],
        [3, 17],
        [4, 8],
      ]) {
        const W = numbers(blocks * H * K, H + K);
        const panels = panelsOf(core, blocks * padded(H), K);
        core.exports.pack(panels.address, core.put(W), blocks, H, K);
        const value = (column: number, k: number) => {
          const [block, row] = [Math.floor(column / padded(H)), column % padded(H)];
          return row < H ? W[(block * H + row) * K + k] : 0;
        };
        const found = core.floats(panels.address, panels.length);
        expectPanels(found, blocks * padded(H), K, value, `pack blocks=${blocks} H=${H} K=${K}`);
        expectGuard(core, panels);
      }
    }
  });

  test("packTransposed keeps columns, the inner steps of a block's padding stay 0", () => {
    const core = loadCore(target);
    for (const N of widths) {
      for (const [blocks, H] of [
        [1, 1],
        [1, 4],
        [2, 5],
        [3, 17],
        [4, 8],
      ]) {
        const W = numbers(blocks * H * N, H + N);
        const inner = blocks * padded(H);
        const panels = panelsOf(core, padded(N), inner);
        core.exports.packTransposed(panels.address, core.put(W), blocks, H, N);
        const value = (column: number, k: number) => {
          const [block, row] = [Math.floor(k / padded(H)), k % padded(H)];
          return column < N && row < H ? W[(block * H + row) * N + column] : 0;
        };
        const found = core.floats(panels.address, panels.length);
        expectPanels(found, padded(N), inner, value, `packTransposed blocks=${blocks} H=${H} N=${N}`);
        expectGuard(core, panels);
      }
    }
  });

  test("g · W through packTransposed is one chain over the rows of all blocks", () => {
    const core = loadCore(target);
    for (const [blocks, H, N, M] of [
      [4, 5, 7, 6],
      [3, 17, 33, 3],
      [1, 4, 12, 1],
      [4, 64, 20, 9],
    ]) {
      const [g, W] = [numbers(M * blocks * H, 3), numbers(blocks * H * N, 4)];
      const inner = blocks * padded(H);
      const image = new Float32Array(M * inner);
      for (let i = 0; i < g.length; i++) {
        const [m, block, row] = [Math.floor(i / (blocks * H)), Math.floor(i / H) % blocks, i % H];
        image[m * inner + block * padded(H) + row] = g[i];
      }
      const panels = core.allocate(4 * panelLength(padded(N), inner));
      core.exports.packTransposed(panels, core.put(W), blocks, H, N);
      const rows = putRows(core, image, inner, inner, 0);
      const c = core.allocate(4 * M * padded(N));
      core.exports.product(c, 4 * padded(N), 0, 0, rows.address, rows.stride, panels, M, padded(N), inner);
      const expected = new Float32Array(M * padded(N));
      for (let m = 0; m < M; m++) {
        for (let n = 0; n < N; n++) expected[m * padded(N) + n] = chain(0, g, m * blocks * H, 1, W, n, N, blocks * H);
      }
      expectSameBits(core.floats(c, M * padded(N)), expected, `dX blocks=${blocks} H=${H} N=${N}`);
    }
  });

  test("packBias pads each block and leaves the padding alone", () => {
    const core = loadCore(target);
    for (const H of widths) {
      const bias = numbers(3 * H, H);
      const row = core.put(new Float32Array(3 * padded(H)).fill(GUARD));
      core.exports.packBias(row, core.put(bias), 3, H);
      const expected = new Float32Array(3 * padded(H)).fill(GUARD);
      for (let block = 0; block < 3; block++)
        expected.set(bias.subarray(block * H, (block + 1) * H), block * padded(H));
      expectSameBits(core.floats(row, expected.length), expected, `packBias H=${H}`);
    }
  });

  test("panelsOfRows lays rows gathered in several calls where one call lays them", () => {
    const core = loadCore(target);
    for (const width of widths) {
      const x = numbers(9 * width, width);
      const rows = putRows(core, x, width, padded(width), 0);
      const columns = padded(width);
      const panels = panelsOf(core, columns, 9);
      core.floats(panels.address, panels.length).fill(GUARD);
      for (const [at, count] of [
        [0, 2],
        [2, 6],
        [8, 1],
      ]) {
        core.exports.panelsOfRows(panels.address, 9, at, rows.address + at * rows.stride, rows.stride, count, width);
      }
      const value = (column: number, row: number) => (column < width ? x[row * width + column] : 0);
      const found = core.floats(panels.address, panels.length);
      expectPanels(found, columns, 9, value, `panelsOfRows width=${width}`);
      expect(found.includes(GUARD)).toBe(false);
      expectGuard(core, panels);
    }
  });
});
