import { describe, expect, test } from "vitest";
import {
  bidirectional,
  dense,
  exportWeights,
  importWeights,
  lstm,
  Model,
  readSafetensors,
  sequential,
  Tensor,
  tied,
  writeSafetensors,
} from "../../src/index.js";
import { H, valuesOf, writer } from "./tiedNetworks.js";

describe("weights of other systems", () => {
  test("are written under every name", () => {
    const written = exportWeights(new Model(writer()), { to: "pytorch" });
    expect([...written.keys()]).toContain("head.weight");
    expect(written.get("head.weight")).toEqual(written.get("words.weight"));
    written.get("head.weight")?.data.fill(9);
    expect(written.get("words.weight")?.data).not.toContain(9);
    const kernel = exportWeights(new Model(writer()), { to: "keras" }).get("head/kernel");
    expect(kernel?.shape).toEqual([H, 6]);
  });

  test("of a single bias are read by biases that are one", () => {
    const paths = ["", "_reverse"].map((end) => [`bias_hh_l0${end}`, `bias_ih_l0${end}`]);
    const both = () => new Model(tied(bidirectional(lstm(H)), Object.fromEntries(paths)), { inputSize: 3, seed: 9 });
    const [source, model] = [both(), both()];
    for (const { shape, write } of source.parameters)
      write(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, index) => Math.sin(index)));
    importWeights(model, exportWeights(source, { to: "keras" }), { from: "keras" });
    expect(valuesOf(model)).toEqual(valuesOf(source));
  });

  test.each(["words.weight", "head.weight"])("are read where %s was left out, as a file with one copy does", (left) => {
    const source = new Model(writer(), { seed: 9 });
    const weights = exportWeights(source, { to: "pytorch" });
    weights.delete(left);
    const model = new Model(writer());
    importWeights(model, readSafetensors(writeSafetensors(weights)), { from: "pytorch" });
    expect(valuesOf(model)).toEqual(valuesOf(source));
  });

  test("are read where all of a layer was left out", () => {
    const stack = () => sequential(lstm(H, { name: "a" }), tied(lstm(H, { name: "b" }), "a"));
    const source = new Model(stack(), { inputSize: H, seed: 9 });
    const weights = exportWeights(source, { to: "pytorch" });
    for (const name of [...weights.keys()]) if (name.startsWith("b.")) weights.delete(name);
    const model = new Model(stack(), { inputSize: H });
    importWeights(model, weights, { from: "pytorch" });
    expect(valuesOf(model)).toEqual(valuesOf(source));
  });

  test.each(["pytorch", "keras", "onnx"] as const)("are read by what is left, layer by layer, of %s", (format) => {
    const rnn = () => lstm(H, { name: "rnn" });
    const chains = [
      [() => sequential(rnn(), tied(lstm(H), "rnn"), lstm(H)), ["1"], ["rnn"]],
      [() => sequential(lstm(H), tied(lstm(H), "0"), lstm(H)), ["1"], ["0"]],
      [() => sequential(lstm(H), tied(lstm(H), "3"), tied(lstm(H), "3"), lstm(H)), ["1", "2"]],
      [() => sequential(rnn(), dense(H, { name: "a" }), tied(dense(H), "a"), dense(H)), ["2"], ["a"]],
    ] as const;
    for (const [make, ...left] of chains) {
      const source = new Model(make(), { inputSize: H, seed: 9 });
      for (const layers of left) {
        const written = [...exportWeights(source, { to: format })];
        const kept = written.filter(([name]) => !layers.some((layer) => name.split(/[./]/)[0] === layer));
        expect(kept.length).toBeLessThan(written.length);
        const model = new Model(make(), { inputSize: H });
        importWeights(model, new Map(kept), { from: format });
        expect(valuesOf(model)).toEqual(valuesOf(source));
      }
    }
  });

  test("are refused where they differ, or where every copy is missing", () => {
    const model = new Model(writer());
    const before = valuesOf(model);
    const weights = exportWeights(new Model(writer(), { seed: 9 }), { to: "pytorch" });
    const table = weights.get("head.weight") as Tensor;
    weights.set(
      "head.weight",
      new Tensor(
        Float32Array.from(table.data, (value) => value + 1),
        table.shape,
      ),
    );
    expect(() => importWeights(model, weights, { from: "pytorch" })).toThrow(
      'not equal: the values for "head.weight", which is tied to "words.weight"',
    );
    const owned = new Model(sequential(tied(dense(H, { name: "a" }), "b"), dense(H, { name: "b" })), { inputSize: H });
    const differing = exportWeights(owned, { to: "pytorch" });
    differing.get("b.bias")?.data.fill(9);
    expect(() => importWeights(owned, differing, { from: "pytorch" })).toThrow(
      'not equal: the values for "b.bias", which is tied to "a.bias"',
    );
    const twice = () => sequential(lstm(H, { name: "rnn" }), tied(lstm(H), "rnn"), tied(lstm(H), "rnn"), lstm(H));
    const many = [...exportWeights(new Model(twice(), { inputSize: H, seed: 9 }), { to: "pytorch" })];
    const fewer = new Map(many.filter(([name]) => !name.startsWith("1.")));
    // Which of two copies is left, nobody says.
    expect(() => importWeights(new Model(twice(), { inputSize: H }), fewer, { from: "pytorch" })).toThrow(
      'missing: the tensors of lstm(4) at "3"',
    );
    weights.delete("head.weight");
    weights.delete("words.weight");
    expect(() => importWeights(model, weights, { from: "pytorch" })).toThrow(/missing: "head.weight" \[6, 4\]/);
    expect(valuesOf(model)).toEqual(before);
  });
});
