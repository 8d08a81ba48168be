import { describe, expect, test } from "vitest";
import { dense, gru, importWeights, lastStep, Model, sequential } from "../../../src/index.js";
import { runWithStates } from "../../support/runWithStates.js";
import { readJson, relativeDifference, tensorOf } from "./folder.js";

interface WakeWord {
  readonly probability: number[];
  readonly prob_f64: number[];
  readonly final_h: number[][];
  readonly kernel: number[][];
  readonly recurrent_kernel: number[][];
  readonly bias: number[];
  readonly dense_kernel: number[];
  readonly dense_bias: number;
}

/** Float32 against float64 over 29 steps; the candidate is linear, so that states grow to some tens. */
const STATE_TOLERANCE = 5e-6;
/** A state that is off by 5e-6 of some tens moves the logit by some 1e-4, and the probability by at most a quarter of that. */
const PROBABILITY_TOLERANCE = 2e-5;

/** Mycroft's wake words: a Keras GRU with hard-sigmoid gates, a linear candidate and the reset before the product. */
describe.each(["hey_mycroft", "hey_mycroft_mk1"])("precise: %s", (name) => {
  test("gives the states and probabilities of the reference", () => {
    const { X, models } = readJson<{ X: number[][][]; models: Record<string, WakeWord> }>("precise", "reference.json");
    const word = models[name];
    const [batch, steps, width, units] = [X.length, X[0].length, X[0][0].length, word.recurrent_kernel.length];
    const layer = gru(units, {
      name: "gru",
      reset: "before",
      gateActivation: { type: "hardSigmoid", alpha: 0.2, beta: 0.5 },
      candidateActivation: "linear",
    });
    using model = new Model(sequential(layer, lastStep(), dense(1, { name: "dense", activation: "sigmoid" })), {
      inputSize: width,
    });
    const weights = {
      "gru/kernel": tensorOf(word.kernel.flat(), [width, 3 * units]),
      "gru/recurrent_kernel": tensorOf(word.recurrent_kernel.flat(), [units, 3 * units]),
      "gru/bias": tensorOf(word.bias, [3 * units]),
      "dense/kernel": tensorOf(word.dense_kernel, [units, 1]),
      "dense/bias": tensorOf([word.dense_bias], [1]),
    };
    importWeights(model, weights, { from: "keras" });
    const { output, states } = runWithStates(model, tensorOf(X.flat(2), [batch, steps, width]));
    expect(relativeDifference(states[0], word.final_h.flat())).toBeLessThanOrEqual(STATE_TOLERANCE);
    for (const expected of [word.prob_f64, word.probability]) {
      const away = expected.map((value, index) => Math.abs(value - output[index]));
      expect(Math.max(...away)).toBeLessThanOrEqual(PROBABILITY_TOLERANCE);
    }
  });
});
