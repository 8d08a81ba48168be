import { describe, test } from "vitest";
import { D, fixed, graph, gruNode, H, ints, node, numbers, T, weights } from "../models/onnxGraphs.js";
import { bothTwice, stack } from "../models/onnxStateForms.js";
import { own, plain, refused } from "./onnxRefusals.js";

const steps = [gruNode("xt W R B"), node("Squeeze", "Y one", "ys"), node("Transpose", "ys", "yb", { perm: [1, 0, 2] })];
const turn = (name: string) => node("Transpose", name, "xt", { perm: [1, 0, 2] });
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

  test("data that is cast to whole numbers, tokens to bytes", () => {
    for (const [to, name] of [
      [6, "I32"],
      [7, "I64"],
      [9, "BOOL"],
    ] as const) {
      refused(graph([...steps, node("Cast", "yb", "output", { to })], constants), `Cast "output" to ${name}`);
      refused(graph([...steps, node("Cast", "h", "output", { to })], constants), `Cast "output" to ${name}`);
    }
    const early = [node("Cast", "x", "whole", { to: 6 }), node("Cast", "whole", "back", { to: 1 }), turn("back")];
    refused({ ...graph([], own), nodes: [...early, ...plain] }, 'Cast "whole" to I32');
    const bytes = [node("Cast", "x", "tokens", { to: 2 }), node("Gather", "table tokens", "rows"), turn("rows")];
    const tokens = { name: "x", type: 7, axes: ["batch", "time"] };
    const table = numbers(12, 7, D);
    refused({ ...graph([], { ...own, table }, { inputs: [tokens] }), nodes: [...bytes, ...plain] }, "to U8");
  });

  test("a mean over no axes, which is none, or over all", () => {
    for (const noop of [0, 1]) {
      const mean = node("ReduceMean", "yb", "output", { noop_with_empty_axes: noop });
      refused(graph([...steps, mean], constants, { opset: 18 }), 'ReduceMean "output" over anything but the steps');
    }
  });

  test("states side by side of which one was turned over", () => {
    const nodes = [
      gruNode("xt W R B"),
      node("Transpose", "h", "turned", { perm: [0, 2, 1] }),
      node("Concat", "h turned", "both", { axis: 0 }),
      node("Gather", "both one", "row"),
      node("Squeeze", "row zero", "output"),
    ];
    const square = [{ name: "x", axes: [H, T, D] }];
    refused(graph(nodes, constants, { inputs: square }), 'Concat "both" of states along another axis');
  });

  test("one direction of several layers", () => {
    const nodes = [...bothTwice, node("Gather", "apart one", "output", { axis: 1 })];
    refused(graph(nodes, stack), 'Gather "output" of states of several layers');
    const beside = [...bothTwice, node("Concat", "apart apart", "output", { axis: 1 })];
    refused(graph(beside, stack), 'Concat "output" of states along another axis');
    const answer = [...bothTwice, node("Relu", "apart", "output")];
    refused(graph(answer, stack), 'Relu "output" of states that are not the hidden states of one layer');
  });
});
