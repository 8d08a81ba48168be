/** Translates English into German, word by word, greedily and with beams: the wider, the likelier the answer. */
import { adam, crossEntropy, decode, encoderDecoder, fit, Model, vocabulary } from "recurve";
import { sentences } from "./translation/sentences.ts";

// No two sentences are alike: those of the test are new.
const all = sentences(4300, 1);
const [train, test] = [all.slice(0, 4000), all.slice(4000)];
const english = vocabulary(all.map((sentence) => sentence.english));
const german = vocabulary(
  all.flatMap(({ ways }) => ways.map(({ words }) => words)),
  { start: "<start>", stop: "<stop>" },
);

const translator = new Model(
  encoderDecoder({
    ...{ cell: "gru", vocabularySize: english.size, embeddingSize: 24, units: 48, bidirectional: true },
    ...{ targetVocabularySize: german.size, targetEmbeddingSize: 24, attention: "additive", steps: 14 },
    ...{ start: german.start as number, stop: german.stop as number },
  }),
  { seed: 1 },
);
const data = {
  input: train.map((sentence) => english.encode(sentence.english)),
  target: train.map(({ said }) => german.encode(said, { stop: true })),
};
for (const learningRate of [0.01, 0.003]) {
  const optimizer = adam({ learningRate });
  await fit(translator, data, { loss: crossEntropy, optimizer, epochs: 2, batchSize: 32, clipNorm: 1 });
}

const input = test.map((sentence) => english.encode(sentence.english));
for (const beam of [1, 2, 4, 8]) {
  const found = decode(translator, input, { beam, lengthPenalty: 0.6 });
  const answers = found.map(({ tokens }) => german.decode(tokens).join(" "));
  const right = answers.filter((answer, index) => test[index]?.ways.some(({ words }) => words.join(" ") === answer));
  const mean = found.reduce((sum, { score = Number.NaN }) => sum + score, 0) / found.length;
  console.log(
    `beam ${beam}: mean score ${mean.toFixed(4)}, ${right.length} of ${test.length} sentences never seen are right`,
  );
  if (beam === 8)
    for (const [index, sentence] of test.slice(0, 4).entries())
      console.log(`${sentence.english.join(" ")} → ${answers[index]}`);
}

// Drawn instead of searched for: the same in other words.
const puzzle = "the young man buys a car again";
const drawn = decode(translator, Array(8).fill(english.encode(puzzle.split(" "))), { topP: 0.95, seed: 1 });
console.log(puzzle);
for (const words of new Set(drawn.map(({ tokens }) => german.decode(tokens).join(" ")))) console.log(`→ ${words}`);
