import { describe, expect, test } from "vitest";
import {
  adam,
  evaluate,
  fit,
  loadKeras,
  loadModel,
  type Model,
  meanSquaredError,
  memoryUsage,
  paddingMask,
  run,
  StateError,
  type Tensor,
} from "../../src/index.js";
import { kerasInputs, kerasModel } from "../parity/kerasModels.js";
import { expectSameBits } from "../properties/bits.js";
import { caseEntries, ReferenceCase } from "../support/fixtures.js";
import { expectRefusal } from "../support/refusal.js";
import {
  bytesOf,
  denseWeights,
  layer,
  lstmOptions,
  modelJson,
  recurrentWeights,
  sequentialOf,
  x,
} from "./kerasFiles.js";

const cases = caseEntries.filter(({ kind }) => kind === "keras_models");
/** Those of the names that the folder of reference data has. */
const named = (...names: string[]) => cases.filter(({ id }) => names.includes(id.replace("keras_models/", "")));

describe("the networks of a Keras model", () => {
  test.each(cases)("$id: saved and loaded again they are the same", (entry) => {
    using keras = kerasModel(new ReferenceCase(entry));
    for (const { model } of keras.networks) {
      using twin = loadModel(model.save());
      expect(twin.summary()).toBe(model.summary());
      const weights = (of: Model) => of.parameters.flatMap((parameter) => [...parameter.read().data]);
      expectSameBits(weights(twin), Float32Array.from(weights(model)), "weights");
    }
  });

  test.each(named("bidirectional_gru_time_distributed"))("$id: saved it predicts with the same bits", (entry) => {
    const reference = new ReferenceCase(entry);
    using keras = kerasModel(reference);
    using twin = loadModel(keras.model.save());
    const [given] = kerasInputs(reference) as [Tensor];
    expectSameBits(twin.predictBatch(given).data, keras.predictBatch(given).data, "prediction");
  });

  test.each(named("masking_lstm", "embedding_lstm_dense", "masking_nonzero_tagger"))(
    "$id: a mask by hand gives what predictBatch gives",
    (entry) => {
      const reference = new ReferenceCase(entry);
      using keras = kerasModel(reference);
      const [given] = kerasInputs(reference) as [Tensor];
      const mask = paddingMask(given, keras.networks[0]?.maskValue) as Tensor;
      expect(mask.data).toContain(0);
      expect(mask.data).toContain(1);
      expectSameBits(keras.model.predictBatch(given, { mask }).data, keras.predictBatch(given).data, "prediction");
      const unmasked = keras.model.predictBatch(given).data;
      expect([...unmasked]).not.toEqual([...keras.predictBatch(given).data]);
    },
  );

  test.each(named("encoder_decoder"))("$id: two networks, the states handed on, and answers step by step", (entry) => {
    const reference = new ReferenceCase(entry);
    using keras = kerasModel(reference);
    const [source, decoderInput] = kerasInputs(reference) as [Tensor, Tensor];
    const [encoder, decoder] = keras.networks;
    expect(keras.inputs).toEqual(["input2", "input3"]);
    expect([encoder?.input, decoder?.input]).toEqual([0, 1]);
    expect(decoder?.begins).toEqual(
      ["h", "c"].map((name) => ({
        to: { path: "lstm_LSTM27", name },
        from: { network: 0, state: { path: "lstm_LSTM26", name } },
      })),
    );
    let states = run((encoder as { model: Model }).model, source).finalState.lstm_LSTM26;
    const [count, steps, width] = decoderInput.shape as [number, number, number];
    const whole = keras.predictBatch(source, decoderInput);
    for (let step = 0; step < steps; step++) {
      const rows = Array.from({ length: count }, (_, sequence) => {
        const from = (sequence * steps + step) * width;
        return [[...decoderInput.data.subarray(from, from + width)]];
      });
      const { output, finalState } = run(keras.model, rows, { initialState: { lstm_LSTM27: states ?? {} } });
      states = finalState.lstm_LSTM27;
      const wanted = Array.from({ length: count }, (_, at) => at * steps + step).flatMap((row) => [
        ...whole.data.subarray(row * width, (row + 1) * width),
      ]);
      expectSameBits(output.data, Float32Array.from(wanted), `step ${step}`);
    }
  });

  test("layers that are not trainable are frozen", () => {
    const weights = [...recurrentWeights("lstm", 2, 3, 4), ...denseWeights("out", 3, 2)];
    const topology = sequentialOf(
      layer("LSTM", "lstm", { ...lstmOptions, trainable: false }),
      layer("Dense", "out", { units: 2, activation: "linear", trainable: true }),
    );
    using keras = loadKeras(modelJson(topology, weights), bytesOf(weights));
    expect(keras.model.parameters.filter(({ isFrozen }) => isFrozen).map(({ name }) => name)).toEqual([
      "lstm.weight_ih_l0",
      "lstm.weight_hh_l0",
      "lstm.bias_ih_l0",
      "lstm.bias_hh_l0",
    ]);
  });

  test("it trains on, with the mask that Keras would compute", async () => {
    const weights = [...recurrentWeights("lstm", 2, 3, 4), ...denseWeights("out", 3, 1)];
    const topology = sequentialOf(
      layer("Masking", "masked", { mask_value: 0 }),
      layer("LSTM", "lstm", { ...lstmOptions, return_sequences: false }),
      layer("Dense", "out", { units: 1 }),
    );
    using keras = loadKeras(modelJson(topology, weights), bytesOf(weights));
    const input = [
      [
        [0.5, -1],
        [0, 0],
        [1, 0.2],
      ],
      [
        [0, 0],
        [0.3, 0.4],
        [0, 0],
      ],
    ];
    const data = { input, target: [[0.4], [-0.3]], mask: paddingMask(input) };
    const before = evaluate(keras.model, data, { loss: meanSquaredError }).loss;
    await fit(keras.model, data, { loss: meanSquaredError, epochs: 40, optimizer: adam({ learningRate: 0.05 }) });
    expect(evaluate(keras.model, data, { loss: meanSquaredError }).loss).toBeLessThan(before / 2);
  });

  test("once disposed it needs no memory, and refuses to predict", () => {
    const weights = recurrentWeights("lstm", 2, 3, 4);
    const { used } = memoryUsage();
    const keras = loadKeras(modelJson(sequentialOf(layer("LSTM", "lstm", lstmOptions)), weights), bytesOf(weights));
    expect(memoryUsage().used).toBeGreaterThan(used);
    keras.dispose();
    keras.dispose();
    expect(memoryUsage().used).toBe(used);
    expectRefusal(() => keras.predictBatch(x), StateError, "disposed");
  });
});
