import { describe, expect, test } from "vitest";
import { loadCore, targets } from "../support/core.js";
import { expectSameBits, GUARD, numbers, putRows } from "./chains.js";

describe.each(targets)("moving rows (%s)", (target) => {
  test.each([0, 16, 48, 1040])("clear makes %i bytes 0 and leaves what lies beside them", (bytes) => {
    const core = loadCore(target);
    const words = bytes / 4;
    const to = core.put(new Float32Array(words + 8).fill(GUARD));
    core.exports.clear(to + 16, bytes);
    const expected = new Float32Array(words + 8).fill(GUARD).fill(0, 4, 4 + words);
    expectSameBits(core.floats(to, expected.length), expected, "cleared words");
  });

  test.each([4, 8, 12, 36])(
    "gatherRows of %i floats: a row an index, zeros for −1, nothing between the rows",
    (width) => {
      const core = loadCore(target);
      const x = numbers(5 * width, width);
      const from = putRows(core, x, width, width + 4, Number.NaN);
      const index = [3, -1, 0, 4, 3, 1];
      const list = core.allocate(4 * index.length);
      core.ints(list, index.length).set(index);
      const lanes = width + 8;
      const to = core.put(new Float32Array(index.length * lanes).fill(GUARD));
      core.exports.gatherRows(to, lanes * 4, from.address, from.stride, list, index.length, width * 4);
      const expected = new Float32Array(index.length * lanes).fill(GUARD);
      index.forEach((row, at) => {
        expected.set(row < 0 ? new Float32Array(width) : x.subarray(row * width, (row + 1) * width), at * lanes);
      });
      expectSameBits(core.floats(to, expected.length), expected, "gathered rows");
    },
  );

  test.each([1, 3, 4, 6, 8, 12, 33, 36])(
    "scatterAddRows of %i floats adds in ascending order, −1 goes nowhere",
    (width) => {
      const core = loadCore(target);
      const [x, start] = [numbers(6 * width, width), numbers(5 * width, width + 1)];
      const from = putRows(core, x, width, width + 4, Number.NaN);
      const index = [3, -1, 0, 3, 3, 1];
      const list = core.allocate(4 * index.length);
      core.ints(list, index.length).set(index);
      const to = putRows(core, start, width, width + 4, GUARD);
      core.exports.scatterAddRows(to.address, to.stride, from.address, from.stride, list, index.length, width * 4);
      const expected = start.slice();
      index.forEach((row, at) => {
        if (row < 0) return;
        for (let i = 0; i < width; i++) {
          expected[row * width + i] = Math.fround(expected[row * width + i] + x[at * width + i]);
        }
      });
      const image = core.floats(to.address, 5 * (width + 4));
      for (let row = 0; row < 5; row++) {
        const found = image.slice(row * (width + 4), row * (width + 4) + width);
        expectSameBits(found, expected.subarray(row * width, (row + 1) * width), `row ${row}`);
        expect([...image.subarray(row * (width + 4) + width, (row + 1) * (width + 4))]).toEqual(
          new Array(4).fill(GUARD),
        );
      }
    },
  );
});
