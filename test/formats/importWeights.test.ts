import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  dense,
  elman,
  FormatError,
  fit,
  gru,
  importWeights,
  lastStep,
  lstm,
  Model,
  meanSquaredError,
  mgu,
  StateError,
  sequential,
  sgd,
  Tensor,
} from "../../src/index.js";
import { allValues, denseShapes, distinct, distinctAll, fill, lstmShapes, messageOf, values } from "./weights.js";

describe("importWeights names every mismatch in one error and leaves the model as it is", () => {
  const build = () =>
    new Model(sequential(lstm(3, { name: "rnn" }), lastStep(), dense(1, { name: "head" })), { inputSize: 2 });
  const whole = () => distinctAll({ ...lstmShapes("rnn"), ...denseShapes("head") });

  /** Imports what a change makes of fitting weights; gives the message of the error. */
  function refused(change: (tensors: Record<string, Tensor>) => void): string {
    const tensors = whole();
    change(tensors);
    using model = build();
    const before = allValues(model);
    expect(() => importWeights(model, tensors, { from: "pytorch" })).toThrow(FormatError);
    expect(allValues(model)).toEqual(before);
    return messageOf(() => importWeights(model, tensors, { from: "pytorch" }));
  }

  test("missing, left over, of a wrong shape, not finite: all at once", () => {
    const message = refused((tensors) => {
      delete tensors["rnn.bias_hh_l0"];
      tensors["rnn.weight_hh_l0"] = distinct([12, 4]);
      tensors["head.bias"].data[0] = Number.NaN;
      tensors["head.scale"] = distinct([1]);
      tensors["other.weight"] = distinct([2, 2]);
    });
    expect(message).toContain('missing: "rnn.bias_hh_l0" [12] of lstm(3) at "rnn"');
    expect(message).toContain('tensor "rnn.weight_hh_l0" has shape [12, 4], lstm(3) at "rnn" needs [12, 3]');
    expect(message).toContain('not finite: NaN among the values for "head.bias"');
    expect(message).toContain('left over: tensor "head.scale", which dense(1) at "head" has no place for');
    expect(message).toContain('left over: "other.weight" [2, 2]');
    expect(message).toContain('these weights (PyTorch) do not fit the model (lstm(3) at "rnn"; dense(1) at "head")');
  });

  test("a wrong number of gates says how many there are", () => {
    const message = refused((tensors) => {
      Object.assign(tensors, distinctAll({ "rnn.weight_ih_l0": [9, 2], "rnn.weight_hh_l0": [9, 3] }));
    });
    expect(message).toContain("needs [12, 2]: 3 instead of its 4 gate blocks (i, f, g, o)");
  });

  test("another model's file: what is missing and what is left over", () => {
    using model = build();
    const message = messageOf(() => importWeights(model, distinctAll({ "conv.kernel": [3, 3, 8] }), { from: "keras" }));
    expect(message).toContain('missing: the tensors of lstm(3) at "rnn" (rnn.weight_ih_l0 [12, 2], ');
    expect(message).toContain('tensor "conv.kernel" has shape [3, 3, 8], dense(1) at "head" needs [3, 1]');
    expect(messageOf(() => importWeights(model, {}, { from: "pytorch" }))).toContain(
      "missing: the tensors of dense(1)",
    );
  });

  test("a recurrent layer without its only bias, of several", () => {
    using model = build();
    const kernels = distinctAll({ "rnn/kernel": [2, 12], "rnn/recurrent_kernel": [3, 12], "head/kernel": [3, 1] });
    expect(messageOf(() => importWeights(model, kernels, { from: "keras" }))).toContain(
      'missing: bias [12] of lstm(3) at "rnn"',
    );
  });

  test("a stack that is deeper than the model", () => {
    const message = refused((tensors) => Object.assign(tensors, distinctAll(lstmShapes("rnn", 1, 3))));
    expect(message).toMatch(/left over: "rnn.weight_ih_l1" \[12, 3\], "rnn.weight_hh_l1" \[12, 3\]/);
  });

  test("a second direction that the model has not", () => {
    const message = refused((tensors) => {
      tensors["rnn.weight_ih_l0_reverse"] = distinct([12, 2]);
    });
    expect(message).toContain('left over: tensor "rnn.weight_ih_l0_reverse"');
  });

  test("a cell that the other system has not, with the declaration that fits it", () => {
    using model = new Model(mgu(3), { inputSize: 2 });
    const tensors = distinctAll({ weight_ih_l0: [6, 2], weight_hh_l0: [6, 3], bias_ih_l0: [6], bias_hh_l0: [6] });
    const message = messageOf(() => importWeights(model, tensors, { from: "pytorch" }));
    expect(message).toContain(
      'mgu(3) has no counterpart in PyTorch; if the weights are such a layer\'s, declare their layout: { gates: "fn", kernels: "rows" }',
    );
    importWeights(model, tensors, { from: { gates: "fn", kernels: "rows" } });
    expect(values(model, "weight_hh_l0")).toEqual(tensors.weight_hh_l0.data);
    using before = new Model(gru(3, { reset: "before" }), { inputSize: 2 });
    expect(messageOf(() => importWeights(before, {}, { from: "pytorch" }))).toContain("missing");
    expect(() => importWeights(before, distinctAll({ weight_ih_l0: [9, 2] }), { from: "pytorch" })).toThrow(
      /no counterpart in PyTorch/,
    );
  });
});

