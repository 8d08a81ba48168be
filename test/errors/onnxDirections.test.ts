import { describe, expect, test } from "vitest";
import { describeOnnx, loadOnnx } from "../../src/index.js";
import { both, D, graph, gruNode, H, ints, lstmNode, node, weights } from "../models/onnxGraphs.js";
import { writeOnnx } from "../support/onnxWriter.js";
import { refused } from "./onnxRefusals.js";

const several = "of several data paths, but for x + f(x), both directions of a layer and features side by side";
const wide = [node("Transpose", "Y", "yt", { perm: [0, 2, 1, 3] }), node("Reshape", "yt joined", "ys")];
const constants = {
  ...weights(3, 2),
  joined: ints(0, 0, -1),
  zero: ints(0),
  one: ints(1),
  two: ints(2),
  quarter: ints(H / 2),
  half: ints(H),
  most: ints(H + H / 2),
  end: ints(2 * H),
};
const slice = (from: string, to: string, name: string, of = "ys") => node("Slice", `${of} ${from} ${to} two`, name);
const halves = (of = "ys") => [slice("zero", "half", "a", of), slice("half", "end", "b", of)];

/** What nodes make of the steps of a bidirectional GRU, "Y" and "ys" [time, batch, 2·H]. */
const behind = (nodes: readonly ReturnType<typeof node>[], more = {}, gru = gruNode("xt W R B", "Y h", both)) =>
  graph([gru, ...wide, ...nodes], { ...constants, ...more });

describe("features that are not both directions of a layer are no sum of them:", () => {
  test.each([
    [
      "halves of one direction",
      [slice("zero", "quarter", "a"), slice("quarter", "half", "b"), node("Add", "a b", "output")],
    ],
    ["ranges of both", [slice("zero", "half", "a"), slice("quarter", "most", "b"), node("Add", "a b", "output")]],
    ["one direction twice", [...halves(), slice("half", "end", "c"), node("Add", "b c", "output")]],
    ["a difference", [...halves(), node("Sub", "a b", "output")]],
    ["three addends", [...halves(), node("Add", "a b a", "output")]],
    ["what follows the layer", [node("Relu", "ys", "bent"), ...halves("bent"), node("Add", "a b", "output")]],
    ["one of them bent", [...halves(), node("Relu", "a", "bent"), node("Add", "bent b", "output")]],
    [
      "final states",
      [node("Slice", "h zero one zero", "a"), node("Slice", "h one two zero", "b"), node("Add", "a b", "output")],
    ],
  ])("%s", (_, nodes) => refused(behind(nodes), several));

  test("directions with activations of their own", () => {
    const own = gruNode("xt W R B", "Y h", { ...both, activations: ["Sigmoid", "Tanh", "Sigmoid", "Relu"] });
    refused(behind([...halves(), node("Add", "a b", "output")], {}, own), several);
  });

  test("the largest, or a sum of steps or of all features", () => {
    const reduced = (operator: string, axis: number) => behind([node(operator, "Y", "output", { axes: [axis] })]);
    refused(reduced("ReduceMax", 1), 'ReduceMax "output" over anything but the steps or both directions of a layer');
    for (const axis of [0, 2, 3])
      refused(reduced("ReduceSum", axis), 'ReduceSum "output" over anything but both directions of a layer');
    refused(behind([node("ReduceSum", "ys", "output", { axes: [2] })]), "over anything but both directions");
    refused(behind([node("ReduceSum", "Y", "output", { axes: [1, 3] })]), "over anything but both directions");
  });
});

test("cell states among hidden ones", () => {
  const nodes = [
    lstmNode("xt W R B", "Y h c", both),
    node("Slice", "h one two zero", "a"),
    node("Slice", "c zero one zero", "b"),
    node("Concat", "a b", "row", { axis: 2 }),
    node("Squeeze", "row zero", "flat"),
    node("Relu", "flat", "output"),
  ];
  refused(graph(nodes, { ...constants, ...weights(4, 2) }), 'Relu "output" of cell states, which no layer gives');
});

test("a sum of directions keeps the states that it begins and ends with, in their places", () => {
  const nodes = [gruNode("xt W R B _ h0", "Y h", both), ...wide, ...halves(), node("Add", "a b", "output")];
  const inputs = [
    { name: "x", axes: ["batch", "time", D] },
    { name: "h0", axes: [2, "batch", H] },
  ];
  const bytes = writeOnnx(graph(nodes, constants, { inputs, outputs: ["output", "h"] }));
  const described = describeOnnx(bytes);
  const states = ["rnn", "rnn.reverse"].map((path) => ({ path, state: "h" }));
  expect([described.inputs[1].states, described.outputs[1].states]).toEqual([states, states]);
  using model = loadOnnx(bytes);
  expect(model.predict([[1, 2, 3]]).shape).toEqual([1, H]);
});
