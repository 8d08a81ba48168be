import { describe, expect, test } from "vitest";
import { ArgumentError, ShapeError, Tensor, tensor, windows } from "../../src/index.js";
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
