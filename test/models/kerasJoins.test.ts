import { describe, expect, test } from "vitest";
import { loadKeras, run, Tensor } from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
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
  type Written,
  x,
} from "./kerasFiles.js";

const last = { ...lstmOptions, return_sequences: false };
const node = (name: string, index = 0) => [name, 0, index, {}];
const lstm = (name: string, from: string, options: object = lstmOptions) =>
  called(layer("LSTM", name, { ...options, units: 2 }), node(from));
const dense = (name: string, from: string, units: number) => called(layer("Dense", name, { units }), node(from));
const join = (kind: string, name: string, from: readonly string[], options: object = {}) =>
  called(layer(kind, name, { ...options }), ...from.map((each) => node(each)));

const own = {
  a: recurrentWeights("a", 2, 2, 4),
  b: recurrentWeights("b", 2, 2, 4),
  d: denseWeights("d", 2, 2),
};

function load(output: string, layers: readonly object[], ...weights: readonly (readonly Written[])[]) {
  const all = weights.flat();
  return loadKeras(modelJson(functionalOf(["x"], output, input("x", null, 2), ...layers), all), bytesOf(all));
}

/** What a network of a file gives for the input. */
function given(...arguments_: Parameters<typeof load>): Tensor {
  using keras = load(...arguments_);
  return keras.predictBatch(x);
}

const sum = ({ data }: Tensor, other: Tensor) => data.map((value, at) => value + (other.data[at] as number));

/** Features of several rows side by side. */
function beside(...parts: readonly Tensor[]): number[] {
  const widths = parts.map(({ shape }) => shape.at(-1) as number);
  const rows = (parts[0] as Tensor).data.length / (widths[0] as number);
  return Array.from({ length: rows }, (_, row) =>
    parts.flatMap(({ data }, part) => [
      ...data.subarray(row * (widths[part] as number), (row + 1) * (widths[part] as number)),
    ]),
  ).flat();
}

describe("Add", () => {
  const a = given("a", [lstm("a", "x")], own.a);

  test("is x + f(x), in either order", () => {
    for (const from of [
      ["x", "a"],
      ["a", "x"],
    ]) {
      using keras = load("sum", [lstm("a", "x"), join("Add", "sum", from)], own.a);
      expectSameBits(keras.predictBatch(x).data, sum(a, x), "output");
      expect(keras.model.parameters.map(({ name }) => name)).toContain("a.weight_ih_l0");
    }
  });

  test("several layers lie on a way, and ways follow each other", () => {
    const b = given("d", [lstm("a", "x"), lstm("b", "a"), dense("d", "b", 2)], own.a, own.b, own.d);
    const layers = [lstm("a", "x"), lstm("b", "a"), dense("d", "b", 2), join("Add", "sum", ["a", "d"])];
    const again = called(layer("Activation", "again", { activation: "linear" }), node("sum"));
    using keras = load("twice", [...layers, again, join("Add", "twice", ["sum", "again"])], own.a, own.b, own.d);
    const once = sum(a, b);
    expectSameBits(
      keras.predictBatch(x).data,
      once.map((value) => value + value),
      "output",
    );
    expect(keras.model.parameters.map(({ name }) => name)).toContain("1.b.weight_ih_l0");
  });

  test("rows that have no steps", () => {
    const end = given("a", [lstm("a", "x", last)], own.a);
    const d = given("d", [lstm("a", "x", last), dense("d", "a", 2)], own.a, own.d);
    const found = given(
      "sum",
      [lstm("a", "x", last), dense("d", "a", 2), join("Add", "sum", ["d", "a"])],
      own.a,
      own.d,
    );
    expect(found.shape).toEqual([3, 2]);
    expectSameBits(found.data, sum(end, d), "output");
  });

  test("a layer on a way begins with given states and stays frozen", () => {
    const cell = layer("LSTM", "a", { ...lstmOptions, units: 2, trainable: false, return_state: true });
    const topology = functionalOf(
      ["x", "h", "c"],
      "sum",
      input("x", null, 2),
      input("h", 2),
      input("c", 2),
      called(cell, node("x"), node("h"), node("c")),
      called(layer("Dense", "d", { units: 2 }), node("a")),
      join("Add", "sum", ["x", "d"]),
    );
    const weights = [...own.a, ...own.d];
    using keras = loadKeras(modelJson(topology, weights), bytesOf(weights));
    const [h, c] = [1, 2].map((scale) => new Tensor(new Float32Array(6).fill(scale / 4), [3, 2])) as [Tensor, Tensor];
    const wanted = run(keras.model, x, { initialState: { "0.a": { h, c } } });
    expectSameBits(keras.predictBatch(x, h, c).data, wanted.output.data, "output");
    expect([...wanted.output.data]).not.toEqual([...keras.model.predictBatch(x).data]);
    const frozen = keras.model.parameters.filter(({ isFrozen }) => isFrozen).map(({ name }) => name);
    expect(frozen.every((name) => name.startsWith("0.a."))).toBe(true);
    expect(frozen).toHaveLength(4);
  });
});

