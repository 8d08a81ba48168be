import { describe, expect, test } from "vitest";
import { readAs } from "../../src/data/inputKind.js";
import { sequences } from "../../src/data/sequences.js";
import { ArgumentError, ShapeError, Tensor } from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";

const words = { vocabularySize: 5 };
const shapeOf = ({ lengths, width, axes }: ReturnType<typeof sequences>) => [[...lengths], width, axes];

describe("what a network reads", () => {
  test("are features as they are given", () => {
    const given = sequences("input", [[[1, 2]], [[3, 4]]]);
    expect(readAs(undefined, "lstm(4)", given)).toBe(given);
    expect(readAs({}, "lstm(4)", given)).toBe(given);
  });

  test.each([
    [
      "[batch, time]",
      [
        [1, 2, 3],
        [4, 0, 1],
      ],
      [3, 3],
    ],
    ["a list of unequal lengths", [[1, 2, 3], [4]], [3, 1]],
    [
      "rows of one number",
      [
        [[1], [2]],
        [[3], [4]],
      ],
      [2, 2],
    ],
  ])("are tokens: %s", (_, given, lengths) => {
    const read = readAs(words, "embedding(5, 2)", sequences("input", given as number[][]));
    expect(shapeOf(read)).toEqual([lengths, 1, 2]);
  });

  test("are tokens that nobody changes after the check", () => {
    const given = new Tensor(Float32Array.of(1, 2, 3, 4), [2, 2]);
    const read = readAs(words, "embedding(5, 2)", sequences("input", given));
    given.data[0] = 77;
    expect(Array.from(read.values)).toEqual([1, 2, 3, 4]);
  });

  test("is one step: [batch, features]", () => {
    const read = readAs(
      { isSingleStep: true },
      "oneToOne(4)",
      sequences("input", [
        [1, 2, 3],
        [4, 5, 6],
      ]),
    );
    expect(shapeOf(read)).toEqual([[1, 1], 3, 2]);
    const token = readAs({ ...words, isSingleStep: true }, "oneToMany(gru 4)", sequences("input", [3, 1]));
    expect(shapeOf(token)).toEqual([[1, 1], 1, 2]);
  });

  test("is read once", () => {
    const given = sequences("input", [
      [1, 2],
      [3, 4],
    ]);
    expect(readAs(words, "a", given)).toBe(readAs({ ...words }, "a", given));
    expect(() => readAs({ vocabularySize: 3 }, "a", given)).toThrow(ArgumentError);
  });

  test.each([
    ["a token too large", [[1, 5]], ArgumentError, ["embedding(5, 2)", "0 to 4", "received 5", "sequence 0, step 1"]],
    ["a negative token", [[1], [-1]], ArgumentError, ["received -1", "sequence 1"]],
    ["half a token", [[0.5]], ArgumentError, ["received 0.5"]],
    ["rows of several values", [[[1, 0, 0]]], ShapeError, ["token numbers", "3 features a step"]],
  ])("refuses %s", (_, given, kind, texts) => {
    const read = sequences("input", given as number[][]);
    expectRefusal(() => readAs(words, "embedding(5, 2)", read), kind, ...texts);
  });

  test("refuses several steps where one is read", () => {
    const given = sequences("input", [[[1], [2]]]);
    expectRefusal(() => readAs({ isSingleStep: true }, "oneToOne(4)", given), ShapeError, "one step", "has 2");
  });
});
