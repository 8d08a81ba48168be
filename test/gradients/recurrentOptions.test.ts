import { describe, expect, test } from "vitest";
import { type CellName, cells } from "../../src/cells/index.js";
import { projectable } from "../oracle/cellVariants.js";
import { recurrentSample, type SampleOptions, toFloat64 } from "../oracle/recurrentSample.js";
import { runRecurrent as runOracle } from "../oracle/sequence.js";
import { tensorDifference } from "../support/compare.js";
import { drawnNoise } from "../support/drawnNoise.js";
import type { CellOptions, RecurrentRun } from "../support/subjectContract.js";
import { predictRecurrent } from "../support/subjectRecurrent.js";
import { expectOracle } from "./expectOracle.js";
import { FLOAT32_VALUE_TOLERANCE } from "./tolerance.js";

/*
 * The options of every recurrent layer against the float64 oracle, on every registered cell: outputs, states and all derivatives.
 * The oracle is told the noise that the addresses of the random numbers give.
 */

/** One unit, fewer than a vector, a vector, and a tail beside whole vectors. */
const sizes = [1, 3, 4, 17].map((units) => ({ inputSize: units === 17 ? 5 : 3, units }));

/** Unsorted, with an empty sequence and two of equal length. */
const RAGGED = { batch: 5, steps: 6, lengths: [3, 0, 6, 1, 3] };

const layerOptions: readonly { label: string; options: CellOptions; initial?: boolean }[] = [
  { label: "normalised", options: { normalization: "layer" } },
  { label: "recurrent dropout", options: { recurrentDropout: 0.4 } },
  { label: "zoneout of all states", options: { zoneout: 0.3 } },
  { label: "zoneout of h alone", options: { zoneout: { h: 0.6 } } },
  { label: "learned initial state", options: { initialState: "learned" }, initial: false },
  { label: "given initial state in a layer with a learned one", options: { initialState: "learned" } },
  {
    label: "all together",
    options: { normalization: "layer", recurrentDropout: 0.4, zoneout: 0.3, initialState: "learned" },
    initial: false,
  },
];

/** Zoneout of the cell state alone, in cells that have one. */
const ofCell = { label: "zoneout of c alone", options: { zoneout: { c: 0.5 } } };

/** A cell without a recurrent product has nothing to drop. */
function allowed(cell: string, options: CellOptions): CellOptions {
  const { recurrentDropout, ...rest } = options;
  return recurrentDropout === undefined || cells[cell as CellName].recurrentBlocks > 0 ? options : rest;
}

function noisy(sample: SampleOptions, isPrediction = false): RecurrentRun<Float32Array> {
  const run = recurrentSample(sample);
  return { ...run, noise: drawnNoise(run, cells[sample.cell as CellName].states.length, isPrediction) };
}

describe.each(Object.keys(cells))("%s equals the float64 oracle", (cell) => {
  const hasCell = (cells[cell as CellName].states as readonly string[]).includes("c");

  describe.each(hasCell ? [...layerOptions, ofCell] : layerOptions)("$label", ({ options: chosen, ...given }) => {
    const options = allowed(cell, chosen);
    const initial = "initial" in given ? given.initial : true;

    test.each(sizes)("$units units, both directions", (size) => {
      for (const reverse of [false, true])
        expectOracle(noisy({ cell, options, initial, reverse, seed: 205, ...size, ...RAGGED }));
    });

    test("no bias", () => {
      expectOracle(noisy({ cell, options, initial, bias: false, inputSize: 3, units: 5, seed: 202, ...RAGGED }));
    });

    test("a prediction takes the mean of the noise", () => {
      const sample = { cell, options, initial, inputSize: 3, units: 5, seed: 203, ...RAGGED };
      for (const reverse of [false, true]) {
        const run = noisy({ ...sample, reverse }, true);
        const [result, expected] = [predictRecurrent(run), runOracle(toFloat64(run))];
        expect(tensorDifference(result.output, expected.output)).toBeLessThan(FLOAT32_VALUE_TOLERANCE);
        expected.final.forEach((state, index) => {
          expect(tensorDifference(result.final[index], state)).toBeLessThan(FLOAT32_VALUE_TOLERANCE);
        });
      }
    });
  });
});

describe.each(projectable)("%s with a projected hidden state equals the float64 oracle", (cell) => {
  describe.each(layerOptions)("$label", ({ options: chosen, initial }) => {
    test.each([
      { units: 5, projectionSize: 3 },
      { units: 4, projectionSize: 6 },
    ])("$units units, $projectionSize projected", (size) => {
      const options = allowed(cell, chosen);
      for (const reverse of [false, true])
        expectOracle(noisy({ cell, options, initial, reverse, inputSize: 3, seed: 204, ...size, ...RAGGED }));
    });
  });
});
