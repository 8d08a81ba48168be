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
