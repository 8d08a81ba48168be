/** Rewrites dates, "12 March 2021" as "2021-03-12": an encoder and a decoder with attention, letter by letter. */
import { adam, crossEntropy, decode, encoderDecoder, fit, generate, Model, split, vocabulary } from "recurve";

const months = "January February March April May June July August September October November December".split(" ");
/** A day in one of the ways people write it, and in the one that sorts. */
function written(day: number): { text: string; iso: string } {
  const date = new Date(Date.UTC(1970, 0, 1 + day));
  const [year, month, at] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const name = months[month] ?? "";
  const ways = [`${at} ${name} ${year}`, `${name} ${at}, ${year}`, `${at}.${month + 1}.${year}`];
  return { text: ways[day % ways.length] ?? "", iso: date.toISOString().slice(0, 10) };
}

// A day every ten, for 55 years; a tenth of them is not shown to the network.
const days = Array.from({ length: 2000 }, (_, index) => written(10 * index + (index % 7)));
const { train, test } = split(days, { order: "shuffled", validation: 0, test: 0.1, seed: 1 });
const letters = vocabulary(days.map(({ text }) => text));
const digits = vocabulary(
  days.map(({ iso }) => iso),
  { start: "<start>", stop: "<stop>" },
);

const translator = new Model(
  encoderDecoder({
    ...{ cell: "gru", vocabularySize: letters.size, embeddingSize: 16, units: 32, bidirectional: true },
    ...{ targetVocabularySize: digits.size, targetEmbeddingSize: 16, attention: "additive", steps: 12 },
    ...{ start: digits.start as number, stop: digits.stop as number },
  }),
  { seed: 1 },
);
const data = {
  input: train.map(({ text }) => letters.encode(text)),
  target: train.map(({ iso }) => digits.encode(iso, { stop: true })),
};
for (const learningRate of [0.01, 0.01, 0.002]) {
  const optimizer = adam({ learningRate });
  await fit(translator, data, { loss: crossEntropy, optimizer, epochs: 2, batchSize: 32, clipNorm: 1 });
}

const answers = decode(
  translator,
  test.map(({ text }) => letters.encode(text)),
  { attention: true },
).map(({ tokens }) => digits.decode(tokens));
for (const [index, { text }] of test.slice(0, 6).entries()) console.log(`${text.padEnd(18)} → ${answers[index]}`);
const right = answers.filter((answer, index) => answer === test[index]?.iso).length;
console.log(`${right} of ${test.length} dates never seen are right in every letter`);

// The same answer letter by letter, with the letter of the input that each looked at most.
const text = test[0]?.text ?? "";
const looks = Array.from(generate(translator, letters.encode(text), { attention: true }), ({ token, attention }) => {
  const weights = [...(attention?.data ?? [])];
  return `${digits.decode([token as number])}←${text[weights.indexOf(Math.max(...weights))]}`;
});
console.log(`${text}: ${looks.slice(0, -1).join(" ")}`);
