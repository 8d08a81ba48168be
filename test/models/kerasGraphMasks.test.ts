import { describe, expect, test } from "vitest";
import { loadKeras, Tensor } from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { layer, lstmOptions } from "./kerasFiles.js";
import { cell, dense, embedding, expectKeras, masking, model, node, rows, tensor, weightsOf } from "./kerasGraphs.js";

const table = ["e/embeddings", 5, 2] as [string, ...number[]];

const tokens = new Tensor(Float32Array.of(1, 2, 0, 3, 0, 0, 0, 4, 4, 2, 1, 0), [2, 6]);
const options = { ...lstmOptions, units: 2 };
const masked = (mask: string) => ({ mask: tensor(mask) });
const both = (inner: object, mode: string) => ({ merge_mode: mode, layer: inner });

describe("masks that Keras 3 lists as operations are those of their layers", () => {
  test("a tagger, whose steps repeat the state where they are masked", () => {
    const inner = layer("Dense", "dense", { units: 2, activation: "softmax" });
    const tagger = model(
      ["t"],
      "d",
      ...embedding,
      node("LSTM", "a", ["e"], options, masked("n")),
      node("TimeDistributed", "d", ["a"], { layer: inner }, masked("n")),
    );
    const weights = weightsOf(table, ...cell("a/lstm_cell", 2, 4), ...dense("d/dense"));
    expectKeras(
      tagger,
      weights,
      [tokens],
      [
        0.561964571, 0.438035399, 0.556132555, 0.443867385, 0.556132555, 0.443867385, 0.552445173, 0.447554857,
        0.552445173, 0.447554857, 0.552445173, 0.447554857, 0.572979987, 0.427020043, 0.558862388, 0.441137642,
        0.55295682, 0.447043151, 0.551380873, 0.448619157, 0.549951434, 0.450048625, 0.549951434, 0.450048625,
      ],
    );
  });

  test("an encoder and a decoder, which gets states but no mask", () => {
    const decoder = model(
      ["x", "t"],
      "d",
      ...masking,
      ...embedding.filter(({ name }) => name !== "n"),
      node("LSTM", "a", ["m"], { ...options, return_sequences: false, return_state: true }, masked("any")),
      node("LSTM", "b", ["e"], options, { initial_state: [tensor("a", 1), tensor("a", 2)] }),
      node("Dense", "d", ["b"], { units: 2 }),
    );
    const weights = weightsOf(table, ...cell("a/lstm_cell", 2, 4), ...cell("b/lstm_cell", 2, 4), ...dense("d"));
    expectKeras(
      decoder,
      weights,
      [rows, tokens],
      [
        -0.415657997, -0.469625086, -0.428874969, -0.48098737, -0.44880262, -0.500448942, -0.445916921, -0.498022914,
        -0.459702492, -0.511940777, -0.469525695, -0.523134828, -0.413925946, -0.466924489, -0.441919804, -0.494306087,
        -0.453061104, -0.505050063, -0.445646048, -0.497782648, -0.442899615, -0.494260371, -0.457894444, -0.510086298,
      ],
    );
  });

  test("both directions and the mean of what counts", () => {
    const inner = layer("GRU", "g", { ...options, reset_after: true });
    const pooled = model(
      ["x"],
      "p",
      ...masking,
      node("Bidirectional", "b", ["m"], both(inner, "concat"), masked("any")),
      node("GlobalAveragePooling1D", "p", ["b"], {}, masked("any")),
    );
    const sides = ["forward", "backward"].flatMap((side) => cell(`b/${side}_g/gru_cell`, 2, 3, 2));
    expectKeras(
      pooled,
      weightsOf(...sides),
      [rows],
      [0.0531737469, -0.0935132354, -0.364995301, -0.348187923, -0.263997763, -0.35760358, -0.326170146, -0.266077846],
    );
  });

  test("both directions under a last state", () => {
    const summed = model(
      ["t"],
      "a",
      ...embedding,
      node("Bidirectional", "b", ["e"], both(layer("LSTM", "g", options), "sum"), masked("n")),
      node("LSTM", "a", ["b"], { ...options, return_sequences: false }, masked("n")),
    );
    const sides = ["forward", "backward"].flatMap((side) => cell(`b/${side}_g/lstm_cell`, 2, 4));
    const weights = weightsOf(table, ...sides, ...cell("a/lstm_cell", 2, 4));
    expectKeras(summed, weights, [tokens], [0.0268240515, 0.127742425, 0.0301133357, 0.136008739]);
  });

  test("behind Add and Concatenate, which make one mask of several", () => {
    const each = (from: string, number: number) => [
      node("ExpandDims", `w${number}`, ["or"], { axis: -1 }),
      node("ZerosLike", `z${number}`, [from], { dtype: "bool" }),
      node("LogicalOr", `l${number}`, [`w${number}`, `z${number}`]),
    ];
    const joined = model(
      ["x"],
      "d",
      ...masking,
      node("LSTM", "a", ["m"], options, masked("any")),
      node("LSTM", "b", ["a"], options, masked("any")),
      node("Add", "s", ["a", "b"]),
      node("LogicalOr", "or", ["any", "any"]),
      node("LSTM", "c", ["s"], options, masked("or")),
      ...each("s", 1),
      ...each("c", 2),
      node("Concatenate", "wide", ["l1", "l2"], { axis: -1 }),
      node("Concatenate", "k", ["s", "c"]),
      node("Any", "any_3", ["wide"], { axis: -1, keepdims: false }),
      node("SimpleRNN", "d", ["k"], { units: 2, activation: "tanh", use_bias: true }, masked("any_3")),
    );
    const cells = ["a", "b", "c"].flatMap((name) => cell(`${name}/lstm_cell`, 2, 4));
    const weights = weightsOf(...cells, ...cell("d/simple_rnn_cell", 4, 1));
    expectKeras(joined, weights, [rows], [0.0254365448, 0.0682896376, -0.178306639, -0.014943976]);
  });

  test("of numbers that mixed precision casts first", () => {
    const [compared, ...others] = masking;
    const cast = [
      node("Cast", "c", ["x"], { dtype: "float16" }),
      { ...compared, inbound_nodes: [{ args: [tensor("c"), 0.5], kwargs: {} }] },
    ];
    const load = (...first: readonly object[]) =>
      loadKeras(
        model(["x"], "a", ...first, ...others, node("LSTM", "a", ["m"], options, masked("any"))),
        weightsOf(...cell("a", 2, 4)),
      );
    using plain = load(compared as object);
    using mixed = load(...cast);
    expectSameBits(mixed.predictBatch(rows).data, plain.predictBatch(rows).data, "prediction");
    expect(mixed.networks[0]?.maskValue).toBe(0.5);
  });
});
