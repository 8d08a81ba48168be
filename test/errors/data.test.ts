import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  batches,
  evaluate,
  FormatError,
  lstm,
  Model,
  meanSquaredError,
  ShapeError,
  scaler,
  Tensor,
  tensor,
  unique,
  Vocabulary,
  vocabulary,
  windows,
} from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";

/** What no type allows, but JavaScript does. */
const any = (value: unknown) => value as never;

describe("a tensor is what it says", () => {
  test.each([
    ["an array as data", () => new Tensor(any([1, 2]), [2]), ArgumentError, ["Float32Array", "an array of 2"]],
    ["no shape", () => new Tensor(new Float32Array(2), any(undefined)), ArgumentError, ["array of sizes", "undefined"]],
    ["a shape too large", () => new Tensor(new Float32Array(2), [3]), ShapeError, ["[3] holds 3", "received 2"]],
    ["negative sizes", () => new Tensor(new Float32Array(2), [-1, -2]), ShapeError, ["[-1, -2]"]],
    ["half a size", () => new Tensor(new Float32Array(1), [0.5, 2]), ShapeError, ["[0.5, 2]"]],
    [
      "nested arrays and another shape",
      () =>
        tensor(
          [
            [1, 2],
            [3, 4],
          ],
          [4, 1],
        ),
      ShapeError,
      ["[2, 2]", "[4, 1]"],
    ],
    ["a tensor and a shape that does not fit", () => tensor(tensor([1, 2]), [3]), ShapeError, ["[3] holds 3"]],
    ["a text", () => tensor(any("abc")), ArgumentError, ['received "abc"']],
    ["nothing", () => tensor(any(null)), ArgumentError, ["received null"]],
    ["item of many", () => tensor([1, 2]).item(), ShapeError, ["one value", "[2]"]],
  ] as const)("%s", (_name, act, kind, texts) => expectRefusal(act, kind, ...texts));

  test("with another shape it is the same values read anew", () => {
    expect(
      tensor(
        tensor([
          [1, 2],
          [3, 4],
        ]),
        [4],
      ).toArray(),
    ).toEqual([1, 2, 3, 4]);
  });
});

describe("windows refuse a series that gives none", () => {
  test.each([
    ["an empty series", [], { window: 3 }, ArgumentError, ["empty", "[0]"]],
    ["steps without features", [[], []], { window: 1 }, ArgumentError, ["empty", "[2, 0]"]],
    ["a series that is too short", [1, 2, 3], { window: 3 }, ArgumentError, ["3 steps", "window of 3", "4 are needed"]],
    [
      "too short for the horizon",
      [1, 2, 3, 4],
      { window: 2, horizon: 3 },
      ArgumentError,
      ["horizon of 3", "5 are needed"],
    ],
    [
      "NaN",
      [
        [1, 2],
        [3, Number.NaN],
        [5, 6],
      ],
      { window: 1 },
      ArgumentError,
      ["finite", "NaN at step 1"],
    ],
    ["an infinity", [1, 2, Number.POSITIVE_INFINITY], { window: 1 }, ArgumentError, ["Infinity at step 2"]],
    ["a number", 3, { window: 1 }, ShapeError, ["[time]", "[]"]],
    ["nothing", null, { window: 1 }, ArgumentError, ["null"]],
    ["three axes", [[[1]]], { window: 1 }, ShapeError, ["[time, features]", "[1, 1, 1]"]],
    ["no options", [1, 2, 3], undefined, ArgumentError, ["windows", "undefined"]],
    ["no window", [1, 2, 3], {}, ArgumentError, ["window must be a whole number of 1 or more", "undefined"]],
    ["a window of nothing", [1, 2, 3], { window: 0 }, ArgumentError, ["window", "received 0"]],
    ["a negative window", [1, 2, 3], { window: -2 }, ArgumentError, ["window", "received -2"]],
    ["a stride of nothing", [1, 2, 3], { window: 1, stride: 0 }, ArgumentError, ["stride", "received 0"]],
    ["half a horizon", [1, 2, 3], { window: 1, horizon: 0.5 }, ArgumentError, ["horizon", "received 0.5"]],
    ["a misspelt option", [1, 2, 3], { window: 1, step: 2 }, ArgumentError, ['"step"', "window, horizon, stride"]],
  ] as const)("%s", (_name, series, options, kind, texts) => {
    expectRefusal(() => windows(any(series), any(options)), kind, ...texts);
  });
});

describe("parts of a dataset", () => {
  const all = windows([1, 2, 3, 4, 5, 6], { window: 2 });

  test.each<[string, number, number, string[]]>([
    ["from before the first", -1, 2, ["from of slice must be a whole number from 0 to 2", "-1"]],
    ["from half an example", 0.5, 2, ["from of slice", "0.5"]],
    ["from behind the end", 3, 2, ["from of slice must be a whole number from 0 to 2", "3"]],
    ["to before the first", 0, -1, ["to of slice must be a whole number from 0 to 4", "-1"]],
    ["to no number", 0, Number.NaN, ["to of slice", "NaN"]],
    ["to half an example", 0, 1.5, ["to of slice", "1.5"]],
  ])("do not go %s", (_name, from, to, texts) => {
    expectRefusal(() => all.slice(from, to), ArgumentError, ...texts);
  });

  test("go to the last example at most, and none of them is nothing to measure", () => {
    expect(all.slice(1, Infinity).count).toBe(3);
    expect(all.slice(4, 9).count).toBe(0);
    const model = new Model(lstm(1), { inputSize: 1 });
    const act = () => evaluate(model, all.slice(2, 2), { loss: meanSquaredError });
    expectRefusal(act, ArgumentError, "data has no examples");
    model.dispose();
  });
});

describe("what goes with data is refused too", () => {
  const input = [[[1], [2]]];
  const model = new Model(lstm(1), { inputSize: 1 });
  const measured = (more: object) => () =>
    evaluate(model, any({ input, target: [[1, 2]], ...more }), { loss: meanSquaredError });
  const letters = vocabulary(["ab"]);
  const saved = letters.toJSON();

  test.each<[string, () => unknown, typeof ArgumentError | typeof ShapeError | typeof FormatError, string[]]>([
    ["weights of several values", measured({ weights: [[[1, 2]]] }), ShapeError, ["weights must have one value"]],
    [
      "sequences of sequences in a list",
      measured({ input: [tensor([[[1]]])] }),
      ShapeError,
      ["input must be a list of [time, width] sequences", "[1, 1, 1]"],
    ],
    [
      "a shuffle that is neither",
      () => batches({ input, target: [1] }, any({ shuffle: 1 })),
      ArgumentError,
      ["shuffle"],
    ],
    ["a scalar to be scaled", () => scaler().fit(tensor(any(1))), ShapeError, ["at least one axis", "[]"]],
    ["a key that is no function", () => unique([1], any("name")), ArgumentError, ["key of unique", '"name"']],
    ["null to decode", () => letters.decode(any(null)), ArgumentError, ["decode wants a list", "null"]],
    ["a number to decode", () => letters.decode(any(1)), ArgumentError, ["decode wants a list of token numbers", "1"]],
    ["text to decode", () => letters.decode(any("01")), ArgumentError, ["decode wants a list", '"01"']],
    ["nothing to decode", () => letters.decode(any(undefined)), ArgumentError, ["decode wants a list"]],
    ["a vocabulary of nothing", () => Vocabulary.fromJSON({ ...saved, tokens: [] }), FormatError, ["{ kind, tokens"]],
  ])("%s", (_name, act, kind, texts) => expectRefusal(act, kind, ...texts));
});
