import { describe, expect, test } from "vitest";
import { loadOnnx } from "../../src/index.js";
import { D, graph, gruNode, H, ints, node, numbers, weights } from "../models/onnxGraphs.js";
import { writeOnnx } from "../support/onnxWriter.js";
import { own, plain, refused } from "./onnxRefusals.js";

const steps = [gruNode("xt W R B"), node("Squeeze", "Y one", "s0")];
const constants = { ...weights(3), one: ints(1), zero: ints(0) };
const several = "of several data paths, but for x + f(x), both directions of a layer and features side by side";
const range = (count: number) => Array.from({ length: count }, (_, at) => at);

/** The steps of a GRU, and what nodes make of them. */
const behind = (nodes: readonly ReturnType<typeof node>[], more = {}) =>
  graph([...steps, ...nodes], { ...constants, ...more });

describe("data paths that are no x + f(x) and nothing side by side:", () => {
  test.each([
    ["the sum of two layers", [node("Relu", "s0", "a"), node("Tanh", "s0", "b"), node("Add", "a b", "output")]],
    ["data and themselves", [node("Add", "s0 s0", "output")]],
    ["a difference", [node("Relu", "s0", "a"), node("Sub", "s0 a", "output")]],
    [
      "other axes",
      [node("Relu", "s0", "a"), node("Transpose", "a", "t", { perm: [1, 0, 2] }), node("Add", "s0 t", "output")],
    ],
    ["the last step and all", [node("Gather", "s0 zero", "a"), node("Concat", "s0 a", "output", { axis: 2 })]],
    ["steps behind steps", [node("Relu", "s0", "a"), node("Concat", "s0 a", "output", { axis: 0 })]],
    ["an addend that is left out", [node("Add", "_ s0", "output")]],
    ["one addend", [node("Add", "s0", "output")]],
    ["three", [node("Relu", "s0", "a"), node("Add", "s0 a a", "output")]],
  ])("%s", (_, nodes) => {
    const bytes = behind(nodes, { zero: ints(-1) });
    refused(bytes, several);
  });

  test("data of two inputs", () => {
    const inputs = ["x", "z"].map((name) => ({ name, axes: ["batch", "time", D] }));
    const nodes = [node("Add", "x z", "sum"), node("Transpose", "sum", "xt", { perm: [1, 0, 2] }), ...plain];
    refused({ ...graph([], own, { inputs: inputs as never }), nodes }, 'Add "sum"', several);
  });

  test("a sum whose addends are not as wide", () => {
    const nodes = [node("MatMul", "s0 M", "a"), node("Add", "s0 a", "output")];
    refused(behind(nodes, { M: numbers(8, H, 1) }), "cannot be", "their widths are 4 and 1");
  });

  test("a layer in two branches", () => {
    const nodes = [node("Relu", "s0", "a"), node("Add", "s0 a", "b"), node("Concat", "a b", "output", { axis: 2 })];
    refused(behind(nodes), 'Concat "output"', several);
  });
});

describe("a small file cannot make much work:", () => {
  test("sums within sums", () => {
    const nested = (count: number) =>
      behind([
        ...range(count).flatMap((at) => [node("Tanh", `s${at}`, `f${at}`), node("Add", `s0 f${at}`, `s${at + 1}`)]),
        node("Identity", `s${count}`, "output"),
      ]);
    using model = loadOnnx(writeOnnx(nested(16)));
    expect(model.predict([[1, 2, 3]]).shape).toEqual([1, H]);
    for (const count of [17, 3000]) refused(nested(count), "its branches lie too deep");
  });

  test("layers without end", () => {
    const chain = (count: number) =>
      behind([
        ...range(count).map((at) => node("Relu", `s${at}`, `s${at + 1}`)),
        node("Identity", `s${count}`, "output"),
      ]);
    // The GRU is the first.
    using model = loadOnnx(writeOnnx(chain(1023)));
    expect(model.predict([[1, 2, 3]]).shape).toEqual([1, H]);
    refused(chain(1024), "more than 1024 layers follow each other");
    refused(chain(20_000), "more than 1024 layers follow each other");
  });

  test("features that are doubled again and again", () => {
    const doubled = range(60).flatMap((at) => [
      node("Relu", `s${at}`, `a${at}`),
      node("Tanh", `s${at}`, `b${at}`),
      node("Concat", `a${at} b${at}`, `s${at + 1}`, { axis: 2 }),
    ]);
    refused(behind([...doubled, node("Identity", "s60", "output")]), several);
  });

  test("a sum that is part of itself", () => {
    refused(behind([node("Add", "s0 output", "output")]), 'Add "output" reads "output", which nothing before it gives');
  });
});

test("a normalisation over other axes, or with other numbers than one for each feature", () => {
  const normalized = (inputs: string, attributes = {}) =>
    behind([node("LayerNormalization", inputs, "output", attributes)], {
      gain: numbers(12, H),
      wide: numbers(13, H + 1),
      table: numbers(14, H, H),
    });
  const title = 'LayerNormalization "output"';
  refused(normalized("s0 gain", { axis: 1 }), title, "over other axes than that of the features");
  for (const inputs of ["s0 wide", "s0 table", "s0 s0", "s0 gain wide", "s0 gain s0"])
    refused(normalized(inputs), title, "with anything but a number for each feature");
});

