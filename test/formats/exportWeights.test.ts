import { describe, expect, test } from "vitest";
import type { CellDefinition } from "../../src/cells/cell.js";
import { cells } from "../../src/cells/index.js";
import {
  ArgumentError,
  bidirectional,
  dense,
  elman,
  exportWeights,
  gru,
  importWeights,
  lstm,
  Model,
  readSafetensors,
  recurrent,
  StateError,
  sequential,
  type Tensor,
  type WeightFormat,
  writeSafetensors,
} from "../../src/index.js";
import { allValues, fill, values } from "./weights.js";

const all: readonly (readonly [string, CellDefinition])[] = Object.entries(cells);

/** Every format with each cell that it has, plain and in both directions. */
const crossings = all.flatMap(([name, cell]) => {
  const declared: WeightFormat = { gates: cell.gates, kernels: "rows" };
  const own = cell.own?.(cell.configure({}));
  const known = (["keras", "onnx", "pytorch"] as const).filter((format) => cell.foreign?.[format] !== undefined);
  // A declared layout has two matrices and biases: no cell without the second, none with vectors of its own.
  const formats: WeightFormat[] = cell.recurrentBlocks > 0 && own === undefined ? [...known, declared] : [...known];
  return formats.map((format) => [name, typeof format === "string" ? format : "declared", cell, format] as const);
});

describe("exportWeights and importWeights undo each other", () => {
  test.each(crossings)("%s, %s", (_, __, cell, format) => {
    const inner = recurrent(cell, 3, { name: "rnn" });
    const specification = sequential(inner, bidirectional(recurrent(cell, 2)), dense(2, { name: "head" }));
    using from = fill(new Model(specification, { inputSize: 2 }));
    using to = new Model(specification, { inputSize: 2, seed: 9 });
    importWeights(to, readSafetensors(writeSafetensors(exportWeights(from, { to: format }))), { from: format });
    const [sent, came] = [allValues(from), allValues(to)];
    for (const [name, found] of Object.entries(sent)) {
      const recurrentBias = name.replace("bias_ih", "bias_hh");
      // One bias for two that act alike: their sum comes back. The numbers are small enough to add without rounding.
      const isFolded = name.includes("bias_") && came[recurrentBias].every((value) => value === 0);
      if (!isFolded) expect(came[name], name).toEqual(found);
      else if (name !== recurrentBias)
        expect(came[name], name).toEqual(found.map((value, index) => value + sent[recurrentBias][index]));
    }
  });

  test.each(["keras", "onnx", "pytorch"] as const)(
    "layers within layers, numbered alike at several depths: %s",
    (format) => {
      const two = sequential(gru(3), gru(3));
      const networks = [
        sequential(dense(3), bidirectional(two)),
        sequential(sequential(sequential(dense(3), two), two), two),
      ];
      for (const network of networks) {
        using from = fill(new Model(network, { inputSize: 3 }));
        using to = new Model(network, { inputSize: 3, seed: 9 });
        importWeights(to, exportWeights(from, { to: format }), { from: format });
        expect(allValues(to)).toEqual(allValues(from));
      }
    },
  );

  test("layers that are called as Keras calls the cells in its own", () => {
    const network = sequential(gru(3), gru(3, { name: "gru_cell" }), gru(3, { name: "gru_cell_1" }));
    using from = fill(new Model(network, { inputSize: 3 }));
    using to = new Model(network, { inputSize: 3, seed: 9 });
    importWeights(to, exportWeights(from, { to: "keras" }), { from: "keras" });
    expect(allValues(to)).toEqual(allValues(from));
  });

  test("a user's order and a bias added at run time: joint kernels of TensorFlow", () => {
    const layout = { gates: "igfo", joint: true, forgetBias: 1 } as const;
    using from = fill(new Model(lstm(2), { inputSize: 1 }));
    const written = exportWeights(from, { to: layout });
    expect([...written].map(([name, { shape }]) => [name, shape])).toEqual([
      ["kernel", [3, 8]],
      ["bias", [8]],
    ]);
    const [kernel, bias] = [written.get("kernel") as Tensor, written.get("bias") as Tensor];
    const [input, hidden] = [values(from, "weight_ih_l0"), values(from, "weight_hh_l0")];
    const [first, second] = [values(from, "bias_ih_l0"), values(from, "bias_hh_l0")];
    // Columns: i 0 1, g 2 3, f 4 5, o 6 7; rows of ours: i 0 1, f 2 3, g 4 5, o 6 7.
    for (const [column, row] of [0, 1, 4, 5, 2, 3, 6, 7].entries()) {
      expect(kernel.data[column]).toBe(input[row]);
      expect(kernel.data[8 + column]).toBe(hidden[2 * row]);
      expect(kernel.data[16 + column]).toBe(hidden[2 * row + 1]);
      expect(bias.data[column]).toBe(first[row] + second[row] - (row === 2 || row === 3 ? 1 : 0));
    }
  });
});

