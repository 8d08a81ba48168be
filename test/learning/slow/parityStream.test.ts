import { adam, crossEntropy, dense, fit, lstm, Model, sequential } from "recurve";
import { it } from "vitest";
import { parityStreams } from "../tasks/parityStream.js";
import { largest, learns } from "./report.js";

const SEED = 1;

it("parity: trained on streams of up to 20 bits, right on streams of 100", () =>
  learns(async () => {
    const [train, test] = [parityStreams(2000, [1, 20], 1), parityStreams(200, [100, 100], 2)];
    using model = new Model(sequential(lstm(16), dense(2)), { seed: SEED });
    await fit(model, train, {
      loss: crossEntropy,
      optimizer: adam({ learningRate: 1e-2 }),
      epochs: 15,
      batchSize: 32,
      shuffle: true,
      seed: SEED,
    });
    const { data } = model.predictBatch(test.input);
    const wanted = test.target.flat();
    const figure = wanted.filter((parity, at) => largest(data, 2 * at, 2) === parity).length / wanted.length;
    return { task: "parity streams", network: "lstm(16)", seed: SEED, figure, kind: "accuracy", bound: 0.999 };
  }));