describe("shares of steps that are anything but the weights of a sum:", () => {
  // s0 is [time, batch, H].
  const shares = [
    node("MatMul", "s0 column", "scores", {}, "/score/MatMul"),
    node("Softmax", "scores", "shares", { axis: 0 }),
  ];
  const more = { column: numbers(12, H, 1), wide: numbers(13, H, 2), row: ints(1, -1), rows: ints(-1, H) };
  const otherwise = "of shares of steps, but for the sum of steps that they weigh";
  const weighed = [...shares, node("Mul", "s0 shares", "weighed")];

  test.each([
    ["an output", [...shares, node("Tanh", "shares", "output")], otherwise],
    ["a mean", [...weighed, node("ReduceMean", "weighed zero", "output")], otherwise],
    ["a sum over the features", [...weighed, node("ReduceSum", "weighed axis", "output")], otherwise],
    ["weighed steps that are not added up", [...weighed, node("Tanh", "weighed", "output")], otherwise],
    ["steps weighed twice", [...weighed, node("Mul", "weighed shares", "output")], otherwise],
    ["added to steps", [...shares, node("Add", "s0 shares", "output")], otherwise],
    ["a product over the batch", [...shares, node("MatMul", "shares s0", "output")], otherwise],
    [
      "a product over steps and batch",
      [
        ...shares,
        node("Reshape", "shares row", "left"),
        node("Reshape", "s0 rows", "right"),
        node("MatMul", "left right", "output"),
      ],
      otherwise,
    ],
    ["of one step", [...shares, node("Gather", "shares zero", "output")], "of shares of steps"],
    [
      "of two scores a step",
      [node("MatMul", "s0 wide", "scores", {}, "/score/MatMul"), node("Softmax", "scores", "output", { axis: 0 })],
      "over another axis than that of the features",
    ],
    [
      "of scores that come from other steps",
      [
        ...shares,
        node("Relu", "s0", "bent"),
        node("Mul", "bent shares", "both"),
        node("ReduceSum", "both zero", "output"),
      ],
      "of shares that come from anything but the steps that they weigh",
    ],
  ])("%s", (_, nodes, text) => {
    const constantsOf = { ...more, zero: ints(0), axis: ints(2) };
    refused({ ...behind(nodes, constantsOf), opset: 18 }, text);
  });

  test("the only output", () => {
    const nodes = [...steps, ...shares];
    refused(graph(nodes, { ...constants, ...more }, { outputs: ["shares"] }), 'output "shares" holds shares of steps');
  });

  test("of sequences with lengths", () => {
    const given = graph(
      [
        gruNode("xt W R B lengths"),
        node("Squeeze", "Y one", "s0"),
        ...weighed,
        node("ReduceSum", "weighed zero", "output"),
      ],
      { ...constants, ...more },
    );
    const inputs = [...given.inputs, { name: "lengths", type: 6, axes: ["batch"] }];
    refused({ ...given, inputs, opset: 18 } as never, "of the steps of sequences with lengths");
  });
});

describe("features that were cut into several axes", () => {
  const cut = [
    node("Squeeze", "h zero", "row"),
    node("MatMul", "row W2", "wide"),
    node("Reshape", "wide two", "apart"),
  ];
  const more = { W2: numbers(10, H, 6), W3: numbers(11, 2, 2), two: ints(-1, 3, 2) };

  test.each([
    [node("MatMul", "apart W3", "output"), "of another axis than that of the features"],
    [node("Softmax", "apart", "output"), "over another axis than that of the features"],
    [node("Transpose", "apart", "output", { perm: [0, 2, 1] }), "in another order than they were made in"],
    [node("Reshape", "apart odd", "output"), "to [batch, 2, 3]"],
  ])("%o", (last, text) => refused(behind([...cut, last], { ...more, odd: ints(-1, 2, 3) }), text));
});

describe("what spreads anything but one row to the steps of the input:", () => {
  const wants = "of anything but one row a sequence to all steps of the input";
  const counts = { one: ints(1), three: ints(1, 3, 1), wide: ints(1, 1, 2), both: ints(1, 2, 2) };
  const state = [node("Squeeze", "h zero", "row"), node("Unsqueeze", "row one", "code")];
  const more = { ...counts, sizes: ints(1, 4, 1) };

  test.each([
    ["Tile", "a fixed number of steps", [...state, node("Tile", "code three", "output")]],
    ["Expand", "sizes of its own", [...state, node("Expand", "code sizes", "output")]],
    ["Tile", "features", [...state, node("Tile", "code wide", "output")]],
    ["Tile", "two axes", [...state, node("Tile", "code both", "output")]],
    ["Tile", "steps", [node("Tile", "s0 wide", "output")]],
  ])("%s of %s", (operator, _, nodes) => {
    refused(behind(nodes, more), `${operator} "output" ${wants}`);
  });

  test("a state of sequences with lengths", () => {
    const nodes = [gruNode("xt W R B lengths"), ...state, node("Shape", "x", "shape")];
    const counted = [node("Slice", "shape one two", "T"), node("Concat", "one T one", "counts", { axis: 0 })];
    const given = graph([...nodes, ...counted, node("Tile", "code counts", "output")], {
      ...constants,
      two: ints(2),
    });
    const inputs = [...given.inputs, { name: "lengths", type: 6, axes: ["batch"] }];
    refused({ ...given, inputs } as never, 'Tile "output" to the steps of sequences with lengths');
  });
});

test("dropout whose options depend on the data, and more than all of it", () => {
  const nodes = (rate: string, mode: string) => [node("Dropout", `s0 ${rate} ${mode}`, "output")];
  const more = { rate: { shape: [], values: Float32Array.of(1.5) } };
  for (const [rate, mode] of [
    ["rate", "s0"],
    ["s0", "one"],
    ["_", "one"],
  ])
    refused(behind(nodes(rate, mode), more), 'Dropout "output" of these inputs');
  refused(behind(nodes("rate", "one"), more), "cannot be: dropout");
});
