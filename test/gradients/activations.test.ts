import { describe, test } from "vitest";
import { activations } from "../../src/activations.js";
import { recurrentSample } from "../oracle/recurrentSample.js";
import type { ActivationChoice } from "../support/subjectContract.js";
import { expectCentralDifferences, expectOracle } from "./expectOracle.js";

/** Parameters other than the defaults, for every activation that has some. */
const choices: readonly ActivationChoice[] = [
  // eˣ of what eˣ gave a step before grows beyond any float; behind a dense layer it is tested as all others.
  ...Object.keys(activations).filter((name) => name !== "exp"),
  { type: "affine", alpha: 0.7, beta: -0.2 },
  { type: "scaledTanh", alpha: 1.7159, beta: 2 / 3 },
  { type: "leakyRelu", alpha: 0.3 },
  { type: "leakyRelu", alpha: -0.4 },
  { type: "thresholdedRelu", alpha: 0.25 },
  { type: "elu", alpha: 0.6 },
  { type: "selu", alpha: 1.2, beta: 0.9 },
  { type: "hardSigmoid", alpha: 1 / 6, beta: 0.4 },
  { type: "hardTanh", alpha: -0.5, beta: 0.75 },
  { type: "softplus", beta: 2 },
];

const named = choices.map((activation) => ({ label: JSON.stringify(activation), activation }));

/** Odd sizes, an empty sequence; enough steps for saturation and kinks on both sides. */
const RAGGED = { cell: "elman", inputSize: 3, units: 5, batch: 4, steps: 6, lengths: [3, 0, 6, 1], seed: 3 };

describe.each(named)("Elman with $label", ({ activation }) => {
  test.each([false, true])("equals the float64 oracle (reverse: %s)", (reverse) => {
    expectOracle(recurrentSample({ ...RAGGED, options: { activation }, reverse }));
  });

  test("17 units: a tail beside whole vectors", () => {
    expectOracle(recurrentSample({ ...RAGGED, options: { activation }, units: 17, seed: 4 }));
  });

  test("backward is the derivative of forward (central differences)", () => {
    expectCentralDifferences(recurrentSample({ ...RAGGED, options: { activation } }));
  });
});
