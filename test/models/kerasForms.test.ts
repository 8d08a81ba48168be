import { describe, expect, test } from "vitest";
import {
  exportWeights,
  gru,
  importWeights,
  loadKeras,
  Model,
  readSafetensors,
  sequential,
  Tensor,
  writeSafetensors,
} from "../../src/index.js";
import { kerasInputs, shardsOf } from "../parity/kerasModels.js";
import { expectSameBits } from "../properties/bits.js";
import { caseEntries, ReferenceCase } from "../support/fixtures.js";
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
  type Written,
  written,
  x,
} from "./kerasFiles.js";

const cases = caseEntries.filter(({ kind }) => kind === "keras_models");
const tensorOf = ({ values, shape }: Written) => new Tensor(values, [...shape]);

/** The topology's keys in camelCase; values stay. */
function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, each]) => [
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    camelCased(each),
  ]);
  return Object.fromEntries(entries);
}

describe("the forms of model.json", () => {
  test.each(cases)("$id: text, bytes, object and camelCase say the same", (entry) => {
    const reference = new ReferenceCase(entry);
    const bytes = reference.model();
    const text = new TextDecoder().decode(bytes);
    const shards = shardsOf(reference, bytes);
    const inputs = kerasInputs(reference);
    using whole = loadKeras(bytes, shards);
    const wanted = whole.predictBatch(...inputs).data;
    for (const form of [
      text,
      Uint8Array.from(bytes).buffer,
      JSON.parse(text),
      camelCased(JSON.parse(text)) as object,
    ]) {
      using keras = loadKeras(form, shards);
      expectSameBits(keras.predictBatch(...inputs).data, wanted, "prediction");
    }
  });

  const weights = [...recurrentWeights("lstm", 2, 3, 4), ...denseWeights("out", 3, 2)];
  const layers = [
    layer("LSTM", "lstm", lstmOptions),
    layer("Dense", "out", { units: 2, activation: "softmax" }),
  ] as const;
  const model = sequentialOf(...layers);
  const wanted = () => {
    using keras = loadKeras(modelJson(model, weights), bytesOf(weights));
    return keras.predictBatch(x).data;
  };

  test("converted from Python: the model under model_config, cells in the names of weights", () => {
    const names = weights.map((each) => ({
      ...each,
      name: `model/${each.name.replace("lstm/", "lstm/lstm_cell_1/")}:0`,
    }));
    const topology = { keras_version: "2.11.0", backend: "tensorflow", model_config: model };
    using keras = loadKeras(modelJson(topology, names), bytesOf(names));
    expectSameBits(keras.predictBatch(x).data, wanted(), "prediction");
  });

  test("Keras's own JSON, and weights by name", () => {
    const tensors = new Map(weights.map((each) => [each.name, tensorOf(each)]));
    using byName = loadKeras(JSON.stringify(model), tensors);
    using fromFile = loadKeras(JSON.stringify(model), readSafetensors(writeSafetensors(tensors)));
    using fromTable = loadKeras(JSON.stringify(model), Object.fromEntries(tensors));
    for (const keras of [byName, fromFile, fromTable])
      expectSameBits(keras.predictBatch(x).data, wanted(), "prediction");
  });

  test("older files list the layers of a Sequential model at once; Sequential ones may stand inside", () => {
    const list = { class_name: "Sequential", config: (model as { config: { layers: object[] } }).config.layers };
    const nested = { class_name: "Sequential", config: { name: "outer", layers: [list] } };
    const start = layer("InputLayer", "start", { batch_shape: [null, null, 2] });
    const inner = { class_name: "Sequential", config: { name: "inner", layers: [start, ...layers] } };
    const twice = { class_name: "Sequential", config: { name: "outer", layers: [start, inner] } };
    for (const form of [list, nested, twice]) {
      using keras = loadKeras(modelJson(form, weights), bytesOf(weights));
      expectSameBits(keras.predictBatch(x).data, wanted(), "prediction");
    }
  });

  test("Keras 3: types as policies, tensors with their history, states among the options of a call", () => {
    const tensor = (name: string, index = 0) => ({
      class_name: "__keras_tensor__",
      config: { shape: [null, null, 2], dtype: "float32", keras_history: [name, 0, index] },
    });
    const policy = { module: "keras", class_name: "DTypePolicy", config: { name: "float32" } };
    const own = { ...lstmOptions, dtype: policy, seed: null, zero_output_for_mask: false };
    const reading = (of: ReturnType<typeof layer>, args: unknown[], kwargs: object) => ({
      ...of,
      inbound_nodes: [{ args, kwargs }],
    });
    const form = functionalOf(
      ["in"],
      "top",
      layer("InputLayer", "in", { batch_shape: [null, null, 2], dtype: "float32", sparse: false, optional: false }),
      reading(layer("LSTM", "first", { ...own, return_state: true }), [tensor("in")], { training: false, mask: null }),
      reading(layer("LSTM", "top", own), [tensor("in")], {
        training: false,
        mask: null,
        initial_state: [tensor("first", 1), tensor("first", 2)],
      }),
    );
    const flat = { ...form, config: { ...(form as { config: object }).config, output_layers: ["top", 0, 0] } };
    const both = [...recurrentWeights("first/lstm_cell", 2, 3, 4), ...recurrentWeights("top/lstm_cell", 2, 3, 4)];
    const old = functionalOf(
      ["in"],
      "top",
      input("in", null, 2),
      called(layer("LSTM", "first", { ...lstmOptions, return_state: true }), ["in", 0, 0, {}]),
      called(layer("LSTM", "top", lstmOptions), ["in", 0, 0, {}], ["first", 0, 1, {}], ["first", 0, 2, {}]),
    );
    const asOption = functionalOf(
      ["in"],
      "top",
      input("in", null, 2),
      called(layer("LSTM", "first", { ...lstmOptions, return_state: true }), ["in", 0, 0, {}]),
      called(layer("LSTM", "top", lstmOptions), [
        "in",
        0,
        0,
        {
          initial_state: [
            ["first", 0, 1],
            ["first", 0, 2],
          ],
        },
      ]),
    );
    using plain = loadKeras(modelJson(old, both), bytesOf(both));
    for (const each of [flat, asOption]) {
      using keras = loadKeras(modelJson(each, both, { keras_version: "3.4.1" }), bytesOf(both));
      expectSameBits(keras.predictBatch(x).data, plain.predictBatch(x).data, "prediction");
    }
  });

  test("one initial state alone, which no list holds", () => {
    const gru = (name: string) => layer("GRU", name, { ...lstmOptions, return_state: true });
    const keras3 = { class_name: "__keras_tensor__", config: { keras_history: ["first", 0, 1] } };
    const topology = (...nodes: unknown[]) =>
      functionalOf(["in"], "top", input("in", null, 2), called(gru("first"), ["in", 0, 0, {}]), {
        ...gru("top"),
        inbound_nodes: nodes,
      });
    const both = [...recurrentWeights("first", 2, 3, 3), ...recurrentWeights("top", 2, 3, 3)];
    const args = [{ class_name: "__keras_tensor__", config: { keras_history: ["in", 0, 0] } }];
    using listed = loadKeras(
      modelJson(
        topology([
          ["in", 0, 0, {}],
          ["first", 0, 1, {}],
        ]),
        both,
      ),
      bytesOf(both),
    );
    for (const node of [
      { args, kwargs: { initial_state: keras3 } },
      [["in", 0, 0, { initial_state: ["first", 0, 1] }]],
    ]) {
      using keras = loadKeras(modelJson(topology(node), both), bytesOf(both));
      expect(keras.networks.map(({ begins }) => begins.length)).toEqual([0, 1]);
      expectSameBits(keras.predictBatch(x).data, listed.predictBatch(x).data, "prediction");
    }
  });

  test("from version 3 on the hard sigmoid is max(0, min(1, x / 6 + 0.5))", () => {
    const options = { ...lstmOptions, recurrent_activation: "hard_sigmoid" };
    const own = recurrentWeights("lstm", 2, 3, 4);
    const of = (version: string) =>
      loadKeras(
        modelJson({ ...sequentialOf(layer("LSTM", "lstm", options)), keras_version: version }, own),
        bytesOf(own),
      );
    const config = (version: string) => {
      using keras = of(version);
      return JSON.stringify(keras.model.specification);
    };
    expect(config("2.15.0")).toContain('"gateActivation":"hardSigmoid"');
    expect(config("tfjs-layers 4.22.0")).toContain('"gateActivation":"hardSigmoid"');
    expect(config("3.0.0")).toContain('"alpha":0.16666666666666666,"beta":0.5');
    const unsaid = (shape: string, more: object) => {
      const lstm = { ...layer("LSTM", "lstm", { ...options, [shape]: [null, null, 2] }), ...more };
      using keras = loadKeras(
        { class_name: "Sequential", config: { layers: [lstm] } },
        new Map(own.map((each) => [each.name, tensorOf(each)])),
      );
      return JSON.stringify(keras.model.specification);
    };
    expect(unsaid("batch_shape", { module: "keras.layers" })).toContain('"alpha":0.16666666666666666');
    expect(unsaid("batch_shape", { registered_name: null })).toContain('"alpha":0.16666666666666666');
    expect(unsaid("batch_input_shape", { module: "keras.layers" })).toContain('"gateActivation":"hardSigmoid"');
    expect(unsaid("batch_shape", {})).toContain('"gateActivation":"hardSigmoid"');
  });

  test("a GRU with reset_after has two biases and acts after the product", () => {
    const own = [...recurrentWeights("gru", 2, 3, 3).slice(0, 2), written("gru/bias", 2, 9)];
    const topology = sequentialOf(layer("GRU", "gru", { ...lstmOptions, reset_after: true }));
    using keras = loadKeras(modelJson(topology, own), bytesOf(own));
    using model = new Model(sequential(gru(3, { name: "gru" })), { inputSize: 2 });
    importWeights(model, new Map(own.map((each) => [each.name, tensorOf(each)])), { from: "keras" });
    expectSameBits(keras.predictBatch(x).data, model.predictBatch(x).data, "prediction");
  });

  test("layers of cuDNN have the activations of others, and turned kernels", () => {
    const own = [...recurrentWeights("gru", 2, 3, 3).slice(0, 2), written("gru/bias", 18)];
    const topology = sequentialOf(layer("CuDNNGRU", "gru", { units: 3, return_sequences: true, stateful: false }));
    using keras = loadKeras(modelJson(topology, own), bytesOf(own));
    using model = new Model(sequential(gru(3, { name: "gru" })), { inputSize: 2 });
    importWeights(model, new Map(own.map((each) => [each.name, tensorOf(each)])), { from: "keras" });
    expectSameBits(keras.predictBatch(x).data, model.predictBatch(x).data, "prediction");
  });

  test("a layer's name may be one that the names of weights are made of", () => {
    for (const name of ["forward_lstm", "lstm_cell", "7", "block.one two"]) {
      const own = recurrentWeights(`model/${name}`, 2, 3, 4);
      using keras = loadKeras(modelJson(sequentialOf(layer("LSTM", name, lstmOptions)), own), bytesOf(own));
      const bias = exportWeights(keras.model, { to: "keras" });
      expect([...bias.values()].map(({ data }) => data[0])).toContain(own[2]?.values[0]);
    }
  });

  test("a model may be called like one of its layers", () => {
    const named = (model: string) => [
      ...recurrentWeights(`${model}/lstm`, 2, 3, 4),
      ...denseWeights(`${model}/classifier`, 3, 2),
    ];
    const topology = sequentialOf(
      layer("LSTM", "lstm", lstmOptions),
      layer("Dense", "classifier", { units: 2, use_bias: true }),
    );
    const load = (of: readonly Written[]) => loadKeras(modelJson(topology, of), bytesOf(of));
    const own = named("classifier");
    using keras = load(own);
    using plain = load(named("model").map((each, at) => ({ ...each, values: (own[at] as Written).values })));
    expectSameBits(keras.predictBatch(x).data, plain.predictBatch(x).data, "prediction");
  });

  test("a backward layer that is written out must mirror the forward one, and may be called otherwise", () => {
    const own = ["forward_a/lstm_cell", "backward_b/lstm_cell"].flatMap((side) =>
      recurrentWeights(`both/${side}`, 2, 3, 4),
    );
    const sides = [
      layer("LSTM", "forward_a", lstmOptions),
      layer("LSTM", "backward_b", { ...lstmOptions, go_backwards: true }),
    ];
    const topology = (backward_layer?: object) =>
      sequentialOf(
        layer("Bidirectional", "both", {
          merge_mode: "concat",
          layer: sides[0],
          ...(backward_layer && { backward_layer }),
        }),
      );
    using alone = loadKeras(modelJson(topology(), own), bytesOf(own));
    using both = loadKeras(modelJson(topology(sides[1]), own), bytesOf(own));
    expectSameBits(both.predictBatch(x).data, alone.predictBatch(x).data, "prediction");
  });
});
