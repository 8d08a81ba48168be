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
  lstm,
  Model,
  sequential,
  unique,
  vocabulary,
} from "recurve";
import { it } from "vitest";
import { uniform } from "../tasks/random.js";
import { type Sentence, sentences } from "../tasks/words.js";
import { learns } from "./report.js";

const SEED = 1;
const EPOCHS = 20;

/** How often each word stands in the sentences. */
function counts(part: readonly Sentence[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const word of part.flatMap(({ words }) => words)) found.set(word, (found.get(word) ?? 0) + 1);
  return found;
}

/** A table of each word's most frequent tag; for a word not seen, the most frequent tag of words seen once. */
function lookUp(train: readonly Sentence[], test: readonly Sentence[]): number {
  const pairs = (part: readonly Sentence[]) =>
    part.flatMap(({ words, tags }) => words.map((word, at) => [word, tags[at] as string] as const));
  const most = (tags: readonly string[]): string => {
    const ranked = unique(tags).map((tag) => [tags.filter((other) => other === tag).length, tag] as const);
    return ranked.sort(([a], [b]) => b - a)[0]?.[1] ?? "";
  };
  const byWord = group(pairs(train));
  const rare = most([...byWord.values()].filter((tags) => tags.length === 1).flat());
  const table = new Map([...byWord].map(([word, tags]) => [word, most(tags)]));
  const all = pairs(test);
  return all.filter(([word, tag]) => (table.get(word) ?? rare) === tag).length / all.length;
}

function group(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [word, tag] of pairs) found.set(word, [...(found.get(word) ?? []), tag]);
  return found;
}

it("parts of speech from words only: trained on the dev part, tested on the test part", () =>
  learns(async () => {
    const [train, test] = [sentences("tags/dev.tsv"), sentences("tags/test.tsv")];
    const words = vocabulary(
      train.map((sentence) => sentence.words),
      { unknown: "<unk>" },
    );
    const tags = unique(train.flatMap((sentence) => sentence.tags)).sort();
    const target = (part: readonly Sentence[]) => part.map((sentence) => sentence.tags.map((tag) => tags.indexOf(tag)));
    using model = new Model(
      sequential(embedding(words.size, 128), dropout(0.5), bidirectional(lstm(128)), dropout(0.5), dense(tags.length)),
      { seed: SEED },
    );
    // A rare word is now and then read as unknown, or nothing would be learned about unknown words.
    const [seen, next] = [counts(train), uniform(SEED)];
    const hide = (word: string): number => {
      const isHidden = next() < 1 / (1 + (seen.get(word) as number));
      return isHidden ? (words.unknown as number) : (words.encode([word])[0] as number);
    };
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      const data = { input: train.map((sentence) => sentence.words.map(hide)), target: target(train) };
      const optimizer = adam({ learningRate: 3e-3 * (1 - epoch / EPOCHS) });
      await fit(model, data, { loss: crossEntropy, optimizer, epochs: 1, batchSize: 16, shuffle: true, seed: epoch });
    }
    const held = { input: test.map((sentence) => words.encode(sentence.words)), target: target(test) };
    const { metrics } = evaluate(model, held, { loss: crossEntropy, metrics: [accuracy] });
    return {
      task: "parts of speech",
      network: "embedding(128), bidirectional lstm(128)",
      seed: SEED,
      figure: metrics?.accuracy ?? 0,
      kind: "accuracy",
      bound: 0.84,
      beside: `a table of words ${(100 * lookUp(train, test)).toFixed(1)} %`,
    };
  }));
