import {
  accuracy,
  adam,
  bidirectional,
  crossEntropy,
  dense,
  dropout,
  embedding,
  evaluate,
  fit,
  gru,
  Model,
  max,
  sequential,
  split,
  unique,
  vocabulary,
} from "recurve";
import { it } from "vitest";
import { names } from "../tasks/names.js";
import { learns } from "./report.js";

const SEED = 1;
const EPOCHS = 8;

it("names by language: a held-out tenth of the names", () =>
  learns(async () => {
    const people = names();
    // By the name, not by the line: one that is used in two languages is all in one part.
    const parts = split(unique(people.map(({ name }) => name)), {
      order: "shuffled",
      validation: 0,
      test: 0.1,
      seed: SEED,
    });
    const heldOut = new Set(parts.test);
    const [train, test] = [
      people.filter(({ name }) => !heldOut.has(name)),
      people.filter(({ name }) => heldOut.has(name)),
    ];
    const letters = vocabulary(
      train.map(({ name }) => name),
      { unknown: "<unk>" },
    );
    const languages = unique(people.map(({ language }) => language));
    const data = (part: typeof people) => ({
      input: part.map(({ name }) => letters.encode(name)),
      target: part.map(({ language }) => languages.indexOf(language)),
    });
    using model = new Model(
      sequential(embedding(letters.size, 48), bidirectional(gru(96)), max(), dropout(0.3), dense(languages.length)),
      { seed: SEED },
    );
    const [training, held] = [data(train), data(test)];
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      const optimizer = adam({ learningRate: 3e-3 * (1 - epoch / EPOCHS) });
      await fit(model, training, {
        loss: crossEntropy,
        optimizer,
        epochs: 1,
        batchSize: 32,
        shuffle: true,
        seed: epoch,
      });
    }
    const { metrics } = evaluate(model, held, { loss: crossEntropy, metrics: [accuracy] });
    const commonest = Math.max(...languages.map((language) => test.filter((one) => one.language === language).length));
    return {
      task: "names by language",
      network: "embedding(48), bidirectional gru(96), max",
      seed: SEED,
      figure: metrics?.accuracy ?? 0,
      kind: "accuracy",
      bound: 0.78,
      beside: `always the commonest ${((100 * commonest) / test.length).toFixed(1)} %`,
    };
  }));
