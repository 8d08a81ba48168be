import { adam, crossEntropy, type Decoded, decode, encoderDecoder, fit, Model, vocabulary } from "recurve";
import { expect, it } from "vitest";
import { type Sentence, sentences } from "../../../examples/translation/sentences.js";
import { learns } from "./report.js";

const SEED = 1;
const BEAMS = [1, 2, 4, 8];
const LENGTH_PENALTY = 0.6;

/** Sentences of one clause or two, no two alike: those of the test are new. */
const all = sentences(5_500, SEED, 0.7);
const [train, test] = [all.slice(0, 5_000), all.slice(5_000)];
const english = vocabulary(all.map((sentence) => sentence.english));
const german = vocabulary(
  all.flatMap(({ ways }) => ways.map(({ words }) => words)),
  { start: "<start>", stop: "<stop>" },
);

async function trained(): Promise<Model> {
  const model = new Model(
    encoderDecoder({
      ...{ cell: "gru", vocabularySize: english.size, embeddingSize: 32, units: 64, bidirectional: true },
      ...{ targetVocabularySize: german.size, targetEmbeddingSize: 32, attention: "additive", steps: 30 },
      ...{ start: german.start as number, stop: german.stop as number },
    }),
    { seed: SEED },
  );
  const data = {
    input: train.map((sentence) => english.encode(sentence.english)),
    target: train.map(({ said }) => german.encode(said, { stop: true })),
  };
  for (const [learningRate, epochs] of [
    [5e-3, 3],
    [1e-3, 1],
  ] as const) {
    const optimizer = adam({ learningRate });
    await fit(model, data, {
      loss: crossEntropy,
      optimizer,
      epochs,
      batchSize: 32,
      clipNorm: 1,
      shuffle: true,
      seed: SEED,
    });
  }
  return model;
}

const isRight = ({ tokens }: Decoded, { ways }: Sentence) => {
  const answer = german.decode(tokens).join(" ");
  return ways.some(({ words }) => words.join(" ") === answer);
};
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

it("translation: English sentences into German, with beams of 1, 2, 4 and 8", () =>
  learns(async () => {
    using model = await trained();
    const input = test.map((sentence) => english.encode(sentence.english));
    const found = BEAMS.map((beam) => decode(model, input, { beam, lengthPenalty: LENGTH_PENALTY }));
    const scores = found.map((answers) => answers.map(({ score }) => score as number));
    const right = found.map((answers) =>
      mean(answers.map((answer, index) => (isRight(answer, test[index] as Sentence) ? 1 : 0))),
    );
    const [greedy = [], ...wider] = scores;
    for (const beam of wider)
      beam.forEach((score, index) => expect(score).toBeGreaterThanOrEqual(greedy[index] as number));
    const means = scores.map(mean);
    // One thing can be said in several ways, of which the greedy answer is not always the commonest.
    expect(means[2]).toBeGreaterThan((means[0] as number) + 0.01);
    expect(decode(model, input).map(({ tokens }) => tokens)).toEqual(found[0]?.map(({ tokens }) => tokens));
    const figures = BEAMS.map(
      (beam, index) => `${beam}: ${means[index]?.toFixed(4)} (${(100 * (right[index] as number)).toFixed(1)} % right)`,
    );
    return {
      ...{ task: "translation", network: "gru(64) both ways, additive attention", seed: SEED },
      ...{
        figure: right[0] as number,
        kind: "accuracy",
        bound: 0.97,
        beside: `mean score with a beam of ${figures.join(", ")}`,
      },
    };
  }));
