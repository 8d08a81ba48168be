import { describe, expect, test } from "vitest";
import { cells } from "../../src/cells/index.js";
import { backpropagate, elman, gru, lstm, Model, meanSquaredError, Tensor } from "../../src/index.js";
import { interiorOf } from "../../src/models/interior.js";

const [B, T, D, H] = [2, 3, 2, 5];
const layers = { elman, gru, lstm };
const wave = (count: number, from: number): Float32Array =>
  Float32Array.from({ length: count }, (_, index) => Math.sin(3 * index + from));
const data = {
  input: new Tensor(wave(B * T * D, 1), [B, T, D]),
  target: new Tensor(wave(B * T * H, 2), [B, T, H]),
};
/** Sums of six float32 terms, all of them below 1. */
const TOLERANCE = 1e-6;

/** Gradients of both biases of a layer whose second one has `before` already. */
function biasGradients(name: keyof typeof layers, before: Float32Array): Float32Array[] {
  const model = new Model(layers[name](H, { name: "rnn" }), { seed: 3, inputSize: D });
  const { parameters } = interiorOf(model);
  const [first, second] = parameters.entries.filter((entry) => entry.name.includes("bias"));
  if (first === undefined || second === undefined) throw new Error(`${name} has no two biases`);
  parameters.write(second, before, parameters.gradients);
  backpropagate(model, data, meanSquaredError);
  return [first, second].map((entry) => parameters.copy(entry, parameters.gradients).data);
}

describe.each(Object.keys(layers) as (keyof typeof layers)[])("%s", (name) => {
  const count = H * (name === "elman" ? 1 : cells[name].gates.length);

  test("a bias gradient goes on from what it holds, whatever the other bias has", () => {
    const before = wave(count, 5);
    const [input, recurrent] = biasGradients(name, new Float32Array(count));
    const [sameInput, later] = biasGradients(name, before);
    expect(sameInput).toEqual(input);
    later?.forEach((value, index) => {
      const wanted = (recurrent?.[index] as number) + (before[index] as number);
      expect(Math.abs(value - wanted)).toBeLessThan(TOLERANCE);
    });
  });
});
