import { adam, crossEntropy, dense, fit, gru, lastStep, lstm, Model, sequential } from "recurve";
import { it } from "vitest";
import { temporalOrder } from "../tasks/temporalOrder.js";
import { largest, learns } from "./report.js";

const SEED = 2;
const [train, test] = [temporalOrder(3000, 60, 1), temporalOrder(500, 60, 2)];

for (const [name, layer] of [
  ["lstm(32)", lstm(32)],
  ["gru(32)", gru(32)],
] as const) {
  it(`temporal order: two symbols among 60, ${name}`, () =>
    learns(async () => {
      using model = new Model(sequential(layer, lastStep(), dense(4)), { seed: SEED });
      await fit(model, train, {
        loss: crossEntropy,
        optimizer: adam({ learningRate: 3e-3 }),
        epochs: 15,
        batchSize: 32,
        shuffle: true,
        seed: SEED,
      });
      const { data } = model.predictBatch(test.input);
      const figure = test.target.filter((wanted, example) => largest(data, 4 * example, 4) === wanted).length / 500;
      return { task: "temporal order", network: name, seed: SEED, figure, kind: "accuracy", bound: 0.99 };
    }));
}
