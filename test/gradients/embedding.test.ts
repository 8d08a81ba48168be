import { describe, expect, test } from "vitest";
import { backpropagate, crossEntropy, dense, embedding, gru, Model, sequential } from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";

const VOCABULARY = 6;
const ids = [[3, 1, 4, 1], [], [5, 1], [3, 3, 3]];
const tags = [[0, 1, 1, 0], [], [1, 1], [0, 1, 0]];
const rows = (each: (token: number) => number[]) => ids.map((sequence) => sequence.map(each));
const asTokens = { input: rows((token) => [token]), target: tags };
const asOneHot = {
  input: rows((token) => Array.from({ length: VOCABULARY }, (_, at) => (at === token ? 1 : 0))),
  target: tags,
};

const gradientsOf = (model: Model) =>
  new Map(model.parameters.map((parameter) => [parameter.name, parameter.gradient().data]));

describe.each([1, 3, 4, 5, 17])("an embedding of size %i", (size) => {
  const make = (options = {}) =>
    new Model(sequential(embedding(VOCABULARY, size, { name: "table", ...options }), gru(3), dense(2)), { seed: 5 });

  test("gives the outputs and gradients of a dense layer on one-hot rows", () => {
    using model = make();
    using twin = new Model(sequential(dense(size, { name: "table", bias: false }), gru(3), dense(2)), {
      inputSize: VOCABULARY,
    });
    const table = model.parameters[0]?.read().data as Float32Array;
    for (const [index, parameter] of twin.parameters.entries()) {
      if (index > 0) parameter.write(model.parameters[index]?.read() as never);
      else
        parameter.write(
          Float32Array.from(table, (_, at) => table[(at % VOCABULARY) * size + Math.floor(at / VOCABULARY)] as number),
        );
    }
    for (const [index, sequence] of asTokens.input.entries()) {
      if (sequence.length > 0)
        expectSameBits(
          model.predict(sequence).data,
          twin.predict(asOneHot.input[index] ?? []).data,
          `sequence ${index}`,
        );
    }
    expect(backpropagate(model, asTokens, crossEntropy)).toBe(backpropagate(twin, asOneHot, crossEntropy));
    const [found, expected] = [gradientsOf(model), gradientsOf(twin)];
    const turned = expected.get("table.weight") as Float32Array;
    const own = Float32Array.from(
      turned,
      (_, at) => turned[(at % size) * VOCABULARY + Math.floor(at / size)] as number,
    );
    // The same products in the same order; those with 0 may leave a zero of the other sign.
    expect(Array.from(found.get("table.weight") as Float32Array, (value) => value + 0)).toEqual(
      Array.from(own, (value) => value + 0),
    );
    for (const [name, values] of expected)
      if (name !== "table.weight") expectSameBits(found.get(name) ?? [], values, name);
  });

  test("leaves the padding token's row 0 and without gradient", () => {
    using model = make({ paddingIndex: 3 });
    const rowOf = (values: Float32Array, token: number) =>
      Array.from(values.subarray(token * size, (token + 1) * size));
    expect(rowOf(model.parameters[0]?.read().data as Float32Array, 3)).toEqual(new Array(size).fill(0));
    expect(rowOf(model.parameters[0]?.read().data as Float32Array, 1)).not.toContain(0);
    backpropagate(model, asTokens, crossEntropy);
    const gradient = model.parameters[0]?.gradient().data as Float32Array;
    expect(rowOf(gradient, 3)).toEqual(new Array(size).fill(0));
    expect(rowOf(gradient, 1)).not.toContain(0);
    // Token 2 occurs nowhere.
    expect(rowOf(gradient, 2)).toEqual(new Array(size).fill(0));
  });
});
