import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  dense,
  evaluate,
  lastStep,
  lstm,
  Model,
  meanSquaredError,
  memoryUsage,
  run,
  ShapeError,
  StateError,
  sequential,
  tensor,
  windows,
} from "../../src/index.js";
import { MOST_FLOAT32 } from "../../src/shape.js";
import { expectRefusal, expectUntouched } from "../support/refusal.js";

const network = () => sequential(lstm(3), lastStep(), dense(2));
const ragged = [[[1, 2]], [[1, 2, 3]]];
/** What no type allows, but JavaScript does. */
const any = (value: unknown) => value as never;

describe("a model refuses input that does not fit, and stays as it is", () => {
  const model = new Model(network(), { inputSize: 2, seed: 3 });
  model.predict([[1, 2]]);

  test.each([
    ["another width", [[1, 2, 3]], ShapeError, ["expects input [batch, time, 2]", "received [batch, time, 3]"]],
    [
      "one value a step",
      [1, 2, 3],
      ShapeError,
      ["[batch, time, 2]", "received [batch, time, 1]", "make each step a row of 2"],
    ],
    ["many sequences", [[[1, 2]]], ShapeError, ["one sequence [time, features]", "[1, 1, 2]", "predictBatch"]],
    ["a number", 5, ArgumentError, ["one sequence", "received 5"]],
    ["nothing", undefined, ArgumentError, ["received undefined"]],
    ["null", null, ArgumentError, ["received null"]],
    ["a text", "0.5", ArgumentError, ['received "0.5"']],
    ["a function of a name", Array.from, ArgumentError, ["received a function (from)"]],
    ["an object without a class", Object.create(null), ArgumentError, ["received an object with no fields"]],
    ["an object", { 0: [1, 2] }, ArgumentError, ["received an object with 0"]],
    ["a function", () => [1, 2], ArgumentError, ["received a function"]],
    ["texts", [["1", "2"]], ArgumentError, ["input[0][0] wants numbers", 'received "1"', "Number(text)"]],
    [
      "texts further on",
      [
        [1, 2],
        [3, "4"],
      ],
      ArgumentError,
      ['received "4"'],
    ],
    [
      "a hole",
      [
        [1, 2],
        [3, undefined],
      ],
      ArgumentError,
      ["input[1][1] wants numbers", "received undefined"],
    ],
    [
      "many sequences of unequal lengths",
      [
        [[1, 2]],
        [
          [1, 2],
          [3, 4],
        ],
      ],
      ShapeError,
      ["one sequence [time, features]", "[2, 1, 2]", "predictBatch"],
    ],
    ["a long list of nothing", new Array(2 ** 31), ArgumentError, ["input[0] wants numbers", "received undefined"]],
    ["a promise", Promise.resolve([[1, 2]]), ArgumentError, ["received an object of class Promise"]],
    ["a hole where a step should be", [[1, 2], null], ArgumentError, ["input[1] wants numbers", "received null"]],
    ["truth values", [[true, false]], ArgumentError, ["received true"]],
    ["big integers", [[1n, 2n]], ArgumentError, ["received the bigint 1n"]],
    [
      "steps of unequal width",
      [[1, 2], [3]],
      ShapeError,
      ["input[1] wants 2 values like the others", "received 1 values"],
    ],
    ["steps without features", [[], []], ShapeError, ["at least one value a step", "[1, 2, 0]"]],
    [
      "NaN",
      [
        [1, 2],
        [3, Number.NaN],
      ],
      ArgumentError,
      ["input must be finite", "received NaN in sequence 0, step 1, feature 1"],
    ],
    [
      "an infinity",
      [[Number.NEGATIVE_INFINITY, 2]],
      ArgumentError,
      ["received -Infinity in sequence 0, step 0, feature 0"],
    ],
    [
      "more than float32 holds",
      [[1, -1e300]],
      ArgumentError,
      ["input[0][1] wants numbers up to 3.4e38, received -1e+300"],
    ],
  ] as const)("predict: %s", (_name, input, kind, texts) => {
    expectUntouched(model, () => model.predict(any(input)), kind, ...texts);
  });

  test.each([
    [
      "no axis of time",
      [
        [1, 2],
        [3, 4],
      ],
      ShapeError,
      ["[batch, time, features]", "received [2, 2]", "[1, 2, 2] for one sequence", "[2, 1, 2] for 2 of one step"],
    ],
    ["a list of numbers", [1, 2], ShapeError, ["received [2]", "[2, 1, 1] for 2 of one step"]],
    ["a list of [time]", [[1, 2], [3]], ShapeError, ["a list of [time] sequences", "[x] for x"]],
    ["four axes", [[[[1, 2]]]], ShapeError, ["1 to 3 axes", "[1, 1, 1, 2]"]],
    ["unequal widths", ragged, ShapeError, ["input[1][0] wants 2 values like the others", "received 3 values"]],
    [
      "unequal widths in a list",
      [
        ...ragged,
        [
          [1, 2],
          [3, 4],
        ],
      ],
      ShapeError,
      ["input 1 has shape [1, 3]", "[time, 2]"],
    ],
    [
      "a NaN in the second sequence",
      [
        [[1, 2]],
        [
          [1, 2],
          [3, Number.NaN],
        ],
      ],
      ArgumentError,
      ["sequence 1, step 1, feature 1"],
    ],
    ["a member that is no sequence", [[[1, 2]], "x"], ArgumentError, ['received "x"']],
    ["a list of null", [null, null], ArgumentError, ["received null"]],
    [
      "a hole in the third sequence",
      [
        [[1, 2]],
        [
          [1, 2],
          [3, 4],
        ],
        [[1, undefined]],
      ],
      ArgumentError,
      ["input[2][0][1] wants numbers", "received undefined"],
    ],
  ] as const)("predictBatch: %s", (_name, input, kind, texts) => {
    expectUntouched(model, () => model.predictBatch(any(input)), kind, ...texts);
  });

  test.each([
    ["a number", 3, ArgumentError, ["lengths must be an array", "received 3"]],
    ["too few", [1], ShapeError, ["one entry for each of the 2 sequences", "received 1"]],
    ["too long", [1, 3], ShapeError, ["lengths[1]", "0 to 2", "received 3"]],
    ["negative", [-1, 2], ShapeError, ["lengths[0]", "received -1"]],
    ["half a step", [1, 1.5], ShapeError, ["lengths[1]", "received 1.5"]],
    ["no numbers", ["1", "2"], ShapeError, ["lengths[0]", 'received "1"']],
  ] as const)("lengths: %s", (_name, lengths, kind, texts) => {
    const input = [
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ];
    expectUntouched(model, () => model.predictBatch(input, { lengths: any(lengths) }), kind, ...texts);
  });

  test("an array that holds itself", () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expectUntouched(model, () => model.predict(any(loop)), ShapeError, "at most 16 axes", "hold itself");
  });
});

