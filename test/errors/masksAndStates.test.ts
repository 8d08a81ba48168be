import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  activate,
  backpropagate,
  bidirectional,
  columns,
  concatenate,
  dense,
  fit,
  joinFeatures,
  lastStep,
  lstm,
  Model,
  meanSquaredError,
  run,
  ShapeError,
  StateError,
  sequential,
  stateGradients,
  trace,
} from "../../src/index.js";
import { expectRefusal, expectRejection, expectUntouched } from "../support/refusal.js";

/** What no type allows, but JavaScript does. */
const any = (value: unknown) => value as never;

const network = sequential(bidirectional(lstm(2)), dense(1));
const input = [
  [[1], [2], [3]],
  [[4], [5], [6]],
];
const target = input;
const whole = [
  [1, 1, 1],
  [1, 0, 1],
];
const rows = (width: number, count = 2) => Array.from({ length: count }, () => new Array<number>(width).fill(0.5));

const masks = [
  ["too few sequences", { mask: [[1, 1, 1]] }, ShapeError, ["1 sequences", "2"]],
  [
    "too few steps",
    {
      mask: [
        [1, 1],
        [1, 1],
      ],
    },
    ShapeError,
    ["mask 0 has 2 steps", "3"],
  ],
  ["one value a sequence", { mask: [1, 0] }, ShapeError, ["[batch, time]"]],
  ["several values a step", { mask: input.map((one) => one.map(() => [1, 0])) }, ShapeError, ["[batch, time]"]],
  [
    "a half",
    {
      mask: [
        [1, 1, 1],
        [1, 0.5, 1],
      ],
    },
    ArgumentError,
    ["0 and 1", "0.5", "sequence 1, step 1"],
  ],
  [
    "NaN",
    {
      mask: [
        [1, Number.NaN, 1],
        [1, 1, 1],
      ],
    },
    ArgumentError,
    ["finite", "NaN"],
  ],
  ["lengths beside it", { mask: whole, lengths: [3, 2] }, ShapeError, ["lengths and mask"]],
  ["a text", { mask: any("mask") }, ArgumentError, ["mask", '"mask"']],
] as const;

const states = [
  ["an unknown layer", { initialState: { rnn: { h: rows(2) } } }, ArgumentError, ['"rnn"', '"0", "0.reverse"']],
  ["an unknown state", { initialState: { "0": { s: rows(2) } } }, ArgumentError, ['"s"', "h, c"]],
  ["another width", { initialState: { "0": { h: rows(3) } } }, ShapeError, ["[batch, 2]", "[2, 3]"]],
  ["another batch", { initialState: { "0": { h: rows(2, 3) } } }, ShapeError, ["[2, units]", "[3, 2]"]],
  ["no batch", { initialState: { "0": { h: [1, 2] } } }, ShapeError, ["[2, units]", "[2]"]],
  [
    "Infinity",
    {
      initialState: {
        "0": {
          c: [
            [1, 2],
            [3, Infinity],
          ],
        },
      },
    },
    ArgumentError,
    ["sequence 1, unit 1"],
  ],
  ["a list", { initialState: any([rows(2)]) }, ArgumentError, ["initialState must be states by layer path"]],
  ["bare rows", { initialState: { "0": any(rows(2)) } }, ArgumentError, ['initialState of "0"']],
] as const;

describe.each([...masks, ...states])("%s", (_, options, kind, texts) => {
  test("is refused by predictions", () => {
    using model = new Model(network, { inputSize: 1 });
    for (const act of [model.predictBatch.bind(model), run.bind(null, model), trace.bind(null, model)])
      expectUntouched(model, () => act(input, options), kind, ...texts);
  });

  test("is refused by training", async () => {
    using model = new Model(network, { inputSize: 1 });
    const data = { input, target, ...options };
    expectUntouched(model, () => backpropagate(model, data, meanSquaredError), kind, ...texts);
    await expectRejection(() => fit(model, data, { loss: meanSquaredError, epochs: 1 }), kind, ...texts);
  });

  test("leaves a model whose sizes are not known as it is", () => {
    using model = new Model(network);
    expectRefusal(() => model.predictBatch(input, options), kind, ...texts);
    expectRefusal(() => model.parameters, StateError, "sizes");
  });
});

test("a network without states says so", () => {
  using model = new Model(dense(1), { inputSize: 1 });
  expectRefusal(() => run(model, input, { initialState: { "0": { h: rows(2) } } }), ArgumentError, "none");
  expect(run(model, input).finalState).toEqual({});
});

