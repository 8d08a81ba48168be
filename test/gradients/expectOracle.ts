import { expect } from "vitest";
import { derivativesOf, numericDerivatives, toFloat64 } from "../oracle/recurrentSample.js";
import { runRecurrent as runOracle } from "../oracle/sequence.js";
import { tensorDifference } from "../support/compare.js";
import { runRecurrent } from "../support/subject.js";
import type { RecurrentRun } from "../support/subjectContract.js";
import { FLOAT32_GRADIENT_TOLERANCE, FLOAT32_VALUE_TOLERANCE } from "./tolerance.js";

/** Runs the library in float32 and expects the oracle's outputs, final states and every derivative. */
export function expectOracle(run: RecurrentRun<Float32Array>): void {
  const [result, expected] = [runRecurrent(run), runOracle(toFloat64(run))];
  expect(tensorDifference(result.output, expected.output), "output").toBeLessThan(FLOAT32_VALUE_TOLERANCE);
  expect(result.final.length).toBe(expected.final.length);
  expected.final.forEach((state, index) => {
    expect(tensorDifference(result.final[index], state), `final state ${index}`).toBeLessThan(FLOAT32_VALUE_TOLERANCE);
  });
  expectDerivatives(derivativesOf(result), derivativesOf(expected));
}

/** Expects every derivative to be the central difference of the oracle's forward pass; its backward has no part. */
export function expectCentralDifferences(run: RecurrentRun<Float32Array>): void {
  expectDerivatives(derivativesOf(runRecurrent(run)), numericDerivatives(toFloat64(run)));
}

function expectDerivatives(actual: Record<string, Float32Array>, expected: Record<string, Float64Array>): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected)) {
    expect(tensorDifference(actual[name], values), name).toBeLessThan(FLOAT32_GRADIENT_TOLERANCE);
  }
}
