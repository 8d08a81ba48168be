import { expect, test } from "vitest";
import {
  bidirectional,
  columns,
  concatenate,
  dense,
  gru,
  type Layer,
  lastStep,
  lstm,
  Model,
  sequential,
  softmax,
} from "../../src/index.js";
import { describeNetworks } from "./layerTruths.js";

/** Softmax of every row, behind layers whose rows lie in different ways, and before others. */
const networks: Readonly<Record<string, Layer>> = {
  "at every step": sequential(gru(4), dense(5), softmax()),
  "of states": sequential(lstm(3), softmax(), dense(2)),
  "once a sequence": sequential(gru(4), lastStep(), dense(3), softmax()),
  "of some columns": sequential(gru(4), concatenate(sequential(columns(1, 4), softmax()), columns(0, 2)), dense(2)),
  "in both directions": sequential(bidirectional(sequential(gru(3), softmax())), dense(2)),
};

describeNetworks(networks);

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
