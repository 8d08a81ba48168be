import { describe, test } from "vitest";
import { loadKeras, Tensor } from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { bytesOf, denseWeights, layer, lstmOptions, modelJson, recurrentWeights, sequentialOf } from "./kerasFiles.js";

/** [batch, time, 2] of different numbers. */
const x = new Tensor(
  Float32Array.from({ length: 24 }, (_, at) => Math.sin(at * 7.3)),
  [3, 4, 2],
);

describe("layers of Keras that need none here", () => {
  test("noise, a flattened row, softmax by the number of its axis and mixed precision change nothing", () => {
    const own = [...recurrentWeights("lstm", 2, 3, 4), ...denseWeights("out", 3, 2)];
    const one = { ...lstmOptions, return_sequences: false };
    const load = (...layers: readonly ReturnType<typeof layer>[]) =>
      loadKeras(modelJson(sequentialOf(...layers), own), bytesOf(own));
    const policy = { class_name: "Policy", config: { name: "mixed_float16" } };
    using plain = load(layer("LSTM", "lstm", one), layer("Dense", "out", { units: 2, activation: "softmax" }));
    using decorated = load(
      layer("GaussianNoise", "noise", { stddev: 0.1, seed: null }),
      layer("LSTM", "lstm", { ...one, dtype: policy }),
      layer("GaussianDropout", "gaussian", { rate: 0.1, seed: 3 }),
      layer("AlphaDropout", "alpha", { rate: 0.1, noise_shape: null }),
      layer("Flatten", "flat", { data_format: "channels_last" }),
      layer("Dense", "out", { units: 2 }),
      layer("Softmax", "soft", { axis: 1 }),
    );
    expectSameBits(decorated.predictBatch(x).data, plain.predictBatch(x).data, "one row");
    using steps = load(layer("LSTM", "lstm", lstmOptions), layer("Dense", "out", { units: 2, activation: "softmax" }));
    using axis = load(
      layer("LSTM", "lstm", lstmOptions),
      layer("Dense", "out", { units: 2 }),
      layer("Softmax", "soft", { axis: 2 }),
    );
    expectSameBits(axis.predictBatch(x).data, steps.predictBatch(x).data, "rows of steps");
  });
});
