import { describe, expect, test } from "vitest";
import {
  bidirectional,
  dense,
  elman,
  FormatError,
  gru,
  importWeights,
  lastStep,
  lstm,
  Model,
  manyToOne,
  readSafetensors,
  sequential,
  writeSafetensors,
} from "../../src/index.js";
import { allValues, denseShapes, distinctAll, lstmShapes, messageOf, values } from "./weights.js";

describe("importWeights finds layers", () => {
  test("by their names, from a file, an object and a map alike", () => {
    const tensors = distinctAll({ ...denseShapes("head"), ...lstmShapes("rnn") });
    for (const weights of [tensors, new Map(Object.entries(tensors)), readSafetensors(writeSafetensors(tensors))]) {
      using model = new Model(sequential(lstm(3, { name: "rnn" }), lastStep(), dense(1, { name: "head" })), {
        inputSize: 2,
      });
      importWeights(model, weights, { from: "pytorch" });
      expect(values(model, "rnn.weight_ih_l0")).toEqual(tensors["rnn.weight_ih_l0"].data);
      expect(values(model, "head.bias")).toEqual(tensors["head.bias"].data);
    }
  });

  test("by their names at the end of longer paths, whatever numbers they have", () => {
    const build = () =>
      new Model(sequential(gru(3, { name: "rnn" }), dense(3, { name: "head2" }), dense(3, { name: "head1" })), {
        inputSize: 3,
      });
    const gruShapes = { kernel: [3, 9], recurrent_kernel: [3, 9], bias: [2, 9] };
    const forms = [
      ["pytorch", ".", denseShapes("module.head1", 3), denseShapes("module.head2", 3)],
      [
        "keras",
        "/",
        { "m/head1/kernel": [3, 3], "m/head1/bias": [3] },
        { "m/head2/kernel": [3, 3], "m/head2/bias": [3] },
      ],
    ] as const;
    for (const [from, sign, first, second] of forms) {
      const rnn = Object.entries(
        from === "pytorch"
          ? { weight_ih_l0: [9, 3], weight_hh_l0: [9, 3], bias_ih_l0: [9], bias_hh_l0: [9] }
          : gruShapes,
      ).map(([part, shape]) => [`net${sign}rnn${sign}${part}`, shape]);
      const tensors = distinctAll({ ...Object.fromEntries(rnn), ...first, ...second });
      using model = build();
      importWeights(model, tensors, { from });
      const bias = (name: string) => Object.entries(tensors).find(([key]) => key.endsWith(`${name}${sign}bias`))?.[1];
      for (const name of ["head1", "head2"]) expect(values(model, `${name}.bias`)).toEqual(bias(name)?.data);
    }
  });

  test("but not against a name of which the file has two", () => {
    const tensors = distinctAll({ ...denseShapes("a1.head1", 3), ...denseShapes("a2.head1", 3) });
    using model = new Model(sequential(dense(3, { name: "head2" }), dense(3, { name: "head1" })), { inputSize: 3 });
    const message = messageOf(() => importWeights(model, tensors, { from: "pytorch" }));
    expect(message).toMatch(
      /not clear: dense\(3\) at "head2"; dense\(3\) at "head1" could be any of a1.head1; a2.head1/,
    );
  });

  test("as the further layers of a stack: the recurrent layers after the one of its name", () => {
    const shapes = {
      ...lstmShapes("rnn", 0),
      ...lstmShapes("rnn", 1, 3),
      ...lstmShapes("rnn", 2, 3),
      ...denseShapes("head"),
    };
    const tensors = distinctAll(shapes);
    using model = new Model(manyToOne({ cell: "lstm", inputSize: 2, units: 3, outputSize: 1, layers: 3 }));
    importWeights(model, tensors, { from: "pytorch" });
    expect(values(model, "rnn1.weight_hh_l0")).toEqual(tensors["rnn.weight_hh_l1"].data);
    expect(values(model, "rnn2.weight_hh_l0")).toEqual(tensors["rnn.weight_hh_l2"].data);
  });

  test("by kind and shape where they have no names, numbers in their order, whatever the order of the file", () => {
    const shapes = {
      ...denseShapes("a.fc10", 3),
      ...denseShapes("a.fc9", 3),
      ...lstmShapes("b", 1, 3),
      ...lstmShapes("b", 0),
    };
    const tensors = distinctAll(shapes);
    using model = new Model(sequential(lstm(3), lstm(3), dense(3), dense(3)), { inputSize: 2 });
    importWeights(model, tensors, { from: "pytorch" });
    expect(values(model, "0.weight_hh_l0")).toEqual(tensors["b.weight_hh_l0"].data);
    expect(values(model, "1.weight_hh_l0")).toEqual(tensors["b.weight_hh_l1"].data);
    expect(values(model, "2.weight")).toEqual(tensors["a.fc9.weight"].data);
    expect(values(model, "3.weight")).toEqual(tensors["a.fc10.weight"].data);
  });

  test("below a prefix, leaving other tensors alone", () => {
    const tensors = distinctAll({ ...lstmShapes("encoder.rnn"), ...lstmShapes("decoder.rnn") });
    using model = new Model(lstm(3), { inputSize: 2 });
    importWeights(model, tensors, { from: "pytorch", prefix: "decoder." });
    expect(values(model, "weight_ih_l0")).toEqual(tensors["decoder.rnn.weight_ih_l0"].data);
  });

  test("where names are told, and ignores what it is told to", () => {
    const tensors = distinctAll({
      ...lstmShapes("x.front"),
      ...lstmShapes("x.back"),
      "embed.weight": [5, 2],
      step: [1],
    });
    using model = new Model(sequential(bidirectional(lstm(3, { name: "a" })), lstm(3, { name: "b" })), {
      inputSize: 2,
    });
    expect(() => importWeights(model, tensors, { from: "pytorch" })).toThrow(FormatError);
    using plain = new Model(lstm(3), { inputSize: 2 });
    const options = { from: "pytorch", ignore: ["embed", "step", "x.front"] } as const;
    importWeights(plain, tensors, options);
    importWeights(plain, tensors, { ...options, ignore: ["embed", "step", "x.back"], names: { "": "x.front" } });
    expect(values(plain, "weight_ih_l0")).toEqual(tensors["x.front.weight_ih_l0"].data);
  });

  test("never by chance: alike layers with other words in their names are an error that lists both sides", () => {
    const tensors = distinctAll({ ...denseShapes("query", 3), ...denseShapes("value", 3) });
    using model = new Model(sequential(dense(3), dense(3)), { inputSize: 3 });
    const before = allValues(model);
    const message = messageOf(() => importWeights(model, tensors, { from: "pytorch" }));
    expect(message).toMatch(
      /not clear: dense\(3\) at "0"; dense\(3\) at "1" could be any of query; value\. Name the layers/,
    );
    expect(allValues(model)).toEqual(before);
    importWeights(model, tensors, { from: "pytorch", names: { 0: "value", 1: "query" } });
    expect(values(model, "0.weight")).toEqual(tensors["value.weight"].data);
  });

  test("and a lone reverse layer takes tensors without a mark of direction", () => {
    const tensors = distinctAll({ kernel: [2, 3], recurrent_kernel: [3, 3], bias: [3] });
    using model = new Model(elman(3, { direction: "reverse" }), { inputSize: 2 });
    importWeights(model, tensors, { from: "keras" });
    expect(values(model, "bias_ih_l0_reverse")).toEqual(tensors.bias.data);
  });
});
