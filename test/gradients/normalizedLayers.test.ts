import { describe, expect, test } from "vitest";
import { type CellName, cells } from "../../src/cells/index.js";
import { bidirectional, dense, loadModel, lstm, Model, mean, recurrent, sequential } from "../../src/index.js";

const input = [
  [
    [0.3, -0.2],
    [0.9, 0.4],
  ],
  [[-0.6, 0.5]],
];

describe("a normalised layer", () => {
  test.each(Object.keys(cells) as CellName[])("%s: a saved model has its configuration, gains and answers", (name) => {
    const layer = sequential(
      bidirectional(recurrent(cells[name] as never, 5, { normalization: "layer" })),
      mean(),
      dense(1),
    );
    using model = new Model(layer, { inputSize: 2 });
    const gains = model.parameters.filter((parameter) => /norm_(ih|hh|c)_l0/.test(parameter.name));
    for (const gain of gains) gain.write(gain.read().data.map((value, index) => value + index / 10));
    using twin = loadModel(model.save());
    expect(twin.parameters.map((parameter) => parameter.name)).toEqual(model.parameters.map(({ name: own }) => own));
    expect(twin.predictBatch(input).data).toEqual(model.predictBatch(input).data);
    expect(twin.summary()).toBe(model.summary());
  });

  test("an LSTM has a gain for each product and for its cell state, ones at first, and no shift without bias", () => {
    using model = new Model(lstm(3, { normalization: "layer", bias: false, direction: "reverse" }), { inputSize: 2 });
    const norms = model.parameters.filter((parameter) => parameter.name.startsWith("norm_"));
    expect(norms.map(({ name, shape }) => [name, ...shape])).toEqual([
      ["norm_ih_l0_reverse", 12],
      ["norm_hh_l0_reverse", 12],
      ["norm_c_l0_reverse", 3],
    ]);
    for (const norm of norms) expect(norm.read().data.every((value) => value === 1)).toBe(true);
  });

  test("a vector of one number is normalised to 0: the bias is left", () => {
    using model = new Model(recurrent(cells.elman, 1, { normalization: "layer" }), { inputSize: 2 });
    model.parameters.find(({ name }) => name === "bias_ih_l0")?.write([0.5]);
    const [first, second] = model.predict([
      [3, -7],
      [20, 1],
    ]).data;
    expect(second).toBe(first);
    expect(first).toBeCloseTo(Math.tanh(0.5), 6);
  });
});
