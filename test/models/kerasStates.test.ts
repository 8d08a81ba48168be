import { describe, expect, test } from "vitest";
import { FormatError, loadKeras, type Model, run, Tensor } from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { expectRefusal } from "../support/refusal.js";
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
  sequentialOf,
  written,
  x,
} from "./kerasFiles.js";

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

/** An encoder of tokens and a decoder that begins with its state, each masked or not. */
function pair(version: string, masks: readonly [boolean, boolean]) {
  const gru = (name: string, options: object) => layer("GRU", name, { ...lstmOptions, ...options });
  const words = (name: string, isMasked: boolean) =>
    layer("Embedding", name, { input_dim: 6, output_dim: 2, mask_zero: isMasked });
  const own = [
    written("asked/embeddings", 6, 2),
    written("said/embeddings", 6, 2),
    ...recurrentWeights("encoder", 2, 3, 3),
    ...recurrentWeights("decoder", 2, 3, 3),
  ];
  const model = functionalOf(
    ["from", "to"],
    "decoder",
    input("from", null),
    input("to", null),
    called(words("asked", masks[0]), ["from", 0, 0, {}]),
    called(words("said", masks[1]), ["to", 0, 0, {}]),
    called(gru("encoder", { return_sequences: false, return_state: true }), ["asked", 0, 0, {}]),
    called(gru("decoder", {}), ["said", 0, 0, {}], ["encoder", 0, 1, {}]),
  );
  return loadKeras(modelJson({ ...model, keras_version: version }, own), bytesOf(own));
}

describe("a mask is that of its own input", () => {
  const [asked, said] = [[[1, 0, 3, 2, 0]], [[4, 0, 5]]] as const;

  test("the state of a masked encoder begins a decoder that has none", () => {
    using keras = pair("2.15.0", [true, false]);
    const [encoder, decoder] = keras.networks;
    expect(keras.networks.map(({ maskValue }) => maskValue)).toEqual([0, undefined]);
    const { finalState } = run(encoder?.model as Model, asked as never, { mask: [[1, 0, 1, 1, 0]] });
    const wanted = run(decoder?.model as Model, said as never, {
      initialState: { decoder: finalState.encoder as never },
    });
    expectSameBits(keras.predictBatch(asked as never, said as never).data, wanted.output.data, "output");
  });

  test("a file of TensorFlow.js, which gives it to the decoder too, is refused", () => {
    const version = "tfjs-layers 4.22.0";
    expectRefusal(
      () => pair(version, [true, false]),
      FormatError,
      'decoder: TensorFlow.js gives it the mask of "from", but Keras none',
    );
    for (const masks of [
      [false, false],
      [false, true],
      [true, true],
    ] as const) {
      using here = pair(version, masks);
      using there = pair("2.15.0", masks);
      expect(here.predictBatch(asked as never, said as never).shape).toEqual([1, 3, 3]);
      expect(here.networks.map(({ maskValue }) => maskValue)).toEqual(there.networks.map(({ maskValue }) => maskValue));
    }
  });

  test("so is an autoencoder of TensorFlow.js whose input is masked", () => {
    const own = [...recurrentWeights("encoder", 2, 3, 4), ...recurrentWeights("decoder", 3, 3, 4)];
    const model = sequentialOf(
      layer("Masking", "masking", { mask_value: 0 }),
      layer("LSTM", "encoder", { ...lstmOptions, return_sequences: false }),
      layer("RepeatVector", "repeat", { n: 4 }),
      layer("LSTM", "decoder", lstmOptions),
    );
    const load = (version: string) => loadKeras(modelJson({ ...model, keras_version: version }, own), bytesOf(own));
    expectRefusal(
      () => load("tfjs-layers 4.22.0"),
      FormatError,
      'decoder: TensorFlow.js gives it the mask of "masking_input"',
    );
    using keras = load("3.4.1");
    expect(keras.predictBatch(x).shape).toEqual([3, 4, 3]);
  });
});
