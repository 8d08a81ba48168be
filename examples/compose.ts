/** Composes layers over sequences of unequal lengths: at each step, was the last input above the mean of all so far? */
import { bidirectional, crossEntropy, dense, dropout, evaluate, fit, lstm, Model, sequential } from "recurve";

const sentences = Array.from({ length: 200 }, (_, index) =>
  Array.from({ length: 3 + (index % 9) }, (_, step) => [
    Math.sin(index * 4.1 + step * 2.3),
    Math.cos(index + step * step),
  ]),
);
/** One class number for each step. */
const tags = sentences.map((sentence) =>
  sentence.map(([value = 0], step) => {
    const before = sentence.slice(0, step + 1).map(([earlier = 0]) => earlier);
    return value > before.reduce((sum, earlier) => sum + earlier, 0) / before.length ? 1 : 0;
  }),
);
const data = { input: sentences.slice(0, 160), target: tags.slice(0, 160) };
const test = { input: sentences.slice(160), target: tags.slice(160) };

const tagger = new Model(sequential(bidirectional(lstm(12)), dropout(0.1), dense(2)), { seed: 1 });
const before = evaluate(tagger, test, { loss: crossEntropy }).loss;
await fit(tagger, data, { loss: crossEntropy, epochs: 25, batchSize: 16 });
const after = evaluate(tagger, test, { loss: crossEntropy }).loss;

console.log(tagger.summary());
console.log(`cross-entropy before ${before.toFixed(3)}, after ${after.toFixed(3)}`);
console.log(
  `one sequence gives [${tagger.predict(sentences[0] ?? []).shape}], many give [${tagger.predictBatch(sentences).shape}]`,
);
