import { expect, test } from "vitest";
import { dense, importWeights, lstm, Model, sequential, type Tensor } from "../../../src/index.js";
import { runWithStates } from "../../support/runWithStates.js";
import { readJson, relativeDifference, tensorOf } from "./folder.js";

interface Mixture {
  readonly pi: number[];
  readonly mu1: number[];
  readonly mu2: number[];
  readonly sigma1: number[];
  readonly sigma2: number[];
  readonly corr: number[];
  readonly pen: number[];
}

interface Reference {
  readonly scale_factor: number;
  readonly dims: number[][];
  readonly input: number[][];
  readonly pdf: Mixture[];
  readonly final_h: number[];
  readonly final_c: number[];
}

/** The reference computes in float64 on weights of 16 bits; 512 products a gate and an exponential here. */
const TOLERANCE = 1e-5;

/** Mixtures of the output, and the order of its blocks. */
const MIXTURES = 20;

/** int16 values in base64, in units of 10 / 32767. */
function decode(text: string, shape: readonly number[]): Tensor {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  return tensorOf(
    Float64Array.from(new Int16Array(bytes.buffer), (value) => (value / 32767) * 10),
    shape,
  );
}

function softmax(values: readonly number[]): number[] {
  const most = Math.max(...values);
  const shares = values.map((value) => Math.exp(value - most));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

/** The mixture that an output row stands for. */
function mixtureOf(row: Float32Array): Mixture {
  const values = [...row];
  const block = (index: number) => values.slice(3 + index * MIXTURES, 3 + (index + 1) * MIXTURES);
  return {
    pen: softmax(values.slice(0, 3)),
    pi: softmax(block(0)),
    mu1: block(1),
    mu2: block(2),
    sigma1: block(3).map(Math.exp),
    sigma2: block(4).map(Math.exp),
    corr: block(5).map(Math.tanh),
  };
}

test("sketch-rnn bird: the mixtures and the states of a drawing", () => {
  const [, dims, blobs] = readJson<[object, number[][], string[]]>("sketch-rnn", "bird.gen.json");
  const reference = readJson<Reference>("sketch-rnn", "bird.reference.json");
  const names = ["output.kernel", "output.bias", "rnn.kernel", "rnn.recurrent_kernel", "rnn.bias"];
  const tensors = Object.fromEntries(names.map((name, index) => [name, decode(blobs[index], dims[index])]));
  const [units, outputs] = dims[0];
  using model = new Model(sequential(lstm(units, { name: "rnn" }), dense(outputs, { name: "output" })), {
    inputSize: 5,
  });
  importWeights(model, tensors, { from: { gates: "igfo", forgetBias: 1 } });
  const rows = reference.input.map(([x, y, ...pen]) => [
    x / reference.scale_factor,
    y / reference.scale_factor,
    ...pen,
  ]);
  const { output, states } = runWithStates(model, tensorOf(rows.flat(), [1, rows.length, 5]));
  expect(relativeDifference(states[0], reference.final_h)).toBeLessThanOrEqual(TOLERANCE);
  expect(relativeDifference(states[1], reference.final_c)).toBeLessThanOrEqual(TOLERANCE);
  expect(reference.pdf).toHaveLength(rows.length);
  reference.pdf.forEach((expected, step) => {
    const found = mixtureOf(output.subarray(step * outputs, (step + 1) * outputs));
    for (const name of Object.keys(found) as (keyof Mixture)[]) {
      expect(relativeDifference(found[name], expected[name]), `${name} of step ${step}`).toBeLessThanOrEqual(TOLERANCE);
    }
  });
});
