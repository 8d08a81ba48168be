import { describe, expect, test } from "vitest";
import { keras } from "../../src/formats/keras.js";
import {
  type Activation,
  bidirectional,
  elman,
  gru,
  importWeights,
  type Layer,
  lstm,
  Model,
  type RecurrentOptions,
  sequential,
  Tensor,
} from "../../src/index.js";
import { tensorDifference } from "../support/compare.js";
import { caseEntries, ReferenceCase } from "../support/fixtures.js";
import { distinct, distinctAll, messageOf, values } from "./weights.js";

const hardSigmoid: Activation = { type: "hardSigmoid", alpha: 0.2, beta: 0.5 };
const activationOf = (name: unknown): Activation => (name === "hardSigmoid" ? hardSigmoid : (name as Activation));

/** The layer that a case's configuration describes, in Keras's words. */
function layerOf({ config }: ReferenceCase): Layer {
  const { cell, units, activation, recurrentActivation, useBias, goBackwards, mergeMode } = config;
  const common: RecurrentOptions = { bias: useBias === true, direction: goBackwards === true ? "reverse" : "forward" };
  const [inner, gateActivation] = [activationOf(activation), activationOf(recurrentActivation)];
  const makers: Readonly<Record<string, () => Layer>> = {
    simple_rnn: () => elman(units as number, { ...common, activation: inner }),
    gru: () => gru(units as number, { ...common, reset: "before", gateActivation, candidateActivation: inner }),
    lstm: () =>
      lstm(units as number, { ...common, gateActivation, candidateActivation: inner, outputActivation: inner }),
  };
  const one = makers[cell as string]();
  if (config.bidirectional !== true) return one;
  const merge = mergeMode === "ave" ? "average" : (mergeMode as "concat" | "mul" | "sum");
  return bidirectional(one, { merge });
}

/** Cases whose output is a plain prediction: every step, in the order of time, from a state of zero. */
const plain = caseEntries.filter(({ kind, config }) => {
  const { has_mask, has_initial_state, stateful, returnSequences, goBackwards, mergeMode } = config;
  const isPlain = ![has_mask, has_initial_state, stateful, goBackwards].includes(true) && mergeMode !== null;
  return kind === "keras" && isPlain && returnSequences === true;
});

describe("importWeights from Keras gives Keras's outputs", () => {
  test("there are such cases", () => expect(plain.length).toBeGreaterThan(0));

  test.each(plain)("$id", (entry) => {
    const reference = new ReferenceCase(entry);
    const tensor = (name: string) => new Tensor(Float32Array.from(reference.values(name)), reference.shape(name));
    const names = [...reference.tensors.keys()].filter((name) =>
      /^(forward\.|backward\.)?(kernel|recurrent_kernel|bias)$/.test(name),
    );
    using model = new Model(layerOf(reference), { inputSize: reference.shape("x")[2] });
    importWeights(model, new Map(names.map((name) => [name, tensor(name)])), { from: "keras" });
    const output = model.predictBatch(tensor("x"));
    expect(tensorDifference(output.data, reference.values("output"))).toBeLessThanOrEqual(reference.allowed("value"));
  });
});

describe("Keras's names", () => {
  test.each([
    ["lstm/kernel", "lstm", false, "kernel"],
    ["lstm_1/lstm_cell_3/recurrent_kernel:0", "lstm_1", false, "recurrent_kernel"],
    ["lstm_1/lstm_1/kernel:0", "lstm_1", false, "kernel"],
    ["bidirectional/forward_lstm/lstm_cell/bias:0", "bidirectional", false, "bias"],
    ["bidirectional/backward_lstm/lstm_cell/bias:0", "bidirectional", true, "bias"],
    ["backward_gru_2/kernel", "gru_2", true, "kernel"],
    ["backward.recurrent_kernel", "", true, "recurrent_kernel"],
    ["rnn_1_recurrent_kernel", "rnn_1", false, "recurrent_kernel"],
    ["encoder/simple_rnn/simple_rnn_cell/kernel", "encoder.simple_rnn", false, "kernel"],
    ["recurrent_kernel", "", false, "recurrent_kernel"],
  ])("%s", (name, module, isReverse, part) => {
    expect(keras.parse(name)).toEqual({ module, isReverse, index: 0, part });
  });

  test("say nothing where they are not Keras's", () => expect(keras.parse("rnn.weight_ih_l0")).toBeUndefined());

  test("stacks are taken in the order of their numbers", () => {
    const shapes = (layer: string) => ({
      [`${layer}/kernel`]: [3, 3],
      [`${layer}/recurrent_kernel`]: [3, 3],
      [`${layer}/bias`]: [3],
    });
    const tensors = distinctAll({ ...shapes("simple_rnn_10"), ...shapes("simple_rnn"), ...shapes("simple_rnn_2") });
    using model = new Model(sequential(elman(3), elman(3), elman(3)), { inputSize: 3 });
    importWeights(model, tensors, { from: "keras" });
    const found = [0, 1, 2].map((layer) => values(model, `${layer}.bias_ih_l0`)[0]);
    expect(found).toEqual(
      ["simple_rnn", "simple_rnn_2", "simple_rnn_10"].map((layer) => tensors[`${layer}/bias`].data[0]),
    );
  });
});

