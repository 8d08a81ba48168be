import { describe, expect, test } from "vitest";
import {
  backpropagate,
  bidirectional,
  columns,
  concatenate,
  dense,
  gradientCheck,
  gru,
  type Layer,
  lastStep,
  loadModel,
  lstm,
  Model,
  meanSquaredError,
  sequential,
  softmax,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";

const wave = (count: number, seed: number) =>
  Array.from({ length: count }, (_, index) => 0.7 * Math.sin((index + 1) * 12.9898 * seed));
const ragged = [4, 0, 2, 3].map((count, sequence) =>
  Array.from({ length: count }, (_, step) => wave(3, 1 + sequence + step / 7)),
);

/** Softmax of every row, behind layers whose rows lie in different ways, and before others. */
const networks: Readonly<Record<string, Layer>> = {
  "at every step": sequential(gru(4), dense(5), softmax()),
  "of states": sequential(lstm(3), softmax(), dense(2)),
  "once a sequence": sequential(gru(4), lastStep(), dense(3), softmax()),
  "of some columns": sequential(gru(4), concatenate(sequential(columns(1, 4), softmax()), columns(0, 2)), dense(2)),
  "in both directions": sequential(bidirectional(sequential(gru(3), softmax())), dense(2)),
};

describe.each(Object.entries(networks))("softmax %s", (_, layer) => {
  const targetOf = (model: Model): number[][] | number[][][] => {
    const [, , width] = model.predictBatch(ragged).shape;
    const last = model.predictBatch(ragged).shape[1];
    if (width === undefined) return ragged.map((__, index) => wave(last, 3 + index));
    return ragged.map((sequence, index) => sequence.map((___, step) => wave(width, 3 + index + step / 7)));
  };

  test("the gradient is the derivative", () => {
    using model = new Model(layer, { inputSize: 3 });
    const { passed, verdict } = gradientCheck(model, { input: ragged, target: targetOf(model) }, meanSquaredError);
    expect(passed, verdict).toBe(true);
  });

  test("a saved network has the same bits, those of its gradients too", () => {
    using model = new Model(layer, { inputSize: 3 });
    using twin = loadModel(model.save());
    const batch = { input: ragged, target: targetOf(model) };
    for (const each of [model, twin]) backpropagate(each, batch, meanSquaredError);
    model.parameters.forEach((parameter, index) => {
      expectSameBits(twin.parameters[index].gradient().data, parameter.gradient().data, parameter.name);
    });
  });
});

test("the features of every row become shares of 1, however large", () => {
  using model = new Model(sequential(dense(3), softmax()), { inputSize: 3 });
  model.parameters[0].write([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]);
  const { data } = model.predict([
    [0, 0, 0],
    [200, 0, -200],
    [Math.log(1), Math.log(2), Math.log(5)],
  ]);
  // Two roundings of float32 a share.
  const shares = [1 / 3, 1 / 3, 1 / 3, 1, 0, 0, 1 / 8, 2 / 8, 5 / 8];
  shares.forEach((share, index) => {
    expect(Math.abs(data[index] - share)).toBeLessThan(2e-7);
  });
});
