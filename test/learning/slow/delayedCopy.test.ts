import { adam, crossEntropy, dense, fit, gru, Model, sequential } from "recurve";
import { it } from "vitest";
import { COPY_CLASSES, delayedCopy } from "../tasks/delayedCopy.js";
import { largest, learns } from "./report.js";

const SHAPE = { length: 5, delay: 20 };
const SEED = 1;

it("delayed copy: five symbols over twenty blanks", () =>
  learns(async () => {
    const [train, test] = [delayedCopy(4000, SHAPE, 1), delayedCopy(300, SHAPE, 2)];
    using model = new Model(sequential(gru(64), dense(COPY_CLASSES)), { seed: SEED });
    await fit(model, train, {
      loss: crossEntropy,
      optimizer: adam({ learningRate: 1e-2 }),
      epochs: 25,
      batchSize: 32,
      shuffle: true,
      seed: SEED,
    });
    const { data } = model.predictBatch(test.input);
    const steps = 2 * SHAPE.length + SHAPE.delay;
    let right = 0;
    test.target.forEach((symbols, example) => {
      for (let step = steps - SHAPE.length; step < steps; step++) {
        if (largest(data, (example * steps + step) * COPY_CLASSES, COPY_CLASSES) === symbols[step]) right++;
      }
    });
    const figure = right / (test.target.length * SHAPE.length);
    return { task: "delayed copy", network: "gru(64)", seed: SEED, figure, kind: "accuracy", bound: 0.99 };
  }));
