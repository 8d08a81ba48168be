import { expect, test } from "vitest";
import { pieces } from "../../examples/learning/pianoRoll.js";
import { readSentences } from "../../examples/learning/taggedWords.js";

const carriageReturns = (text: string): string => text.replaceAll("\n", "\r\n");

test("example data read the same with the line endings of Windows", () => {
  const music = "60.64 - 62\n48\n";
  expect(pieces(music)).toEqual([[[60, 64], [], [62]], [[48]]]);
  expect(pieces(carriageReturns(music))).toEqual(pieces(music));
  const tagged = "the\tDET\ndog\tNOUN\n\nbarks\tVERB\n";
  const read = (text: string) => readSentences(new TextEncoder().encode(text));
  expect(read(tagged).map(({ tags }) => tags)).toEqual([["DET", "NOUN"], ["VERB"]]);
  expect(read(carriageReturns(tagged))).toEqual(read(tagged));
});
