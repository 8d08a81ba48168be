import {
  adam,
  bidirectional,
  crossEntropy,
  dense,
  dropout,
  fit,
  gru,
  type Layer,
  Model,
  max,
  sequential,
} from "recurve";
import { describe, it } from "vitest";
import { recordings, standardised } from "../tasks/recordings.js";
import { largest, learns } from "./report.js";

const SEED = 1;

const network = (classes: number): Layer =>
  sequential(dropout(0.1), bidirectional(gru(48)), max(), dropout(0.4), dense(classes));

describe("recordings of several channels", () => {
  for (const { task, folder, epochs, bound } of [
    { task: "Japanese Vowels", folder: "japaneseVowels", epochs: 40, bound: 0.96 },
    { task: "Basic Motions", folder: "basicMotions", epochs: 60, bound: 0.9 },
  ]) {
    it(task, () =>
      learns(async () => {
        const [train, test] = standardised(recordings(`${folder}/train.txt`), recordings(`${folder}/test.txt`));
        const classes = train.classes.length;
        using model = new Model(network(classes), { seed: SEED });
        const { input, target } = train;
        await fit(
          model,
          { input, target },
          {
            loss: crossEntropy,
            optimizer: adam({ learningRate: 3e-3 }),
            epochs,
            batchSize: 16,
            shuffle: true,
            seed: SEED,
          },
        );
        const { data } = model.predictBatch(test.input);
        const right = test.target.filter((wanted, example) => largest(data, classes * example, classes) === wanted);
        const figure = right.length / test.target.length;
        return { task, network: "bidirectional gru(48), max", seed: SEED, figure, kind: "accuracy", bound };
      }),
    );
  }
});
