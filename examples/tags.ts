/** Tags each word of a sentence with its part of speech: aligned sequences, read in both directions. */
import { readFileSync } from "node:fs";
import { accuracy, adam, crossEntropy, evaluate, fit, Model, manyToMany, unique, vocabulary } from "recurve";

/** Sentences of lines "word, tab, tag", with an empty line between them. */
function sentences(file: string): { words: string[]; tags: string[] }[] {
  const blocks = readFileSync(new URL(`data/tags/${file}`, import.meta.url), "utf8")
    .trim()
    .split(/\r?\n\s*\n/);
  return blocks.map((block) => {
    const rows = block.split(/\r?\n/).map((line) => line.toLowerCase().split("\t"));
    return { words: rows.map(([word = ""]) => word), tags: rows.map(([, tag = ""]) => tag.toUpperCase()) };
  });
}

const [train, test] = [sentences("dev.tsv"), sentences("test.tsv").slice(0, 500)];
const counts = new Map<string, number>();
for (const word of train.flatMap(({ words }) => words)) counts.set(word, (counts.get(word) ?? 0) + 1);
// Words that came once are read as unknown, so that something is learned about unknown words.
const words = vocabulary(
  train.map((sentence) => sentence.words.filter((word) => (counts.get(word) ?? 0) > 1)),
  { unknown: "<unk>" },
);
const tags = unique(train.flatMap((sentence) => sentence.tags)).sort();
const read = (part: typeof train) => ({
  input: part.map((sentence) => words.encode(sentence.words)),
  target: part.map((sentence) => sentence.tags.map((tag) => tags.indexOf(tag))),
});

const tagger = new Model(
  manyToMany({
    ...{ cell: "lstm", vocabularySize: words.size, embeddingSize: 32, units: 32, bidirectional: true, dropout: 0.3 },
    outputSize: tags.length,
  }),
  { seed: 1 },
);
const options = { loss: crossEntropy, optimizer: adam({ learningRate: 0.01 }), epochs: 3, batchSize: 16, clipNorm: 1 };
await fit(tagger, read(train), options);

const { metrics } = evaluate(tagger, read(test), { loss: crossEntropy, metrics: [accuracy] });
console.log(
  `${(100 * (metrics.accuracy ?? 0)).toFixed(1)} % of the words in ${test.length} sentences never seen have the right tag`,
);

const sentence = "the old man reads a letter to his daughter .".split(" ");
const scores = tagger.predict(words.encode(sentence));
const found = sentence.map((word, step) => {
  const row = [...scores.data.slice(step * tags.length, (step + 1) * tags.length)];
  return `${word}/${tags[row.indexOf(Math.max(...row))]}`;
});
console.log(found.join(" "));
