import { readFileSync } from "node:fs";

/** The text of a document of the project. */
export function documentText(file: string): string {
  return readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
}

/** The same in one line with single spaces, for sentences that go over lines. */
export function documentLine(file: string): string {
  return documentText(file).replace(/\s+/g, " ");
}