test("what lies beyond a sequence's length is not looked at: it may be NaN", () => {
  const model = new Model(network(), { inputSize: 1 });
  const padded = [
    [[1], [2], [Number.NaN]],
    [[3], [4], [5]],
  ];
  expect(model.predictBatch(padded, { lengths: [2, 3] })).toEqual(
    model.predictBatch([
      [[1], [2]],
      [[3], [4], [5]],
    ]),
  );
  expectRefusal(() => model.predictBatch(padded, { lengths: [3, 3] }), ArgumentError, "sequence 0, step 2");
});

test("input that tells no width leaves the sizes unknown; input that is refused does too", () => {
  const model = new Model(network());
  const { used } = memoryUsage();
  for (const empty of [[], [[]], [[], []]]) {
    expectRefusal(() => model.predictBatch(any(empty)), StateError, "without any step", "not yet known", "inputSize");
  }
  expectRefusal(() => model.predict([]), StateError, "not yet known");
  expectRefusal(() => model.predict([[Number.NaN, 1, 2]]), ArgumentError, "finite");
  expectRefusal(() => model.summary(), StateError, "not yet known");
  expect(memoryUsage().used).toBe(used);
  expect(model.predict([[1, 2, 3, 4]]).shape).toEqual([2]);
  expect(model.parameters[0]?.shape).toEqual([12, 4]);
});

describe("what float32 does not hold", () => {
  const series = Float64Array.of(1, 2, 1e300, 4);
  const model = new Model(sequential(lstm(2), dense(1)), { inputSize: 1 });
  test.each([
    ["a tensor", () => tensor([[1], [1e300]]), "values[1][0]"],
    ["a single number", () => tensor(-1e300), "values"],
    ["a series in float64", () => windows(series, { window: 2 }), "the series[2]"],
    [
      "a target",
      () => evaluate(model, { input: [[1, 2]], target: [[1, 1e300]] }, { loss: meanSquaredError }),
      "target",
    ],
    ["a state", () => run(model, [[1]], { initialState: { 0: { h: [[0, 1e300]] } } }), 'initialState "0" h[0][1]'],
    ["a parameter", () => model.parameters[3]?.write(new Array(8).fill(1e300)), 'parameter "0.bias_hh_l0"[0]'],
  ] as const)("is told as it was given and where: %s", (_name, act, place) => {
    expectRefusal(act, ArgumentError, place, "wants numbers up to 3.4e38, received", "1e+300");
  });

  test("is not what rounds to its largest number, nor what is no finite number to begin with", () => {
    expect([...tensor([3.4028235e38, -3.4028235e38, Infinity, -Infinity, Number.NaN]).data]).toEqual([
      MOST_FLOAT32,
      -MOST_FLOAT32,
      Infinity,
      -Infinity,
      Number.NaN,
    ]);
  });
});
