import { describe, expect, test } from "vitest";
import { type Core, loadCore, targets } from "../support/core.js";
import { chain, expectSameBits, GUARD, numbers, padded, putRows } from "./chains.js";

interface Sizes {
  readonly rows: number;
  readonly blocks: number;
  readonly H: number;
  readonly N: number;
}

interface Setting {
  readonly expected: Float32Array;
  /** The whole of dW with a guard of 16 floats on each side. */
  readonly dW: number;
  readonly g: { address: number; stride: number };
  readonly x: { address: number; stride: number };
  readonly scratch: number;
}

/** Gradients, inputs and a dW that is not 0; `expected` continues it row by row. */
function setUp(core: Core, { rows, blocks, H, N }: Sizes): Setting {
  const width = blocks * padded(H);
  const [dense, x, start] = [numbers(rows * blocks * H, rows), numbers(rows * N, N), numbers(blocks * H * N, H)];
  const g = new Float32Array(rows * width);
  for (let i = 0; i < dense.length; i++) {
    const [row, block, unit] = [Math.floor(i / (blocks * H)), Math.floor(i / H) % blocks, i % H];
    g[row * width + block * padded(H) + unit] = dense[i];
  }
  const expected = new Float32Array(start.length + 32).fill(GUARD);
  for (let m = 0; m < blocks * H; m++) {
    for (let n = 0; n < N; n++) expected[16 + m * N + n] = chain(start[m * N + n], dense, m, blocks * H, x, n, N, rows);
  }
  const image = new Float32Array(start.length + 32).fill(GUARD);
  image.set(start, 16);
  return {
    expected,
    dW: core.put(image),
    // Padding of g is 0 and that of x any number: neither may show.
    g: putRows(core, g, width, width + 8, Number.NaN),
    x: putRows(core, x, N, padded(N), 77),
    scratch: core.allocate(4 * core.exports.outerRows() * (width + 8 * Math.ceil(N / 8))),
  };
}

function check(core: Core, sizes: Sizes, cuts: readonly number[]): void {
  const { rows, blocks, H, N } = sizes;
  const { expected, dW, g, x, scratch } = setUp(core, sizes);
  const ends = [...cuts.filter((cut) => cut < rows), rows];
  ends.forEach((end, index) => {
    const from = index === 0 ? 0 : ends[index - 1];
    const [gFrom, xFrom] = [g.address + from * g.stride, x.address + from * x.stride];
    core.exports.weightGradient(dW + 64, scratch, gFrom, g.stride, xFrom, x.stride, end - from, blocks, H, N);
  });
  const what = `dW rows=${rows} blocks=${blocks} H=${H} N=${N} cut at ${cuts}`;
  expectSameBits(core.floats(dW, expected.length), expected, what);
}

const upTo40 = Array.from({ length: 40 }, (_, index) => index + 1);
const edges = [1, 2, 3, 4, 5, 6, 8, 12, 13, 16, 17, 20, 25, 33, 40];
const sizes = { release: upTo40, debug: edges };
/** Below and above what is packed, and across one and two chunks of rows. */
const heights = [1, 7, 15, 16, 40, 130, 300];

describe.each(targets)("outer products (%s)", (target) => {
  test("weightGradient continues the stored gradient row by row, in place and packed", () => {
    let shapes = 0;
    for (const N of sizes[target]) {
      const core = loadCore(target);
      for (const H of sizes[target]) {
        shapes++;
        check(core, { rows: heights[shapes % heights.length], blocks: 1 + (shapes % 4), H, N }, []);
      }
    }
    expect(shapes).toBe(sizes[target].length ** 2);
  });

  test("weightGradient in several calls gives the bits of one", () => {
    const core = loadCore(target);
    for (const [H, N] of [
      [17, 33],
      [16, 64],
      [5, 1],
      [8, 12],
      [33, 17],
      [3, 8],
      [4, 40],
    ]) {
      for (const cuts of [[1], [15, 16, 140], [128, 256], [3, 20, 150, 299]]) {
        check(core, { rows: 300, blocks: 2, H, N }, cuts);
      }
    }
  });

  test("packedWeightGradient on panels filled beforehand equals the definition", () => {
    const core = loadCore(target);
    for (const [rows, H, N] of [
      [1, 5, 9],
      [20, 4, 4],
      [100, 17, 33],
      [128, 8, 24],
    ]) {
      const { expected, dW, g, x, scratch } = setUp(core, { rows, blocks: 3, H, N });
      core.exports.panelsOfRows(scratch, rows, 0, x.address, x.stride, rows, N);
      core.exports.packedWeightGradient(dW + 64, scratch, g.address, g.stride, rows, 3, H, N);
      expectSameBits(core.floats(dW, expected.length), expected, `packed rows=${rows} H=${H} N=${N}`);
    }
  });

  test("biasGradient continues the stored gradient row by row", () => {
    for (const H of upTo40) {
      const core = loadCore(target);
      for (const rows of heights) {
        const [blocks, width] = [3, 3 * padded(H)];
        const [g, start] = [numbers(rows * width, H + rows), numbers(blocks * H, H)];
        const image = new Float32Array(blocks * H + 16).fill(GUARD);
        image.set(start, 8);
        const db = core.put(image);
        const rowsOfG = putRows(core, g, width, width + 4, Number.NaN);
        core.exports.biasGradient(db + 32, rowsOfG.address, rowsOfG.stride, rows, blocks, H);
        const ones = new Float32Array(rows).fill(1);
        for (let block = 0; block < blocks; block++) {
          for (let unit = 0; unit < H; unit++) {
            const column = block * padded(H) + unit;
            image[8 + block * H + unit] = chain(start[block * H + unit], g, column, width, ones, 0, 1, rows);
          }
        }
        expectSameBits(core.floats(db, image.length), image, `db H=${H} rows=${rows}`);
      }
    }
  });
});