test("weights are refused by name", () => {
  using model = new Model(network, { inputSize: 1 });
  const learn = (weights: number[] | number[][]) => () =>
    backpropagate(model, { input, target, weights }, meanSquaredError);
  expectUntouched(model, learn([1]), ShapeError, "weights has 1 sequences");
  expectUntouched(model, learn([1, -1]), ArgumentError, "0 or more", "-1");
  expectUntouched(model, learn([1, Number.NaN]), ArgumentError, "weights", "NaN");
});

describe("gradients of states", () => {
  test("are there after backpropagate alone", () => {
    using model = new Model(network, { inputSize: 1 });
    expectRefusal(() => stateGradients(model), StateError, "backpropagate");
    backpropagate(model, { input, target }, meanSquaredError);
    model.predictBatch(input);
    expect(stateGradients(model)["0"].c.shape).toEqual([2, 2]);
    expectRefusal(
      () => backpropagate(model, { input, target }, () => ({ loss: Number.NaN, gradient: [] })),
      ShapeError,
    );
    expectRefusal(() => stateGradients(model), StateError, "backpropagate");
  });

  test("of what follows are checked like states", () => {
    using model = new Model(network, { inputSize: 1 });
    const learn = (finalGradients: unknown) => () =>
      backpropagate(model, { input, target }, meanSquaredError, { finalGradients: any(finalGradients) });
    expectUntouched(model, learn({ rnn: { h: rows(2) } }), ArgumentError, 'finalGradients names "rnn"');
    expectUntouched(model, learn({ "0": { h: rows(3) } }), ShapeError, 'finalGradients "0" h', "[2, 3]");
    expectUntouched(model, learn([]), ArgumentError, "finalGradients must be");
  });
});

describe("several inputs", () => {
  test.each([
    ["no input", () => joinFeatures(), ArgumentError, ["at least one"]],
    ["no axis of time", () => joinFeatures([[1, 2]], [3]), ShapeError, ["input 1", "axis of time"]],
    [
      "other sequences",
      () =>
        joinFeatures(
          [[1, 2]],
          [
            [1, 2],
            [3, 4],
          ],
        ),
      ShapeError,
      ["input 1", "2 sequences", "1"],
    ],
    ["other steps", () => joinFeatures([[1, 2]], [[[1], [2], [3]]]), ShapeError, ["input 1", "3 steps", "2"]],
    ["NaN", () => joinFeatures([[1, Number.NaN]]), ArgumentError, ["input 0 of joinFeatures", "NaN"]],
    ["an empty range of columns", () => columns(2, 2), ArgumentError, ["columns(2, 2)", "empty"]],
    ["half a column", () => columns(0.5, 2), ArgumentError, ["from of columns", "0.5"]],
    ["no branch", () => concatenate(), ArgumentError, ["at least one layer"]],
    ["a number as a branch", () => concatenate(any(3)), ArgumentError, ["layer specification", "3"]],
    ["two of one name", () => concatenate(lstm(1, { name: "a" }), lstm(1, { name: "a" })), ArgumentError, ['"a"']],
    [
      "features that are doubled again and again",
      () => {
        const doubled = Array.from({ length: 60 }, () => concatenate(activate("linear"), activate("tanh")));
        return new Model(sequential(...doubled), { inputSize: 1 });
      },
      ArgumentError,
      ["features of concatenate", "1048576", "2097152"],
    ],
    ["columns that are not there", () => new Model(columns(1, 4), { inputSize: 3 }), ShapeError, ["at least 4", "3"]],
    [
      "steps beside whole sequences",
      () => new Model(concatenate(lstm(1), sequential(lstm(1), lastStep())), { inputSize: 3 }),
      ShapeError,
      ["one a step", "one a sequence"],
    ],
  ] as const)("%s: refused", (_, act, kind, texts) => expectRefusal(act, kind, ...texts));

  test("of other lengths are joined sequence by sequence", () => {
    const joined = joinFeatures(
      [[3, 1], [2]],
      [
        [
          [0.5, 1],
          [2, 3],
        ],
        [[4, 5]],
      ],
    );
    expect(Array.isArray(joined) && joined.map((one) => one.toArray())).toEqual([
      [
        [3, 0.5, 1],
        [1, 2, 3],
      ],
      [[2, 4, 5]],
    ]);
  });
});
