import { describe, expect, test } from "vitest";
import { FormatError, loadKeras } from "../../src/index.js";
import { messageOf } from "../formats/weights.js";
import {
  bytesOf,
  called,
  functionalOf,
  input,
  layer,
  lstmOptions,
  modelJson,
  recurrentWeights,
  sequentialOf,
} from "../models/kerasFiles.js";
import { expectRefused } from "./kerasRefusals.js";

describe("loadKeras names everything that is not read at once", () => {
  test("layers, options and connections", () => {
    const topology = sequentialOf(
      layer("Conv1D", "conv", { filters: 4 }),
      layer("LSTM", "lstm", { ...lstmOptions, activation: "squareplus", time_major: true, brand_new: [1, { a: 2 }] }),
      layer("GRU", "gru", { ...lstmOptions, units: "3", recurrent_activation: "softmax" }),
      layer("Bidirectional", "both", { merge_mode: null, layer: layer("Dense", "inner", { units: 2 }) }),
      layer("TimeDistributed", "each", { layer: layer("LSTM", "inner", lstmOptions) }),
      layer("Dropout", "drop", { rate: 2, noise_shape: [null, 4, 2] }),
      layer("Dense", "out", { units: 0, dtype: "float16" }),
    );
    expectRefused(
      modelJson(topology, []),
      new Uint8Array(0),
      FormatError,
      "\n  conv (Conv1D): there is no such layer here.",
      '\n  lstm (LSTM): option activation must be an activation that is known here, found "squareplus".',
      "\n  lstm (LSTM): option time_major = true is not read.",
      '\n  lstm (LSTM): option brand_new = [1,{"a":2}] is not read.',
      '\n  gru (GRU): option units must be a number, found "3".',
      '\n  gru (GRU): option recurrent_activation must be a function of each feature alone, found "softmax".',
      "\n  both (Bidirectional): option merge_mode must be ave, concat, mul, sum, found null.",
      "\n  both (Bidirectional): a Dense in both directions is not read.",
      "\n  each (TimeDistributed): a LSTM for each step is not read.",
      "\n  drop (Dropout): its noise_shape is not [batch, 1, features].",
      "\n  drop (Dropout): dropout must be between 0 and 1, received 2.",
      "\n  out (Dense): units of dense must be a whole number from 1 to 65536, received 0.",
    );
  });

  const lstm = (name: string, options: object = {}) =>
    layer("LSTM", name, { ...lstmOptions, return_state: true, ...options });
  const inputs = [input("a", null, 2), input("b", null, 2)];
  test.each([
    [
      "several outputs",
      { ...functionalOf(["a"], "l", ...inputs, called(lstm("l"), ["a", 0, 0])), class_name: "Model" },
      ["the model has 2 outputs (l, l): one is read, and states on its way"],
    ],
    [
      "a state as the output",
      functionalOf(["a"], "l", ...inputs, called(lstm("l"), ["a", 0, 0])),
      ["l state 1: it is an output of the model, but not of its last layer"],
    ],
    [
      "a state that there is not",
      functionalOf(["a"], "l", ...inputs, called(lstm("l"), ["a", 0, 0])),
      ["l state 3: it is an output of the model, but not of its last layer"],
    ],
    [
      "a layer used twice",
      functionalOf(["a"], "l", ...inputs, { ...lstm("l"), inbound_nodes: [[["a", 0, 0]], [["b", 0, 0]]] }),
      ["l (LSTM): it is used 2 times"],
    ],
    [
      "branches",
      functionalOf(
        ["a"],
        "m",
        ...inputs,
        called(lstm("l"), ["a", 0, 0]),
        called(lstm("m"), ["l", 0, 0]),
        called(lstm("n"), ["l", 0, 0]),
      ),
      ["l (LSTM): its output goes to m (LSTM) and n (LSTM)"],
    ],
    [
      "layers that join in another way",
      functionalOf(["a", "b"], "c", ...inputs, called(layer("Multiply", "c"), ["a", 0, 0], ["b", 0, 0])),
      ["c (Multiply): there is no such layer here", "c (Multiply): it reads 2 tensors"],
    ],
    [
      "a state as an input",
      functionalOf(
        ["a"],
        "d",
        ...inputs,
        called(lstm("l"), ["a", 0, 0]),
        called(layer("Dense", "d", { units: 1 }), ["l", 0, 1]),
      ),
      ['d (Dense): it reads a state of "l" as its input'],
    ],
    [
      "too few states",
      functionalOf(
        ["a", "b"],
        "m",
        ...inputs,
        called(lstm("l"), ["a", 0, 0]),
        called(lstm("m"), ["b", 0, 0], ["l", 0, 1]),
      ),
      ["m (LSTM): it reads 2 tensors, where one and 2 states can be read"],
    ],
    [
      "outputs for states",
      functionalOf(
        ["a", "b"],
        "m",
        ...inputs,
        called(lstm("l"), ["a", 0, 0]),
        called(lstm("m"), ["b", 0, 0], ["l", 0, 0], ["l", 0, 2]),
      ),
      ["m (LSTM): it begins with what is no final state"],
    ],
    [
      "states of its own chain",
      functionalOf(
        ["a"],
        "m",
        ...inputs,
        called(lstm("l"), ["a", 0, 0]),
        called(lstm("m"), ["l", 0, 0], ["l", 0, 1], ["l", 0, 2]),
      ),
      ["m (LSTM): it begins with what is no final state"],
    ],
    [
      "options of a call",
      functionalOf(["a"], "l", ...inputs, called(lstm("l"), ["a", 0, 0, { mask: ["b", 0, 0] }])),
      ['l (LSTM): it is called with "mask"'],
    ],
    [
      "initial states that are no tensors",
      functionalOf(["a"], "l", ...inputs, called(lstm("l"), ["a", 0, 0, { initial_state: "zeros" }])),
      ['l (LSTM): it is called with "initial_state"'],
    ],
    [
      "an input that closes a ring",
      functionalOf(
        ["i"],
        "l",
        called(layer("InputLayer", "i", { batch_input_shape: [null, null, 2] }), ["l", 0, 0]),
        called(lstm("l"), ["i", 0, 0]),
      ),
      ['i (InputLayer): it is an input, but reads "l"'],
    ],
    [
      "an input that is none",
      functionalOf([], "l", ...inputs, called(lstm("l"), ["a", 0, 0])),
      ['"a" is read, but is no input of the model'],
    ],
    [
      "the output of the middle",
      functionalOf(["a"], "l", ...inputs, called(lstm("l"), ["a", 0, 0]), called(lstm("m"), ["l", 0, 0])),
      ["l (LSTM): it is the output, but other layers read it too"],
    ],
    [
      "no layer at all",
      functionalOf(["a"], "n", ...inputs, called(layer("Activation", "n", { activation: "linear" }), ["a", 0, 0])),
      ["no layer works on it"],
    ],
    [
      "rows without time",
      functionalOf(["f"], "d", input("f", 4), called(layer("Dense", "d", { units: 1 }), ["f", 0, 0])),
      ["f (InputLayer): its shape is [null,4], [batch, time, features] is read"],
    ],
    [
      "features of an unknown number",
      sequentialOf(layer("LSTM", "l", { ...lstmOptions, batch_input_shape: [null, 5, null] })),
      ["its shape is [null,5,null]"],
    ],
    [
      "a mask of what is not the input",
      sequentialOf(lstm("l"), layer("Masking", "m", { mask_value: 0 })),
      ["m (Masking): it masks what is not the input itself"],
    ],
    [
      "tokens of what is not the input",
      sequentialOf(lstm("l"), layer("Embedding", "e", { input_dim: 3, output_dim: 2 })),
      ["e (Embedding): it must read the input itself"],
    ],
    [
      "pooling what is masked",
      sequentialOf(layer("Masking", "m"), lstm("l"), layer("GlobalMaxPooling1D", "p")),
      ["p (GlobalMaxPooling1D): it pools masked steps with the others"],
    ],
    [
      "a mean of TensorFlow.js, which is over all steps",
      {
        ...sequentialOf(layer("Masking", "m"), lstm("l"), layer("GlobalAveragePooling1D", "p")),
        keras_version: "tfjs-layers 4.22.0",
      },
      ["p (GlobalAveragePooling1D): it pools masked steps with the others"],
    ],
    [
      "masked steps that are 0 and turned round",
      sequentialOf(
        layer("Masking", "m"),
        layer("Bidirectional", "b", { merge_mode: "sum", layer: lstm("f", { go_backwards: true }) }),
      ),
      ["b (Bidirectional): masked steps that are 0 are not read with go_backwards"],
    ],
    [
      "a mask that is not 0 and reaches no recurrent layer",
      sequentialOf(layer("Masking", "m", { mask_value: 2 }), layer("Dense", "d", { units: 1 })),
      ["steps masked by 2 reach the output past recurrent layers"],
    ],
    [
      "a rectifier with everything",
      sequentialOf(lstm("l"), layer("ReLU", "r", { max_value: 6, threshold: 1 })),
      ["r (ReLU): max_value, negative_slope and threshold are read one at a time"],
    ],
    [
      "steps that are joined",
      sequentialOf(lstm("l"), layer("Flatten", "f")),
      ["f (Flatten): it joins the steps of a sequence"],
    ],
    [
      "softmax over steps",
      sequentialOf(lstm("l"), layer("Softmax", "s", { axis: 1 })),
      ["s (Softmax): option axis must be -1, found 1"],
    ],
    [
      "another backward layer",
      sequentialOf(
        layer("Bidirectional", "b", { merge_mode: "sum", layer: lstm("f"), backward_layer: lstm("g", { units: 4 }) }),
      ),
      ["b (Bidirectional): its backward_layer is another than its layer"],
    ],
    [
      "no activation of the gates",
      sequentialOf(layer("LSTM", "l", { units: 3, activation: "tanh" })),
      ["l (LSTM): option recurrent_activation must be an activation that is known here, found nothing"],
    ],
  ] as const)("%s", (name, topology, texts) => {
    const given = topology as { config: { output_layers?: unknown } };
    const ends: Readonly<Record<string, unknown>> = {
      "several outputs": [
        ["l", 0, 0],
        ["l", 0, 0],
      ],
      "a state as the output": [["l", 0, 1]],
      "a state that there is not": [
        ["l", 0, 0],
        ["l", 0, 3],
      ],
    };
    const output = ends[name];
    const described = output === undefined ? given : { ...given, config: { ...given.config, output_layers: output } };
    expectRefused(modelJson(described, []), new Uint8Array(0), FormatError, ...texts);
  });

  test("a layer that cannot be read once, and not what follows from it", () => {
    const topology = functionalOf(["a"], "r", ...inputs, called(layer("ConvLSTM1D", "r", { units: 2 }), ["a", 0, 0]));
    const message = messageOf(() => loadKeras(modelJson(topology, []), new Uint8Array(0)));
    expect(message).toBe("model.json describes what is not read:\n  r (ConvLSTM1D): there is no such layer here.");
  });

  test("a sequence that is gone before a recurrent layer", () => {
    const own = [...recurrentWeights("a", 2, 3, 4), ...recurrentWeights("b", 3, 3, 4)];
    const topology = sequentialOf(lstm("a", { return_sequences: false }), lstm("b"));
    expectRefused(
      modelJson(topology, own),
      bytesOf(own),
      FormatError,
      "a network that cannot be",
      "the steps are already gone",
    );
  });
});
