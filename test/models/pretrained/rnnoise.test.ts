import { expect, test } from "vitest";
import { type Activation, dense, gru, importWeights, type Layer, Model, type Tensor } from "../../../src/index.js";
import { readFloats, readJson, readText, relativeDifference, tensorOf } from "./folder.js";

/** Float32 against float64 over 300 steps that feed back, three recurrent layers deep. */
const TOLERANCE = 1e-5;

/** Weights are bytes in units of 1/256. */
const SCALE = 1 / 256;
const activations: readonly Activation[] = ["tanh", "sigmoid", "relu"];
/** The layers in the order of the file, and whether they are recurrent. */
const order = [
  ["input_dense", false],
  ["vad_gru", true],
  ["noise_gru", true],
  ["denoise_gru", true],
  ["denoise_output", false],
  ["vad_output", false],
] as const;

/** The layers of a `.rnnn` file, each with its weights. */
function load(text: string): Map<string, Model> {
  const numbers = text.split("\n").slice(1).join(" ").trim().split(/\s+/).map(Number);
  let at = 0;
  const take = (shape: readonly number[]): Tensor => {
    const count = shape.reduce((product, size) => product * size, 1);
    at += count;
    return tensorOf(
      numbers.slice(at - count, at).map((value) => value * SCALE),
      shape,
    );
  };
  const models = order.map(([name, isRecurrent]) => {
    const [inputs, units, code] = numbers.slice(at, at + 3);
    at += 3;
    const [layer, blocks]: [Layer, number] = isRecurrent
      ? [gru(units, { reset: "before", candidateActivation: activations[code] }), 3]
      : [dense(units, { activation: activations[code] }), 1];
    const model = new Model(layer, { inputSize: inputs });
    const tensors = new Map([["kernel", take([inputs, blocks * units])]]);
    if (isRecurrent) tensors.set("recurrent_kernel", take([units, blocks * units]));
    tensors.set("bias", take([blocks * units]));
    importWeights(model, tensors, { from: "keras" });
    return [name, model] as const;
  });
  expect(at).toBe(numbers.length);
  return new Map(models);
}

/** Sequences [1, T, …] side by side. */
function beside(...parts: readonly Tensor[]): Tensor {
  const [, steps] = parts[0].shape;
  const rows = Array.from({ length: steps }, (_, step) =>
    parts.flatMap(({ data, shape: [, , width] }) => [...data.subarray(step * width, (step + 1) * width)]),
  );
  return tensorOf(rows.flat(), [1, steps, rows[0].length]);
}

test("RNNoise beguiling-drafter: the gains and the voice activity of 300 frames", () => {
  const { frames, vad: expected } = readJson<{ frames: number; vad: number[] }>("rnnoise-bd", "reference.json");
  const models = load(readText("rnnoise-bd", "bd.rnnn"));
  const run = (name: string, x: Tensor) => (models.get(name) as Model).predictBatch(x);
  const features = readFloats([1, frames, 42], "rnnoise-bd", "features.f32");
  const gains = readFloats([1, frames, 22], "rnnoise-bd", "gains.f32");
  const input = run("input_dense", features);
  const vad = run("vad_gru", input);
  const noise = run("noise_gru", beside(input, vad, features));
  const denoise = run("denoise_gru", beside(vad, noise, features));
  expect(relativeDifference(run("vad_output", vad).data, expected)).toBeLessThanOrEqual(TOLERANCE);
  expect(relativeDifference(run("denoise_output", denoise).data, gains.data)).toBeLessThanOrEqual(TOLERANCE);
});