describe("exportWeights", () => {
  test("gives PyTorch a stack where layers share a name", () => {
    using model = new Model(sequential(bidirectional(lstm(3)), lstm(3), dense(1, { name: "fc" })), { inputSize: 2 });
    const names = [...exportWeights(model, { to: "pytorch", prefix: "net.", names: { 0: "rnn", 1: "rnn" } }).keys()];
    const parts = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"];
    const named = (suffix: string) => parts.map((part) => `net.rnn.${part}_${suffix}`);
    expect(names).toEqual([...named("l0"), ...named("l0_reverse"), ...named("l1"), "net.fc.weight", "net.fc.bias"]);
  });

  test("gives Keras's names, shapes and biases", () => {
    const layers = sequential(
      gru(3, { name: "a" }),
      gru(3, { name: "b", reset: "before" }),
      bidirectional(lstm(2, { name: "c" })),
    );
    using model = new Model(layers, { inputSize: 2 });
    const shapes = Object.fromEntries(
      [...exportWeights(model, { to: "keras" })].map(([name, { shape }]) => [name, shape]),
    );
    expect(shapes).toEqual({
      "a/kernel": [2, 9],
      "a/recurrent_kernel": [3, 9],
      "a/bias": [2, 9],
      "b/kernel": [3, 9],
      "b/recurrent_kernel": [3, 9],
      "b/bias": [9],
      "c/kernel": [3, 8],
      "c/recurrent_kernel": [2, 8],
      "c/bias": [8],
      "c/backward/kernel": [3, 8],
      "c/backward/recurrent_kernel": [2, 8],
      "c/backward/bias": [8],
    });
  });

  test("gives ONNX every block, zeros for a forget gate that the cell does without", () => {
    using model = fill(new Model(lstm(2, { coupled: true, peepholes: true }), { inputSize: 1 }));
    const written = exportWeights(model, { to: "onnx" });
    const [w, p] = [written.get("W") as Tensor, written.get("P") as Tensor];
    const [input, peepholes] = [values(model, "weight_ih_l0"), values(model, "weight_peephole_l0")];
    expect(w.shape).toEqual([1, 8, 1]);
    // Ours i, g, o; ONNX's i, o, f, c; its peepholes i, o, f, ours i, o.
    expect([...w.data]).toEqual([input[0], input[1], input[4], input[5], 0, 0, input[2], input[3]]);
    expect([...p.data]).toEqual([...peepholes, 0, 0]);
    using back = new Model(lstm(2, { coupled: true, peepholes: true }), { inputSize: 1 });
    importWeights(back, written, { from: "onnx" });
    expect(allValues(back)).toEqual(allValues(model));
  });

  test("refuses systems that have no such layer, unknown names, and two tensors of one name", () => {
    using own = new Model(lstm(2, { peepholes: true }), { inputSize: 1 });
    expect(() => exportWeights(own, { to: "keras" })).toThrow(ArgumentError);
    expect(() => exportWeights(own, { to: "keras" })).toThrow(
      /lstm\(2\) has weight_peephole, which these weights have no place for/,
    );
    const strange = { peepholes: true, normalization: "layer", initialState: "learned" } as const;
    using normalized = new Model(lstm(2, strange), { inputSize: 1 });
    const strangeParts = /lstm\(2\) has .*norm_ih, norm_hh, norm_c, norm_c_bias, initial_h, initial_c, which/;
    expect(() => exportWeights(normalized, { to: "pytorch" })).toThrow(strangeParts);
    expect(() => exportWeights(normalized, { to: "keras" })).toThrow(strangeParts);
    expect(() => exportWeights(normalized, { to: "onnx" })).toThrow(/lstm\(2\) has norm_ih, which/);
    using coupled = new Model(lstm(2, { coupled: true }), { inputSize: 1 });
    expect(() => exportWeights(coupled, { to: "pytorch" })).toThrow(/no counterpart in PyTorch/);
    using two = new Model(sequential(elman(2), dense(2)), { inputSize: 1 });
    expect(() => exportWeights(two, { to: "keras", names: { 2: "x" } })).toThrow(/the model has no layer "2"/);
    expect(() => exportWeights(two, { to: "keras", names: { 0: "x", 1: "x" } })).toThrow(
      /two tensors would be called "x\/kernel"/,
    );
    expect(() => exportWeights(new Model(lstm(2)), { to: "keras" })).toThrow(StateError);
  });
});

describe("orders of gates that cells declare", () => {
  test("name every gate once, and PyTorch's is this library's own", () => {
    for (const [, { gates, foreign = {} }] of all) {
      for (const order of Object.values(foreign)) {
        expect(new Set(order).size).toBe(order.length);
        expect(order).toEqual(expect.arrayContaining([...gates]));
      }
      if (foreign.pytorch !== undefined) expect(foreign.pytorch).toEqual(gates);
    }
  });
});
