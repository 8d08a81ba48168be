import { describe, test } from "vitest";
import { fixed, graph, gruNode, H, ints, node, numbers, T, weights } from "../models/onnxGraphs.js";
import { own, refused } from "./onnxRefusals.js";

const steps = [gruNode("xt W R B"), node("Squeeze", "Y one", "ys"), node("Transpose", "ys", "yb", { perm: [1, 0, 2] })];
const constants = { ...weights(3), one: ints(1), zero: ints(0) };

describe("what would give other numbers than the file is refused:", () => {
  test("a bias along another axis than that of the features, though it is as long", () => {
    const nodes = [
      ...steps,
      node("MatMul", "yb M", "product"),
      node("Transpose", "product", "turned", { perm: [0, 2, 1] }),
      node("Add", "turned bias", "output"),
    ];
    const biased = { ...constants, M: numbers(8, H, T), bias: numbers(9, T) };
    refused(graph(nodes, biased, { inputs: [fixed] }), 'Add "output" of a constant that is not one value a feature');
  });

  test("a bias for each sequence", () => {
    const gemm = node("Gemm", "row M bias", "output");
    const biased = { ...own, M: numbers(8, H, 2), bias: numbers(9, 2, 1) };
    const rows = [gruNode("xt W R B"), node("Squeeze", "h zero", "row")];
    const wanted = 'Gemm "output" with anything but a bias for each feature';
    refused(graph([...rows, gemm], biased, { inputs: [fixed] }), wanted);
    const added = [node("MatMul", "row M", "product"), node("Add", "product bias", "output")];
    refused(graph([...rows, ...added], biased, { inputs: [fixed] }), "of a constant that is not one value a feature");
  });
});
