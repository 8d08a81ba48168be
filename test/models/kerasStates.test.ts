import { describe, expect, test } from "vitest";
import { loadKeras, run, Tensor } from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import {
  bytesOf,
  called,
  denseWeights,
  functionalOf,
  input,
  layer,
  lstmOptions,
  modelJson,
  recurrentWeights,
} from "./kerasFiles.js";

/** [batch, time, 2] of different numbers. */
const x = new Tensor(
  Float32Array.from({ length: 24 }, (_, at) => Math.sin(at * 7.3)),
  [3, 4, 2],
);

/** The model with other outputs. */
const giving = (model: object, ...outputs: readonly (readonly [string, number])[]) => {
  const { config } = model as { config: object };
  return { ...model, config: { ...config, output_layers: outputs.map(([name, index]) => [name, 0, index]) } };
};

describe("states among the outputs of a model", () => {
  test("the encoder of a sequence-to-sequence pair: h and c", () => {
    const own = recurrentWeights("encoder", 2, 3, 4);
    const lstm = layer("LSTM", "encoder", { ...lstmOptions, return_sequences: false, return_state: true });
    const model = functionalOf(["in"], "encoder", input("in", null, 2), called(lstm, ["in", 0, 0, {}]));
    using plain = loadKeras(modelJson(model, own), bytesOf(own));
    for (const outputs of [[0, 1, 2], [1, 2], [1]]) {
      const form = giving(model, ...outputs.map((index) => ["encoder", index] as const));
      using keras = loadKeras(modelJson(form, own), bytesOf(own));
      expectSameBits(keras.predictBatch(x).data, plain.predictBatch(x).data, "the first output");
      const { output, finalState } = run(keras.model, x);
      const { h, c } = finalState.encoder as Record<string, Tensor>;
      expectSameBits((h as Tensor).data, output.data, "h");
      expect(c?.shape).toEqual([3, 3]);
    }
  });

  test("its decoder, a step at a time: scores, h and c", () => {
    const own = [...recurrentWeights("decoder", 2, 3, 4), ...denseWeights("scores", 3, 2)];
    const lstm = layer("LSTM", "decoder", { ...lstmOptions, return_state: true });
    const model = functionalOf(
      ["in", "h", "c"],
      "scores",
      input("in", null, 2),
      input("h", 3),
      input("c", 3),
      called(lstm, ["in", 0, 0, {}], ["h", 0, 0, {}], ["c", 0, 0, {}]),
      called(layer("Dense", "scores", { units: 2, activation: "softmax" }), ["decoder", 0, 0, {}]),
    );
    const form = giving(model, ["scores", 0], ["decoder", 1], ["decoder", 2]);
    using plain = loadKeras(modelJson(model, own), bytesOf(own));
    using keras = loadKeras(modelJson(form, own), bytesOf(own));
    const states = [0.1, -0.2].map((value) => new Tensor(new Float32Array(9).fill(value), [3, 3]));
    const [h, c] = states as [Tensor, Tensor];
    expectSameBits(keras.predictBatch(x, h, c).data, plain.predictBatch(x, h, c).data, "scores");
    expect(Object.keys(run(keras.model, x, { initialState: { decoder: { h, c } } }).finalState)).toEqual(["decoder"]);
  });
});
