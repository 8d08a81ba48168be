import { joinFeatures, type Tensor, type Vocabulary, vocabulary } from "recurve";

/** A sentence: its words as they are written, and their parts of speech. */
export interface Sentence {
  readonly words: readonly string[];
  readonly tags: readonly string[];
}

/** Sentences of a file of word, tab, tag, with a blank line between sentences. */
export function readSentences(file: Uint8Array): Sentence[] {
  const blocks = new TextDecoder()
    .decode(file)
    .trim()
    .split(/\r?\n\s*\n/);
  return blocks.map((block) => {
    const lines = block.split(/\r?\n/).map((line) => line.split("\t") as [string, string]);
    return { words: lines.map(([word]) => word), tags: lines.map(([, tag]) => tag) };
  });
}

/** One thing that is read of a word, as a token. */
export interface WordView {
  readonly of: (word: string) => string;
  /** Width of its embedding. */
  readonly size: number;
}

/** The word, its endings of one to three letters, and its case: "McAfee" is XxXx, "2004" is 0. */
export const wordViews: readonly WordView[] = [
  { of: (word) => word.toLowerCase(), size: 64 },
  { of: ending(1), size: 8 },
  { of: ending(2), size: 24 },
  { of: ending(3), size: 24 },
  { of: shape, size: 8 },
];

function ending(letters: number): (word: string) => string {
  return (word) => word.toLowerCase().slice(-letters);
}

function shape(word: string): string {
  const forms = word
    .replace(/[A-Z]{2,}/g, "XX")
    .replace(/[A-Z]/g, "X")
    .replace(/[a-z]+/g, "x");
  return forms.replace(/[0-9]+/g, "0").slice(0, 6);
}

/** Turns sentences into tokens, a column for each view of a word. */
export class WordReader {
  readonly vocabularies: readonly Vocabulary[];
  /** How often each word was there. */
  readonly #counts: ReadonlyMap<string, number>;

  /** Endings and shapes that came once are unknown. Words that came once are known, but see `read`. */
  constructor(sentences: readonly Sentence[]) {
    this.#counts = countOf(sentences.flatMap(({ words }) => words.map((word) => word.toLowerCase())));
    this.vocabularies = wordViews.map(({ of }, view) => {
      const texts = sentences.map(({ words }) => words.map(of));
      return vocabulary(texts, { unknown: "<unk>", leastCount: view === 0 ? 1 : 2 });
    });
  }

  /**
   * @param next where numbers by chance come from in training: a rare word is now and then read as unknown, or nothing would
   *   be learned about unknown words
   * @returns for each sentence [words, views]
   */
  read(sentences: readonly Sentence[], next?: () => number): Tensor | Tensor[] {
    const columns = wordViews.map(({ of }, view) => {
      const known = this.vocabularies[view] as Vocabulary;
      const tokens = sentences.map(({ words }) => known.encode(words.map(of)));
      if (view > 0 || next === undefined) return tokens;
      return tokens.map((own, index) => this.#hide(own, sentences[index]?.words ?? [], known.unknown as number, next));
    });
    return joinFeatures(...columns);
  }

  #hide(tokens: readonly number[], words: readonly string[], unknown: number, next: () => number): number[] {
    return tokens.map((token, at) => {
      const count = this.#counts.get((words[at] as string).toLowerCase()) ?? 0;
      return next() * (1 + count) < 1 ? unknown : token;
    });
  }
}

function countOf(tokens: readonly string[]): Map<string, number> {
  const count = new Map<string, number>();
  for (const token of tokens) count.set(token, (count.get(token) ?? 0) + 1);
  return count;
}

/** The share of words that a table of each word's most frequent tag gets right; unknown words have the tag of most rare ones. */
export function tableAccuracy(train: readonly Sentence[], test: readonly Sentence[]): number {
  const seen = new Map<string, string[]>();
  for (const [word, tag] of pairs(train)) seen.set(word, [...(seen.get(word) ?? []), tag]);
  const rare = mostFrequent([...seen.values()].filter((tags) => tags.length === 1).flat());
  const table = new Map([...seen].map(([word, tags]) => [word, mostFrequent(tags)]));
  const all = pairs(test);
  return all.filter(([word, tag]) => (table.get(word) ?? rare) === tag).length / all.length;
}

function pairs(sentences: readonly Sentence[]): (readonly [string, string])[] {
  return sentences.flatMap(({ words, tags }) =>
    words.map((word, at) => [word.toLowerCase(), tags[at] as string] as const),
  );
}

function mostFrequent(tags: readonly string[]): string {
  const ranked = [...countOf(tags)].sort(([, a], [, b]) => b - a);
  return ranked[0]?.[0] ?? "";
}
