import { readdirSync } from "node:fs";
import { unique } from "recurve";
import { dataFile, dataFolder } from "./dataFile.js";

/** A surname and the language it is from. */
export interface Name {
  readonly name: string;
  readonly language: string;
}

/** Surnames of many languages, each once in a language. */
export function names(): Name[] {
  const files = readdirSync(dataFolder("names")).sort();
  const all = files.flatMap((file) => {
    const lines = dataFile(`names/${file}`).normalize("NFC").split("\n");
    const language = file.replace(".txt", "");
    return lines.map((line) => ({ name: line.trim(), language })).filter(({ name }) => name !== "");
  });
  return unique(all, ({ name, language }) => `${name} ${language}`);
}

/** A sentence: words in lower case, and their parts of speech. */
export interface Sentence {
  readonly words: readonly string[];
  readonly tags: readonly string[];
}

/** Sentences of a file of word, tab, tag, with a blank line between sentences. */
export function sentences(file: string): Sentence[] {
  return dataFile(file)
    .trim()
    .split(/\n\s*\n/)
    .map((block) => {
      const lines = block.split("\n").map((line) => line.split("\t") as [string, string]);
      return { words: lines.map(([word]) => word.toLowerCase()), tags: lines.map(([, tag]) => tag) };
    });
}
