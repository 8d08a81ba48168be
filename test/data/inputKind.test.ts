import { describe, expect, test } from "vitest";
import { readAs } from "../../src/data/inputKind.js";
import { sequences } from "../../src/data/sequences.js";
import { stepInput } from "../../src/data/stepInput.js";
import { columnInput, tokenInput } from "../../src/data/tokenInput.js";
import { ArgumentError, ShapeError, Tensor } from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";

const words = tokenInput(5);
const shapeOf = ({ lengths, width, axes }: ReturnType<typeof sequences>) => [[...lengths], width, axes];

describe("what a network reads", () => {
  test("are features as they are given", () => {
    const given = sequences("input", [[[1, 2]], [[3, 4]]]);
    expect(readAs(undefined, "lstm(4)", given)).toBe(given);
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
      stepInput,
      "oneToOne(4)",
      sequences("input", [
        [1, 2, 3],
        [4, 5, 6],
      ]),
    );
    expect(shapeOf(read)).toEqual([[1, 1], 3, 2]);
    const token = readAs(tokenInput(5, true), "oneToMany(gru 4)", sequences("input", [3, 1]));
    expect(shapeOf(token)).toEqual([[1, 1], 1, 2]);
  });

  test("are tokens among features, from a feature on", () => {
    const given = sequences("input", [[[7, 1, 2]], [[8, 0, 9]]]);
    const read = readAs(words.from?.(1), "concatenate of 2", given);
    expect(shapeOf(read)).toEqual([[1, 1], 3, 2]);
    const further = columnInput([{ column: 1, vocabularySize: 5 }]).from?.(1);
    expect(() => readAs(further, "concatenate of 2", given)).toThrow("received 9 in sequence 1, step 0, feature 2");
  });

  test("is read once", () => {
    const given = sequences("input", [
      [1, 2],
      [3, 4],
    ]);
    expect(readAs(words, "a", given)).toBe(readAs(tokenInput(5), "a", given));
    expect(() => readAs(tokenInput(3), "a", given)).toThrow(ArgumentError);
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
    expectRefusal(() => readAs(stepInput, "oneToOne(4)", given), ShapeError, "one step", "has 2");
  });
});