describe("Keras's biases", () => {
  const kernels = { "gru/kernel": distinct([2, 9]), "gru/recurrent_kernel": distinct([3, 9], 500) };

  test("one becomes the input bias, two rows are kept apart", () => {
    using before = new Model(gru(3, { reset: "before" }), { inputSize: 2 });
    importWeights(before, { ...kernels, "gru/bias": distinct([9]) }, { from: "keras" });
    // z, r, h become r, z, n.
    expect([...values(before, "bias_ih_l0")].map((value) => value * 64)).toEqual([4, 5, 6, 1, 2, 3, 7, 8, 9]);
    expect([...values(before, "bias_hh_l0")]).toEqual(new Array(9).fill(0));
    using after = new Model(gru(3), { inputSize: 2 });
    importWeights(after, { ...kernels, "gru/bias": distinct([2, 9]) }, { from: "keras" });
    expect([...values(after, "bias_hh_l0")].map((value) => value * 64)).toEqual([13, 14, 15, 10, 11, 12, 16, 17, 18]);
  });

  test("tell where the reset gate acts, and a layer of the other kind is refused", () => {
    using before = new Model(gru(3, { reset: "before" }), { inputSize: 2 });
    using after = new Model(gru(3), { inputSize: 2 });
    const one = messageOf(() => importWeights(after, { ...kernels, "gru/bias": distinct([9]) }, { from: "keras" }));
    expect(one).toContain(
      'has shape [9], gru(3) needs [2, 9]: such a file\'s reset gate acts before the product, which is { reset: "before" } here',
    );
    const two = messageOf(() => importWeights(before, { ...kernels, "gru/bias": distinct([2, 9]) }, { from: "keras" }));
    expect(two).toContain('{ reset: "after" } here');
  });

  test("in one flat row are CuDNN's, whose kernels are turned too", () => {
    const [units, inputs] = [3, 2];
    const matrix = (block: number, inner: number) => distinct([units, inner], 1 + 100 * block);
    /** cuDNN's matrices [units, inner] of each block, stored as columns of [inner, blocks · units]. */
    const stored = (inner: number, isTurned: boolean): Tensor => {
      const data = new Float32Array(inner * 4 * units);
      for (let block = 0; block < 4; block++) {
        const { data: source } = matrix(block + (isTurned ? 0 : 4), inner);
        // Keras stores the numbers of [units, inner] as they lie, as if they were [inner, units].
        source.forEach((value, index) => {
          data[Math.floor(index / units) * 4 * units + block * units + (index % units)] = value;
        });
      }
      return new Tensor(data, [inner, 4 * units]);
    };
    using model = new Model(lstm(units), { inputSize: inputs });
    const tensors = {
      kernel: stored(inputs, true),
      recurrent_kernel: stored(units, false),
      bias: distinct([8 * units]),
    };
    importWeights(model, tensors, { from: "keras" });
    const block = (inner: number, from: number) =>
      [0, 1, 2, 3].flatMap((index) => [...matrix(from + index, inner).data]);
    expect([...values(model, "weight_ih_l0")]).toEqual(block(inputs, 0));
    expect([...values(model, "weight_hh_l0")]).toEqual(block(units, 4));
    expect(values(model, "bias_ih_l0")[0] * 64).toBe(1);
    expect(values(model, "bias_hh_l0")[0] * 64).toBe(1 + 4 * units);
  });
});
