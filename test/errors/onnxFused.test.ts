import { describe, expect, test } from "vitest";
import { loadOnnx } from "../../src/index.js";
import { normNodes } from "../models/onnxFusedForms.js";
import { graph, gruNode, H, ints, node, numbers, weights } from "../models/onnxGraphs.js";
import { type WrittenNode, writeOnnx } from "../support/onnxWriter.js";
import { refused } from "./onnxRefusals.js";

const float = (...values: number[]) => ({ shape: [values.length], values: Float32Array.from(values) });
const steps = [gruNode("xt W R B"), node("Squeeze", "Y one", "ys")];
const constants = {
  ...weights(3),
  one: ints(1),
  two: float(2),
  three: float(3),
  epsilon: float(0.25),
  table: { shape: [1, 1, 1, 1], values: Float32Array.of(0.25) },
  several: numbers(12, H),
};
const behind = (nodes: readonly WrittenNode[], more = {}) => graph([...steps, ...nodes], { ...constants, ...more });
const norm = normNodes("ys", "output");
/** The normalisation with nodes in place of those that give the same values. */
const spoilt = (...others: WrittenNode[]) => [
  node("Tanh", "ys", "other"),
  ...norm.flatMap((one) => {
    const found = others.filter(({ outputs: [to] }) => to === one.outputs[0] || to === `${one.outputs[0]}_first`);
    return found.length > 0 ? found : [one];
  }),
];

test("the nodes that are spoilt below are a normalisation", () => {
  using model = loadOnnx(writeOnnx(behind(norm)));
  expect(model.predict([[1, 2, 3]]).shape).toEqual([1, H]);
});

describe("what is not wholly a layer normalisation is none:", () => {
  test.each([
    ["another exponent", node("Pow", "output_centred three", "output_square")],
    ["exponents of their own", node("Pow", "output_centred several", "output_square")],
    ["no square of a constant", node("Pow", "two output_centred", "output_square")],
    ["the square of something else", node("Pow", "ys two", "output_square")],
    ["the mean of something else", node("ReduceMean", "other", "output_mean", { axes: [-1] })],
    ["a mean over steps", node("ReduceMean", "ys", "output_mean", { axes: [0] })],
    ["a variance over steps", node("ReduceMean", "output_square", "output_variance", { axes: [0] })],
    ["means over two axes", node("ReduceMean", "ys", "output_mean", { axes: [1, 2] })],
    ["a mean without its axis", node("ReduceMean", "output_square", "output_variance", { axes: [-1], keepdims: 0 })],
    ["a mean with more attributes", node("ReduceMean", "ys", "output_mean", { axes: [-1], noop_with_empty_axes: 0 })],
    ["an axis that is an input", node("ReduceMean", "ys one", "output_mean")],
    ["a difference the other way round", node("Sub", "output_mean ys", "output_centred")],
    ["an epsilon for each feature", node("Add", "output_variance several", "output_raised")],
    ["an epsilon that makes axes", node("Add", "output_variance table", "output_raised")],
    ["an epsilon that is none", node("Add", "output_variance other", "output_raised")],
    ["an epsilon that is taken off", node("Sub", "output_variance epsilon", "output_raised")],
    ["something else divided", node("Div", "ys output_deviation", "output")],
    ["a quotient the other way round", node("Div", "output_deviation output_centred", "output")],
    ["an operator of somebody else", { ...node("Sqrt", "output_raised", "output_deviation"), domain: "own" }],
  ])("%s", (_, other) => refused(behind(spoilt(other)), "not read are", "Pow", "Sqrt"));

  test("one over steps, or over an axis that is not the last", () => {
    const over = (axis: number) =>
      norm.map((one) => (one.operator === "ReduceMean" ? { ...one, attributes: { axes: [axis] } } : one));
    for (const axis of [0, 1, -2])
      refused(behind(over(axis)), 'LayerNormalization "/norm/LayerNormalization" over other axes');
    using model = loadOnnx(writeOnnx(behind(over(2))));
    expect(model.predict([[1, 2, 3]]).shape).toEqual([1, H]);
  });

  test("parts that something else reads too are not read", () => {
    for (const { outputs } of norm.slice(0, -1)) {
      const given = behind([...norm, node("Identity", outputs[0], "z")]);
      refused({ ...given, outputs: ["output", "z"] }, "not read");
    }
  });

  test("nor is a value that two nodes give", () => {
    refused(behind([...norm, node("Tanh", "ys", "output_centred")]), 'two nodes give "output_centred"');
  });

  test("one of no number of features", () => {
    const open = [{ name: "x", axes: ["batch", "time", "features"] }];
    refused(
      {
        ...graph([], constants, { inputs: open }),
        nodes: [
          ...normNodes("x", "xn"),
          node("Transpose", "xn", "xt", { perm: [1, 0, 2] }),
          ...steps,
          node("Identity", "ys", "output"),
        ],
      },
      "with anything but a number for each feature",
    );
  });
});
