import { describe, expect, test } from "vitest";
import { FormatError, loadKeras, Tensor } from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { expectRefusal } from "../support/refusal.js";
import { layer, lstmOptions, sequentialOf, x } from "./kerasFiles.js";
import { cell, expectKeras, masking, model, node, rows, tensor, weightsOf } from "./kerasGraphs.js";

const { return_sequences: _, ...gates } = { ...lstmOptions, units: 2 };
const one = layer("LSTMCell", "one", gates);
const two = (kind: string, options: object = {}, name = "two") => layer(kind, name, { ...gates, ...options });
const simple = { units: 2, activation: "relu", use_bias: true };
const stack = (...cells: readonly object[]) => layer("StackedRNNCells", "s", { cells });
const sequence = { return_sequences: true, return_state: false, go_backwards: false, unroll: false };

describe("an RNN of cells", () => {
  test("of one is the layer of that cell", () => {
    const weights = weightsOf(...cell("r/one", 2, 4));
    const rnn = loadKeras(sequentialOf(layer("RNN", "r", { ...sequence, cell: one })), weights);
    const lstm = loadKeras(sequentialOf(layer("LSTM", "r", { ...lstmOptions, units: 2 })), weights);
    expectSameBits(rnn.predictBatch(x).data, lstm.predictBatch(x).data, "prediction");
    expect(JSON.stringify(rnn.model.specification)).toBe(JSON.stringify(lstm.model.specification));
    for (const keras of [rnn, lstm]) keras.dispose();
  });

  test.each([true, false])("of several is one on the other, with return_sequences %s", (return_sequences) => {
    const weights = weightsOf(...cell("r/s/one", 2, 4), ...cell("r/s/two", 2, 3));
    const layers = new Map([...weights].map(([name, value]) => [name.replace("r/s/", ""), value]));
    const cells = [
      layer("LSTMCell", "one", { ...gates, dropout: 0.1 }),
      two("GRUCell", { reset_after: false, dropout: 0.2, recurrent_dropout: 0.3 }),
    ];
    for (const go_backwards of [true, false]) {
      using rnn = loadKeras(
        sequentialOf(layer("RNN", "r", { return_sequences, go_backwards, cell: stack(...cells) })),
        weights,
      );
      using stacked = loadKeras(
        sequentialOf(
          layer("LSTM", "one", { ...cells[0]?.config, go_backwards, return_sequences: true }),
          layer("GRU", "two", { ...cells[1]?.config, return_sequences }),
        ),
        layers,
      );
      expectSameBits(rnn.predictBatch(x).data, stacked.predictBatch(x).data, "prediction");
      const { specification } = rnn.model;
      expect(JSON.stringify(specification)).toMatch(/"rate":0.1.*"r_one".*"rate":0.2.*"r_two"/);
    }
  });

  test("is masked and read in both directions as Keras does", () => {
    const masked = { mask: tensor("any") };
    const both = {
      merge_mode: "ave",
      layer: layer("RNN", "forward_q", { cell: stack(two("GRUCell", { reset_after: true }, "one"), two("LSTMCell")) }),
    };
    const network = model(
      ["x"],
      "b",
      ...masking,
      node("RNN", "r", ["m"], { ...sequence, cell: stack(one, layer("SimpleRNNCell", "two", simple)) }, masked),
      node("Bidirectional", "b", ["r"], both, masked),
    );
    const weights = weightsOf(
      ...cell("r/stacked_rnn_cells/one", 2, 4),
      ...cell("r/stacked_rnn_cells/two", 2, 1),
      ...["forward", "backward"].flatMap((side) => [
        ...cell(`b/${side}_q/stacked_rnn_cells_1/one`, 2, 3, 2),
        ...cell(`b/${side}_q/stacked_rnn_cells_1/two`, 2, 4),
      ]),
    );
    expectKeras(network, weights, [rows], [0.05687195, 0.047044918, 0.059829645, 0.051513284]);
  });

  test("gives and takes the states of its cells, which lie in lists of their own", () => {
    const states = { initial_state: [[tensor("e", 1), tensor("h")], tensor("e", 3)] };
    const encoder = { return_state: true, cell: stack(one, two("GRUCell", { reset_after: false })) };
    const decoder = { ...sequence, return_state: true, cell: stack(one, two("GRUCell", { reset_after: true })) };
    const { config, ...whole } = model(
      ["x", "h"],
      "d",
      node("RNN", "e", ["x"], encoder),
      node("RNN", "d", ["x"], decoder, states),
    );
    const outputs = [
      ["d", 0, 0],
      [
        ["d", 0, 1],
        ["d", 0, 2],
      ],
      ["d", 0, 3],
    ];
    const weights = weightsOf(
      ...cell("e/stacked_rnn_cells_2/one", 2, 4),
      ...cell("e/stacked_rnn_cells_2/two", 2, 3),
      ...cell("d/s/one", 2, 4),
      ...cell("d/s/two", 2, 3, 2),
    );
    const h = new Tensor(Float32Array.of(0.5, -0.5, 0.25, 0.75), [2, 2]);
    expectKeras(
      { ...whole, config: { ...config, output_layers: outputs } },
      weights,
      [rows, h],
      [
        -0.14517128, -0.15571846, 0.078448266, 0.050939143, 0.22593999, 0.18239756, 0.32069147, 0.26778078, -0.13074678,
        -0.17293452, 0.119757675, 0.059547015, 0.25972512, 0.19461854, 0.34083572, 0.27534053,
      ],
    );
  });
});

describe("refused is", () => {
  const refused = (text: string, of: object) => expectRefusal(() => loadKeras(of, new Map()), FormatError, text);

  test("a cell that is not known, or none", () => {
    const of = (cell?: object) => sequentialOf(layer("RNN", "r", { ...sequence, ...(cell && { cell }) }));
    refused("r (RNN): a MinimalRNNCell in it is not read", of(layer("MinimalRNNCell", "c", { units: 2 })));
    refused("r (RNN): a LSTM in it is not read", of(stack(layer("LSTM", "c", gates))));
    refused("r (RNN): option cell must be a layer, found nothing", of());
    refused("option cells must be a list of layers", of(layer("StackedRNNCells", "s")));
    refused(
      "option reverse_state_order = true is not read",
      of({ ...stack(one), config: { ...stack(one).config, reverse_state_order: true } }),
    );
    refused("option clip = 5 is not read", of(layer("LSTMCell", "c", { ...gates, clip: 5 })));
  });

  test("a backward layer of other cells, and the first state of several as what the layer shows", () => {
    const sides = [one, layer("LSTMCell", "other", { ...gates, activation: "relu" })].map((inner, at) =>
      layer("RNN", "q", { ...sequence, go_backwards: at === 1, cell: inner }),
    );
    const [forward, backward_layer] = sides;
    refused(
      "its backward_layer is another than its layer",
      sequentialOf(layer("Bidirectional", "b", { merge_mode: "sum", layer: forward, backward_layer })),
    );
    const shown = model(
      ["x"],
      "d",
      node("RNN", "e", ["x"], { cell: stack(two("GRUCell"), two("GRUCell", {}, "three")) }),
      node("GRU", "d", ["x"], gates, { initial_state: tensor("e") }),
    );
    refused("d (GRU): it begins with what is no final state of another part", shown);
  });

  test("a last step that is 0 where it is masked", () => {
    const last = layer("LSTM", "a", { ...lstmOptions, return_sequences: false, zero_output_for_mask: true });
    refused(
      "a (LSTM): a last step that is 0 where it is masked is not read",
      sequentialOf(layer("Masking", "m"), last),
    );
  });
});
