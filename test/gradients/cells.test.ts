import { describe, test } from "vitest";
import { cells } from "../../src/cells/index.js";
import { cellOptions, cellVariants, projectable } from "../oracle/cellVariants.js";
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

const variants = Object.keys(cellOptions).flatMap(cellVariants);

describe.each(variants)("$label equals the float64 oracle", ({ cell, options: chosen }) => {
  describe.each(sizes)("$inputSize inputs, $units units", (size) => {
    test.each(options)("$label, ragged lengths", ({ label: _, ...option }) => {
      const batch = { batch: 5, steps: 6, lengths: [3, 0, 6, 1, 3] };
      expectOracle(recurrentSample({ cell, options: chosen, seed: 102, ...size, ...batch, ...option }));
    });
  });
});

const all = Object.keys(cells).flatMap(cellVariants);

describe.each(all)(
  "$label: backward is the derivative of forward (central differences)",
  ({ cell, options: chosen }) => {
    test.each(options)("$label", ({ label: _, ...option }) => {
      const batch = { batch: 4, steps: 6, lengths: [3, 0, 6, 1] };
      const sizes = { inputSize: 3, units: 5 };
      expectCentralDifferences(recurrentSample({ cell, options: chosen, seed: 23, ...sizes, ...batch, ...option }));
    });
  },
);

/** Narrower and wider than the cell, around the width of a vector. */
const projections = [
  { units: 5, projectionSize: 3 },
  { units: 8, projectionSize: 4 },
  { units: 6, projectionSize: 17 },
];

describe.each(projectable)("%s with a projected hidden state equals the float64 oracle", (cell) => {
  describe.each(projections)("$units units, $projectionSize projected", (size) => {
    test.each(options)("$label, ragged lengths", ({ label: _, ...option }) => {
      const batch = { batch: 5, steps: 6, lengths: [3, 0, 6, 1, 3] };
      expectOracle(recurrentSample({ cell, inputSize: 3, seed: 103, ...size, ...batch, ...option }));
    });
  });
});
