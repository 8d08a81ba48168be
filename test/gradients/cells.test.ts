import { describe, test } from "vitest";
import { cells } from "../../src/cells/index.js";
import { recurrentSample } from "../oracle/recurrentSample.js";
import { expectCentralDifferences, expectOracle } from "./expectOracle.js";

/** Around the widths of a vector (4) and a panel (8), and long tails. */
const sizes = [
  { inputSize: 1, units: 1 },
  { inputSize: 3, units: 5 },
  { inputSize: 4, units: 8 },
  { inputSize: 5, units: 17 },
  { inputSize: 17, units: 33 },
];

/** Unsorted, with an empty sequence, one of a single step, and two of equal length. */
const batches = [
  { label: "full sequences", batch: 3, steps: 5 },
  { label: "ragged lengths", batch: 5, steps: 6, lengths: [3, 0, 6, 1, 3] },
  { label: "every sequence empty", batch: 2, steps: 3, lengths: [0, 0] },
  { label: "one step, many sequences", batch: 33, steps: 1 },
];

const options = [
  { label: "forward, given initial state", reverse: false, initial: true },
  { label: "reverse, given initial state", reverse: true, initial: true },
  { label: "forward, zero initial state, no bias", reverse: false, initial: false, bias: false },
  { label: "reverse, zero initial state", reverse: true, initial: false },
];

describe.each(Object.keys(cells))("%s equals the float64 oracle", (cell) => {
  describe.each(sizes)("$inputSize inputs, $units units", (size) => {
    describe.each(batches)("$label", ({ label: _, ...batch }) => {
      test.each(options)("$label", ({ label: __, ...option }) => {
        expectOracle(recurrentSample({ cell, seed: 101, ...size, ...batch, ...option }));
      });
    });
  });

  test("130 units, 7 inputs", () => {
    expectOracle(recurrentSample({ cell, seed: 7, inputSize: 7, units: 130, batch: 3, steps: 3, lengths: [2, 3, 0] }));
  });

  test("60 steps", () => {
    expectOracle(recurrentSample({ cell, seed: 8, inputSize: 2, units: 6, batch: 2, steps: 60, lengths: [60, 41] }));
  });
});

describe.each(Object.keys(cells))("%s: backward is the derivative of forward (central differences)", (cell) => {
  test.each(options)("$label", ({ label: _, ...option }) => {
    const batch = { batch: 4, steps: 6, lengths: [3, 0, 6, 1] };
    expectCentralDifferences(recurrentSample({ cell, seed: 23, inputSize: 3, units: 5, ...batch, ...option }));
  });
});