describe("Concatenate", () => {
  const a = given("a", [lstm("a", "x")], own.a);
  const b = given("b", [lstm("b", "x")], own.b);

  test.each([[{}], [{ axis: -1 }], [{ axis: 2 }]])("puts features of all ways side by side, with %o", (options) => {
    const layers = [lstm("a", "x"), lstm("b", "x"), join("Concatenate", "c", ["b", "x", "a"], options)];
    const found = given("c", layers, own.a, own.b);
    expect(found.shape).toEqual([3, 4, 6]);
    expectSameBits(found.data, Float32Array.from(beside(b, x, a)), "output");
  });

  test("the row of each sequence", () => {
    const pool = (kind: string) => called(layer(`Global${kind}Pooling1D`, kind), node("a"));
    const layers = [lstm("a", "x"), pool("Average"), pool("Max"), lstm("b", "a", last)];
    const found = given("c", [...layers, join("Concatenate", "c", ["Max", "b", "Average"], { axis: 1 })], own.a, own.b);
    const one = (name: string, ...weights: Written[][]) =>
      given(name, layers.slice(0, 1).concat(layers.filter(({ name: each }) => each === name)), own.a, ...weights);
    expectSameBits(found.data, Float32Array.from(beside(one("Max"), one("b", own.b), one("Average"))), "output");
  });

  test("ways within ways keep their own weights, whatever their paths and names", () => {
    const e = denseWeights("e/e", 2, 2);
    const f = denseWeights("e_e", 2, 2);
    const layers = [
      dense("e/e", "x", 2),
      lstm("a", "e/e"),
      dense("e_e", "x", 2),
      lstm("b", "e_e"),
      join("Concatenate", "inner", ["a", "x"]),
      dense("d", "inner", 2),
      join("Concatenate", "c", ["d", "b"]),
    ];
    const wide = denseWeights("d", 4, 2);
    using keras = load("c", layers, own.a, own.b, e, f, wide);
    const first = given("d", [...layers.slice(0, 2), ...layers.slice(4, 6)], own.a, e, wide);
    const second = given("b", layers.slice(2, 4), own.b, f);
    expectSameBits(keras.predictBatch(x).data, Float32Array.from(beside(first, second)), "output");
    const paths = new Set(keras.model.parameters.map(({ name }) => name.slice(0, name.lastIndexOf("."))));
    expect([...paths]).toEqual(["0.0.0.0.e_e", "0.0.0.0.a", "0.0.d", "0.1.e_e_", "0.1.b"]);
  });

  test("Keras 3 lists what is joined in a list of its own", () => {
    const tensor = (name: string) => ({ class_name: "__keras_tensor__", config: { keras_history: [name, 0, 0] } });
    const joined = {
      ...layer("Concatenate", "c"),
      inbound_nodes: [{ args: [[tensor("a"), tensor("x")]], kwargs: {} }],
    };
    expectSameBits(given("c", [lstm("a", "x"), joined], own.a).data, Float32Array.from(beside(a, x)), "output");
  });
});
