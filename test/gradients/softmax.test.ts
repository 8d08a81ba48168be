import { describe, expect, test } from "vitest";
import {
  backpropagate,
  batches,
  bidirectional,
  columns,
  concatenate,
  crossEntropy,
  dense,
  gru,
  type Layer,
  lastStep,
  logSoftmax,
  lstm,
  Model,
  sequential,
  softmax,
} from "../../src/index.js";
import { describeNetworks, ragged } from "./layerTruths.js";

/** Softmax of every row and its logarithm, behind layers whose rows lie in different ways, and before others. */
const networks: Readonly<Record<string, Layer>> = {
  "at every step": sequential(gru(4), dense(5), softmax()),
  "of states": sequential(lstm(3), softmax(), dense(2)),
  "once a sequence": sequential(gru(4), lastStep(), dense(3), softmax()),
  "of some columns": sequential(gru(4), concatenate(sequential(columns(1, 4), softmax()), columns(0, 2)), dense(2)),
  "in both directions": sequential(bidirectional(sequential(gru(3), softmax())), dense(2)),
  "logarithms at every step": sequential(gru(4), dense(5), logSoftmax()),
  "logarithms of states": sequential(lstm(3), logSoftmax(), dense(2)),
  "logarithms once a sequence": sequential(gru(4), lastStep(), dense(3), logSoftmax()),
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

describe("log-probabilities", () => {
  test("are the logits less one number a row, and do not underflow", () => {
    using model = new Model(sequential(dense(3), logSoftmax()), { inputSize: 3 });
    model.parameters[0].write([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    const { data } = model.predict([
      [0, 0, 0],
      [200, 0, -200],
    ]);
    // One rounding of ln 3, and one ulp of the logarithm.
    for (const value of data.subarray(0, 3)) expect(Math.abs(value + Math.log(3))).toBeLessThan(2.4e-7);
    expect([...data.subarray(3)]).toEqual([0, -200, -400]);
  });

  test("are logits to crossEntropy: its loss and gradients are those without them", () => {
    const [batch] = batches({ input: ragged, target: ragged.map((rows) => rows.map((_, step) => step % 5)) });
    const [plain, loglike] = [[], [logSoftmax()]].map((end) => {
      using model = new Model(sequential(lstm(4), dense(5), ...end), { inputSize: 3 });
      const loss = backpropagate(model, batch, crossEntropy);
      return [loss, ...model.parameters.flatMap(({ gradient }) => [...gradient().data])];
    });
    expect(loglike.length).toBe(plain.length);
    // Log-probabilities of some 2, rounded once more, move shares and losses by 2.4e-7; a gradient sums a few of such terms.
    expect(Math.max(...plain.map((value, index) => Math.abs(value - loglike[index])))).toBeLessThan(1e-6);
  });
});
