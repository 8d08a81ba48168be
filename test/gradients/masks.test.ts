import { describe, expect, test } from "vitest";
import { runMasked } from "../oracle/maskedSequence.js";
import { derivativesOf, toFloat64 } from "../oracle/recurrentSample.js";
import { full, samples } from "../properties/samples.js";
import { tensorDifference } from "../support/compare.js";
import { holes } from "../support/masks.js";
import { runRecurrent } from "../support/subject.js";
import { FLOAT32_GRADIENT_TOLERANCE, FLOAT32_VALUE_TOLERANCE } from "./tolerance.js";

describe.each(samples)("$label, masked: equals the float64 oracle", ({ run }) => {
  const masked = { ...full(run), stepMask: holes(run.batch, run.steps) };
  const [result, expected] = [runRecurrent(masked), runMasked(toFloat64(masked))];

  test("outputs and final states", () => {
    expect(tensorDifference(result.output, expected.output), "output").toBeLessThan(FLOAT32_VALUE_TOLERANCE);
    expected.final.forEach((state, index) => {
      expect(tensorDifference(result.final[index], state), `final ${index}`).toBeLessThan(FLOAT32_VALUE_TOLERANCE);
    });
  });

  test("every derivative, those at repeated outputs included", () => {
    const actual = derivativesOf(result);
    for (const [name, values] of Object.entries(derivativesOf(expected)))
      expect(tensorDifference(actual[name], values), name).toBeLessThan(FLOAT32_GRADIENT_TOLERANCE);
  });
});
