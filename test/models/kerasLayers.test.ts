import { describe, expect, test } from "vitest";
import { loadKeras } from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import {
  bytesOf,
  denseWeights,
  layer,
  lstmOptions,
  modelJson,
  recurrentWeights,
  sequentialOf,
  written,
  x,
} from "./kerasFiles.js";

describe("layers of Keras that need none here", () => {
  test("noise, penalties, a flattened row, softmax by the number of its axis and other precisions change nothing", () => {
    const own = [...recurrentWeights("lstm", 2, 3, 4), ...denseWeights("out", 3, 2)];
    const one = { ...lstmOptions, return_sequences: false };
    const load = (...layers: readonly ReturnType<typeof layer>[]) =>
      loadKeras(modelJson(sequentialOf(...layers), own), bytesOf(own));
    const policy = { class_name: "Policy", config: { name: "mixed_float16" } };
    using plain = load(layer("LSTM", "lstm", one), layer("Dense", "out", { units: 2, activation: "softmax" }));
    using decorated = load(
      layer("GaussianNoise", "noise", { stddev: 0.1, seed: null }),
      layer("LSTM", "lstm", { ...one, dtype: policy }),
      layer("GaussianDropout", "gaussian", { rate: 0.1, seed: 3, dtype: "float64" }),
      layer("AlphaDropout", "alpha", { rate: 0.1, noise_shape: null }),
      layer("Flatten", "flat", { data_format: "channels_last" }),
      layer("Reshape", "row", { target_shape: [3] }),
      layer("Reshape", "same", { target_shape: [-1] }),
      layer("Identity", "identity"),
      layer("ActivityRegularization", "penalty", { l1: 0.1, l2: 0.2 }),
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

  test("exponential is that of the linear layer", () => {
    const own = [...recurrentWeights("lstm", 2, 3, 4), ...denseWeights("out", 3, 2)];
    const answers = ["linear", "exponential"].map((activation) => {
      const layers = [layer("LSTM", "lstm", lstmOptions), layer("Dense", "out", { units: 2, activation })];
      using model = loadKeras(modelJson(sequentialOf(...layers), own), bytesOf(own));
      return model.predictBatch(x).data;
    });
    answers[1].forEach((value, index) => {
      // exp's error is 1.01 ulp.
      expect(Math.abs(value / Math.exp(answers[0][index]) - 1)).toBeLessThan(2.5e-7);
    });
  });

  test("log_softmax is the logarithm of softmax", () => {
    const own = [...recurrentWeights("lstm", 2, 3, 4), ...denseWeights("out", 3, 2)];
    const answers = ["softmax", "log_softmax"].map((activation) => {
      const layers = [layer("LSTM", "lstm", lstmOptions), layer("Dense", "out", { units: 2, activation })];
      using model = loadKeras(modelJson(sequentialOf(...layers), own), bytesOf(own));
      return model.predictBatch(x).data;
    });
    // Shares of some half with two roundings, and their logarithms with two more.
    answers[1].forEach((value, index) => {
      expect(Math.abs(value - Math.log(answers[0][index]))).toBeLessThan(5e-7);
    });
  });
});

test("a Reshape at the end leaves the features a row", () => {
  const own = [...recurrentWeights("lstm", 2, 3, 4), ...denseWeights("out", 3, 6)];
  const lstm = layer("LSTM", "lstm", { ...lstmOptions, return_sequences: false });
  const load = (...ends: readonly ReturnType<typeof layer>[]) =>
    loadKeras(modelJson(sequentialOf(lstm, layer("Dense", "out", { units: 6 }), ...ends), own), bytesOf(own));
  using plain = load();
  using cut = load(layer("Reshape", "horizon", { target_shape: [3, 2] }));
  const { data, shape } = cut.predictBatch(x);
  expect(shape).toEqual([x.shape[0], 6]);
  expectSameBits(data, plain.predictBatch(x).data, "one row");
});

test("a Reshape of rows that are no longer the same is refused", () => {
  const lstm = layer("LSTM", "lstm", { ...lstmOptions, return_sequences: false });
  const dense = layer("Dense", "out", { units: 2 });
  for (const layers of [
    [lstm, layer("Reshape", "r", { target_shape: [1, 3] }), dense],
    [layer("LSTM", "lstm", lstmOptions), layer("Reshape", "r", { target_shape: [-1] }), dense],
    [lstm, layer("Reshape", "r"), dense],
  ] as const)
    expect(() => loadKeras(sequentialOf(...layers), new Map())).toThrow(
      "r (Reshape): it makes other rows of its input",
    );
});

describe("layer normalisation of Keras", () => {
  /** Sums of four float32 terms below 2. */
  const TOLERANCE = 2e-6;
  const own = [...denseWeights("in", 2, 4), written("norm/gamma", 4), written("norm/beta", 4)];

  test("has its epsilon, its gain and its shift, at every step", () => {
    const options = {
      axis: [2],
      epsilon: 0.01,
      center: true,
      scale: true,
      rms_scaling: false,
      gamma_regularizer: null,
    };
    const file = modelJson(
      sequentialOf(layer("Dense", "in", { units: 4 }), layer("LayerNormalization", "norm", options)),
      own,
    );
    using loaded = loadKeras(file, bytesOf(own));
    using before = loadKeras(
      modelJson(sequentialOf(layer("Dense", "in", { units: 4 })), own.slice(0, 2)),
      bytesOf(own.slice(0, 2)),
    );
    const [gamma, beta] = own.slice(2).map(({ values }) => values) as [Float32Array, Float32Array];
    const { data } = before.predictBatch(x);
    const found = loaded.predictBatch(x).data;
    for (let row = 0; row < data.length; row += 4) {
      const values = [...data.subarray(row, row + 4)];
      const mean = values.reduce((a, b) => a + b) / 4;
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4 + 0.01);
      values.forEach((value, at) => {
        const wanted = ((value - mean) / deviation) * (gamma[at] as number) + (beta[at] as number);
        expect(Math.abs((found[row + at] as number) - wanted)).toBeLessThan(TOLERANCE);
      });
    }
  });

  test("without a shift, on one row a sequence, with its default epsilon", () => {
    const weights = [...recurrentWeights("lstm", 2, 3, 4), written("norm/gamma", 3)];
    const options = { axis: 1, center: false };
    const network = sequentialOf(
      layer("LSTM", "lstm", { ...lstmOptions, return_sequences: false }),
      layer("LayerNormalization", "norm", options),
    );
    using loaded = loadKeras(modelJson(network, weights), bytesOf(weights));
    expect(JSON.stringify(loaded.model.specification)).toContain('"epsilon":0.001,"bias":false');
    expect(loaded.predictBatch(x).shape).toEqual([3, 3]);
  });

  test("over other axes, or without its gain, is refused", () => {
    for (const [options, text] of [
      [{ axis: [1, 2] }, "option axis must be -1, found [1,2]"],
      [{ axis: 1 }, "option axis must be -1, found 1"],
      [{ scale: false }, "without its scale it is not read"],
      [{ rms_scaling: true }, "option rms_scaling is not read"],
    ] as const) {
      const network = sequentialOf(layer("Dense", "in", { units: 4 }), layer("LayerNormalization", "norm", options));
      expect(() => loadKeras(modelJson(network, own), bytesOf(own))).toThrow(text);
    }
  });
});
