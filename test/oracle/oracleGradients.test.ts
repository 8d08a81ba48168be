import { describe, expect, test } from "vitest";
import { tensorDifference } from "../support/compare.js";
import { drawnNoise } from "../support/drawnNoise.js";
import type { CellOptions } from "../support/subjectContract.js";
import { oracleActivation, oracleActivations } from "./activations.js";
import { oracleCells } from "./cells/index.js";
import { cellVariants, projectable } from "./cellVariants.js";
import { centralDifferences } from "./centralDifferences.js";
import { runDense } from "./dense.js";
import { lastStep, lastStepBackward } from "./lastStep.js";
import { oracleLosses } from "./losses.js";
import { TestRandom } from "./random.js";
import {
  derivativesOf,
  numericDerivatives,
  recurrentSample,
  type SampleOptions,
  toFloat64,
} from "./recurrentSample.js";
import { runRecurrent } from "./sequence.js";
import { runSoftmax } from "./softmax.js";

/** A central difference is off by some 1e-10 (see DIFFERENCE_STEP); sums of a few hundred terms add a digit or two. */
const DIFFERENCE_TOLERANCE = 1e-8;

/** Odd sizes, an empty sequence, a full one, in no order. */
const RAGGED = { inputSize: 3, units: 5, batch: 4, steps: 6, lengths: [3, 0, 6, 1] };

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, index) => sum + value * b[index], 0);
}

function expectDerivatives(options: SampleOptions): void {
  const sample = recurrentSample(options);
  const run = toFloat64({ ...sample, noise: drawnNoise(sample, oracleCells[options.cell]().states) });
  const derivatives = derivativesOf(runRecurrent(run));
  const numeric = numericDerivatives(run);
  expect(Object.keys(derivatives).sort()).toEqual(Object.keys(numeric).sort());
  for (const [name, expected] of Object.entries(numeric)) {
    expect(tensorDifference(derivatives[name], expected), name).toBeLessThan(DIFFERENCE_TOLERANCE);
  }
}

describe.each(Object.keys(oracleCells))("oracle: %s backward is the derivative of forward", (cell) => {
  test.each([
    ["ragged lengths, given initial state, forward", { ...RAGGED, initial: true, reverse: false }],
    ["ragged lengths, given initial state, reverse", { ...RAGGED, initial: true, reverse: true }],
    ["zero initial state, no bias", { ...RAGGED, initial: false, bias: false }],
    ["one unit, one step", { inputSize: 1, units: 1, batch: 1, steps: 1 }],
    ["full sequences, wider input than state", { inputSize: 7, units: 3, batch: 3, steps: 5 }],
  ])("%s", (_, sizes) => expectDerivatives({ cell, seed: 11, ...sizes }));

  test.each(cellVariants(cell))("$label", (variant) => expectDerivatives({ ...variant, seed: 12, ...RAGGED }));
});

test.each(projectable)("oracle: %s with a projected hidden state", (cell) => {
  expectDerivatives({ cell, projectionSize: 3, seed: 13, ...RAGGED });
  expectDerivatives({ cell, projectionSize: 6, seed: 14, ...RAGGED, reverse: true });
});

const layerOptions: readonly CellOptions[] = [
  { recurrentDropout: 0.4 },
  { zoneout: 0.3 },
  { zoneout: { h: 0.5 }, initialState: "learned" },
  { normalization: "layer", recurrentDropout: 0.4, zoneout: 0.3, initialState: "learned" },
];

describe.each(Object.keys(oracleCells))("oracle: %s with the options of every layer", (cell) => {
  test.each(layerOptions)("%o", (options) => {
    const isLearned = options.initialState === "learned";
    expectDerivatives({ cell, options, initial: !isLearned, seed: 15, ...RAGGED });
    if (!projectable.includes(cell)) return;
    expectDerivatives({ cell, options, initial: !isLearned, projectionSize: 6, seed: 16, ...RAGGED });
  });
});

describe("oracle: activations", () => {
  test.each(Object.keys(oracleActivations))("%s: derivative against central differences", (name) => {
    const { value, derivative } = oracleActivation(name);
    const x = Float64Array.from(new TestRandom(5).numbers(200, 8));
    const numeric = x.map((_, index) => centralDifferences(() => value(x[index]), x.subarray(index, index + 1))[0]);
    expect(tensorDifference(x.map(derivative), numeric)).toBeLessThan(DIFFERENCE_TOLERANCE);
  });

  // eˣ of what eˣ gave a step before grows beyond float64.
  const bounded = Object.keys(oracleActivations).filter((name) => name !== "exp");
  test.each(bounded)("%s in an Elman network through time", (activation) => {
    expectDerivatives({ cell: "elman", options: { activation }, seed: 3, ...RAGGED });
  });
});

describe("oracle: layers and losses", () => {
  test.each(Object.keys(oracleActivations))("dense with %s", (activation) => {
    const random = new TestRandom(7);
    const wide = (count: number): Float64Array => Float64Array.from(random.numbers(count));
    const weights = { weight: wide(15), bias: wide(5) };
    const run = { inputSize: 3, units: 5, activation, weights, x: wide(12), rows: 4 };
    const dOutput = wide(20);
    const { dX, gradients } = runDense({ ...run, dOutput });
    const sum = (): number => dot(runDense(run).output, dOutput);
    const pairs = [
      [dX, run.x],
      [gradients?.weight, weights.weight],
      [gradients?.bias, weights.bias],
    ] as const;
    for (const [analytic, values] of pairs) {
      const numeric = centralDifferences(sum, values);
      expect(tensorDifference(analytic as Float64Array, numeric)).toBeLessThan(DIFFERENCE_TOLERANCE);
    }
  });

  test.each([
    ["meanSquaredError", [3, 5], (random: TestRandom) => random.numbers(15)],
    ["crossEntropy", [7, 5], () => [0, 4, 2, 2, 1, 3, 0]],
  ] as const)("%s", (name, shape, makeTarget) => {
    const random = new TestRandom(9);
    const prediction = Float64Array.from(random.numbers(shape[0] * shape[1], 3));
    const target = makeTarget(random);
    const { gradient } = oracleLosses[name](prediction, target, shape);
    const numeric = centralDifferences(() => oracleLosses[name](prediction, target, shape).loss, prediction);
    expect(tensorDifference(gradient, numeric)).toBeLessThan(DIFFERENCE_TOLERANCE);
  });

  test.each([false, true])("softmax, logarithm %s", (log) => {
    const random = new TestRandom(13);
    const x = Float64Array.from(random.numbers(15, 4));
    const dy = Float64Array.from(random.numbers(15));
    const numeric = centralDifferences(() => dot(runSoftmax(x, 3, 5, log, dy).y, dy), x);
    expect(tensorDifference(runSoftmax(x, 3, 5, log, dy).dx, numeric)).toBeLessThan(DIFFERENCE_TOLERANCE);
  });

  test("last step", () => {
    const random = new TestRandom(17);
    const output = Float64Array.from(random.numbers(3 * 4 * 5));
    const dLast = Float64Array.from(random.numbers(15));
    const lengths = [2, 0, 4];
    const numeric = centralDifferences(() => dot(lastStep(output, 4, 5, lengths), dLast), output);
    expect(tensorDifference(lastStepBackward(dLast, 4, 5, lengths), numeric)).toBeLessThan(DIFFERENCE_TOLERANCE);
  });
});