describe("importWeights refuses", () => {
  const model = () => new Model(lstm(3, { name: "rnn" }), { inputSize: 2 });

  test.each<[string, (model: Model) => void, RegExp]>([
    [
      "an unknown system",
      (to) => importWeights(to, {}, { from: "caffe" as "keras" }),
      /from of importWeights must be "keras", "onnx", "pytorch" or a layout/,
    ],
    [
      "an unknown option",
      (to) => importWeights(to, {}, { from: "keras", strict: false } as never),
      /knows no option "strict"/,
    ],
    [
      "names of layers that the model has not",
      (to) => importWeights(to, {}, { from: "keras", names: { gru: "x" } }),
      /the model has no layer "gru" with parameters. It has lstm\(3\)/,
    ],
    [
      "names that are no texts",
      (to) => importWeights(to, {}, { from: "keras", names: { rnn: 3 } as never }),
      /must give paths in the file by paths in the model/,
    ],
    [
      "what is no tensor",
      (to) => importWeights(to, { kernel: [1] as never }, { from: "keras" }),
      /"kernel" is an array of 1/,
    ],
    [
      "bytes that nobody has read",
      (to) => importWeights(to, new Uint8Array(8) as never, { from: "keras" }),
      /wants what readSafetensors gives/,
    ],
    ["a layout without gates", (to) => importWeights(to, {}, { from: {} as never }), /must name the blocks in order/],
    ["a gate that is named twice", (to) => importWeights(to, {}, { from: { gates: "iffo" } }), /name "f" twice/],
    [
      "an unknown orientation",
      (to) => importWeights(to, {}, { from: { gates: "ifgo", kernels: "diagonal" as "rows" } }),
      /must be one of "columns", "rows"/,
    ],
  ])("%s", (_, call, message) => {
    using to = model();
    expect(() => call(to)).toThrow(ArgumentError);
    expect(() => call(to)).toThrow(message);
  });

  test("gates that are not the cell's", () => {
    using to = new Model(lstm(3), { inputSize: 2 });
    const tensors = distinctAll({ kernel: [2, 12], recurrent_kernel: [3, 12], bias: [12] });
    expect(() => importWeights(to, tensors, { from: { gates: "ifg" } })).toThrow(/the declared gates i, f, g lack o/);
    expect(() => importWeights(to, tensors, { from: { gates: "ifgox" } })).toThrow(/hold x, which it has not/);
  });

  test("a model whose sizes are not known, or that is being trained", async () => {
    expect(() => importWeights(new Model(lstm(3)), {}, { from: "pytorch" })).toThrow(StateError);
    using trained = fill(new Model(elman(1), { inputSize: 1 }));
    let tried = 0;
    const attempt = () => {
      tried++;
      expect(() => importWeights(trained, {}, { from: "pytorch" })).toThrow(StateError);
    };
    const data = {
      input: new Tensor(new Float32Array(2), [1, 2, 1]),
      target: new Tensor(new Float32Array(2), [1, 2, 1]),
    };
    await fit(trained, data, {
      loss: meanSquaredError,
      optimizer: sgd({ learningRate: 0.01 }),
      epochs: 1,
      onUpdate: attempt,
    });
    expect(tried).toBe(1);
  });
});
