import { describe, expect, test } from "vitest";
import { FormatError, loadKeras, type Tensor } from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";
import { layer, lstmOptions, sequentialOf } from "./kerasFiles.js";
import { cell, expectKeras, masking, model, node, rows, tensor, weightsOf } from "./kerasGraphs.js";

const options = { ...lstmOptions, units: 2 };
const last = { ...options, return_sequences: false };
const norm = (path: string, ...parts: readonly string[]) =>
  (parts.length === 0 ? ["gamma", "beta", "moving_mean", "moving_variance"] : parts).map(
    (part) => [`${path}/${part}`, 2] as [string, ...number[]],
  );
const kernel = (path: string) => [`${path}/kernel`, 2, 2] as [string, ...number[]];
/** As files of Keras 3 write it. */
const shared = {
  axis: -1,
  momentum: 0.99,
  epsilon: 0.001,
  synchronized: false,
  renorm: false,
  renorm_clipping: null,
  renorm_momentum: 0.99,
};
const plain = { ...shared, center: true, scale: true };

const resetAfter = { ...options, reset_after: true };
const inner = (of: object) => layer("BatchNormalization", "inner", { ...of });

describe("a normalisation by moving statistics is taken in", () => {
  test("by recurrent layers and a dense one behind it, past masks, dropout and a mean", () => {
    const masked = { mask: tensor("any") };
    const stack = model(
      ["x"],
      "d",
      ...masking,
      node("BatchNormalization", "n", ["m"], plain, masked),
      node("LSTM", "a", ["n"], options, masked),
      node("Dropout", "r", ["a"], { rate: 0.2 }),
      node("BatchNormalization", "o", ["r"], { ...plain, epsilon: 0.01 }, masked),
      node("Bidirectional", "b", ["o"], { merge_mode: "sum", layer: layer("GRU", "g", resetAfter) }, masked),
      node("BatchNormalization", "p", ["b"], plain, masked),
      node("GlobalAveragePooling1D", "q", ["p"], {}, masked),
      node("Dense", "d", ["q"], { units: 2, activation: "softmax" }),
    );
    const weights = weightsOf(
      ...norm("n"),
      ...cell("a/lstm_cell", 2, 4),
      ...norm("o"),
      ...cell("b/forward_g/gru_cell", 2, 3, 2),
      ...cell("b/backward_g/gru_cell", 2, 3, 2),
      ...norm("p"),
      kernel("d"),
      ["d/bias", 2],
    );
    expectKeras(stack, weights, [rows], [0.5735022, 0.42649788, 0.57436335, 0.4256366]);
  });

  test("by a dense layer before it, which gets a bias where it has none", () => {
    const stack = model(
      ["x"],
      "o",
      node("TimeDistributed", "d", ["x"], { layer: layer("Dense", "dense", { units: 2, use_bias: false }) }),
      node("BatchNormalization", "n", ["d"], { ...plain, axis: [2] }),
      node("Activation", "f", ["n"], { activation: "relu" }),
      node("TimeDistributed", "t", ["f"], { layer: inner({ ...shared, axis: [1], center: true, scale: false }) }),
      node("Dense", "e", ["t"], { units: 2, use_bias: false }),
      node("Dropout", "r", ["e"], { rate: 0.1 }),
      node("BatchNormalization", "o", ["r"], { ...shared, center: false, scale: true }),
    );
    const weights = weightsOf(
      kernel("d/dense"),
      ...norm("n"),
      ...norm("t/inner", "beta", "moving_mean", "moving_variance"),
      kernel("e"),
      ...norm("o", "gamma", "moving_mean", "moving_variance"),
    );
    expectKeras(
      stack,
      weights,
      [rows],
      [
        0.17801648, 0.18902788, 1.2647058, 0.9514849, 1.0533528, 0.8068806, 1.2647058, 0.9514849, 1.2647058, 0.9514849,
        0.1414808, 0.1855202, 1.7598572, 1.2915239, 0.4767779, 0.4041805,
      ],
    );
    using keras = loadKeras(stack, weights);
    expect(keras.model.parameters.map(({ name }) => name)).toEqual(["d.weight", "d.bias", "e.weight", "e.bias"]);
  });
});

describe("refused is a normalisation", () => {
  const given = layer("BatchNormalization", "n", plain);
  const refused = (text: string, ...layers: readonly ReturnType<typeof layer>[]) =>
    expectRefusal(() => loadKeras(sequentialOf(...layers), new Map<string, Tensor>()), FormatError, text);
  const lstm = layer("LSTM", "a", options);

  test("that no weights can take in", () => {
    const text = "n (BatchNormalization): no weights can take it in";
    refused(text, lstm, given);
    refused(text, lstm, given, layer("Activation", "f", { activation: "relu" }), layer("Dense", "d", { units: 2 }));
    refused(text, lstm, given, layer("GlobalMaxPooling1D", "m"), layer("Dense", "d", { units: 2 }));
    refused(text, layer("Dense", "d", { units: 2, activation: "relu" }), given);
    refused(text, lstm, given, layer("BatchNormalization", "o", plain), layer("LSTM", "b", last));
  });

  test("before ways that part, at the end of one, or before a mask", () => {
    const text = "n (BatchNormalization): no weights can take it in";
    const way = (...layers: readonly object[]) => model(["x"], "s", ...layers);
    const before = way(
      node("BatchNormalization", "n", ["x"], plain),
      node("LSTM", "a", ["n"], options),
      node("Add", "s", ["n", "a"]),
    );
    const behind = way(
      node("LSTM", "a", ["x"], options),
      node("BatchNormalization", "n", ["a"], plain),
      node("Add", "s", ["x", "n"]),
    );
    for (const each of [before, behind]) expectRefusal(() => loadKeras(each, new Map()), FormatError, text);
    refused(
      "m (Masking): it masks what is not the input itself",
      given,
      layer("Masking", "m", { mask_value: 0 }),
      lstm,
    );
  });

  test("over another axis, or before a recurrent layer that has no bias", () => {
    refused("option axis must be -1, found 1", lstm, layer("BatchNormalization", "n", { ...plain, axis: 1 }));
    refused(
      "b (LSTM): without bias it is not read behind a BatchNormalization",
      given,
      layer("LSTM", "b", { ...last, use_bias: false }),
    );
  });

  test("without statistics, with too many, or with such that nothing can be divided by", () => {
    const network = sequentialOf(given, layer("LSTM", "a", last));
    const all = weightsOf(...norm("n"), ...cell("a", 2, 4));
    for (const part of ["gamma", "beta", "moving_mean", "moving_variance"]) {
      const without = new Map([...all].filter(([name]) => name !== `n/${part}`));
      expectRefusal(() => loadKeras(network, without), FormatError, `the weights lack ${part} of "n"`);
    }
    const centered = layer("BatchNormalization", "n", { ...plain, scale: false });
    const unscaled = sequentialOf(centered, layer("LSTM", "a", last));
    expectRefusal(() => loadKeras(unscaled, all), FormatError, 'left over: "n/gamma"');
    const wide = weightsOf(...norm("n").map(([name]) => [name, 3] as [string, number]), ...cell("a", 2, 4));
    expectRefusal(() => loadKeras(network, wide), FormatError, '"n" has 3 features, "a" has 2 there');
    const uneven = new Map([...all, ...weightsOf(["n/beta", 3])]);
    expectRefusal(() => loadKeras(network, uneven), FormatError, "not of one length");
    (all.get("n/moving_variance") as Tensor).data[1] = -1;
    expectRefusal(() => loadKeras(network, all), FormatError, "no numbers to scale by");
  });
});
