/** Tells the language of a surname from its letters: many steps in, one answer out. */
import { readFileSync } from "node:fs";
import { accuracy, adam, crossEntropy, evaluate, fit, Model, manyToOne, split, unique, vocabulary } from "recurve";

const folder = new URL("data/names/", import.meta.url);
const languages = ["Arabic", "Chinese", "German", "Greek", "Irish", "Italian", "Japanese", "Russian", "Spanish"];
/** At most 500 names of a language, spread over its list. */
const people = languages.flatMap((language) => {
  const names = unique(
    readFileSync(new URL(`${language}.txt`, folder), "utf8")
      .normalize("NFC")
      .trim()
      .split(/\r?\n/),
  );
  const every = Math.ceil(names.length / 500);
  return names.filter((_, index) => index % every === 0).map((name) => ({ name: name.trim(), language }));
});
const { train, test } = split(people, { order: "shuffled", validation: 0, test: 0.15, seed: 1 });
const letters = vocabulary(
  train.map(({ name }) => name),
  { unknown: "<unk>" },
);
const read = (part: typeof people) => ({
  input: part.map(({ name }) => letters.encode(name)),
  target: part.map(({ language }) => languages.indexOf(language)),
});

const model = new Model(
  manyToOne({
    ...{ cell: "gru", vocabularySize: letters.size, embeddingSize: 24, units: 48, bidirectional: true, dropout: 0.2 },
    outputSize: languages.length,
  }),
  { seed: 1 },
);
const options = {
  loss: crossEntropy,
  optimizer: adam({ learningRate: 0.005 }),
  epochs: 12,
  batchSize: 32,
  clipNorm: 1,
};
await fit(model, read(train), options);

const { metrics } = evaluate(model, read(test), { loss: crossEntropy, metrics: [accuracy] });
console.log(
  `${(100 * (metrics.accuracy ?? 0)).toFixed(0)} % of ${test.length} names never seen are told right, ${languages.length} languages`,
);
for (const name of ["Takahashi", "Papadopoulos", "Sokolov", "Giordano", "O'Sullivan"]) {
  const scores = [...model.predict(letters.encode(name)).data];
  console.log(`${name.padEnd(12)} ${languages[scores.indexOf(Math.max(...scores))]}`);
}
