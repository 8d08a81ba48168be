import { describe, expect, test } from "vitest";
import { loadOnnx } from "../../src/index.js";
import { graph, gruNode, int, ints, node, numbers, x } from "../models/onnxGraphs.js";
import { type Constant, writeOnnx } from "../support/onnxWriter.js";
import { own, plain, refused } from "./onnxRefusals.js";

/** A GRU whose bias is what nodes make of constants. */
const withBias = (nodes: readonly ReturnType<typeof node>[], constants: Readonly<Record<string, Constant>>) => {
  const { B: _, ...others } = own;
  return graph([...nodes, ...plain], { ...others, ...constants });
};

test("a constant whose value is no tensor is refused", () => {
  for (const value of [5, "five", [5]]) {
    refused(withBias([node("Constant", "", "B", { value })], {}), 'attribute value of Constant "B" must be a tensor');
    refused(withBias([node("ConstantOfShape", "k", "B", { value })], { k: ints(1) }), "must be a tensor");
  }
});

describe("a small file cannot make much work:", () => {
  test("inputs of more axes than any tensor, or than there are sizes for", () => {
    const open = (count: number) => Array.from({ length: count }, (_, axis) => `axis${axis}`);
    refused(graph(plain, own, { inputs: [x, { name: "z", axes: open(9000) }] }), 'input "z" has 9000 axes');
    const many = Array.from({ length: 300 }, (_, index) => ({ name: `z${index}`, axes: open(16) }));
    refused(graph(plain, own, { inputs: [x, ...many] }), "too many axes without a size");
  });

  test("a shape of more axes than any tensor", () => {
    const long: Constant = { shape: [20_000], values: new Array<number>(20_000).fill(1) };
    for (const operator of ["Reshape", "Expand"])
      refused(withBias([node(operator, "k long", "B")], { k: ints(1), long }), `${operator} "B" of these constants`);
    refused(graph([node("Reshape", "x long", "B"), ...plain], { ...own, long }, { outputs: ["B"] }), 'Reshape "B" to');
  });

  test("a node of very many inputs", () => {
    const squeeze = node("Squeeze", `h zero${" _".repeat(200_000)}`, "output");
    using model = loadOnnx(writeOnnx(graph([plain[0], squeeze], own)));
    expect(model.parameters).toHaveLength(4);
  });

  test("states that are doubled again and again", () => {
    for (const axis of [0, 2]) {
      const doubled = Array.from({ length: 60 }, (_, at) => node("Concat", `s${at} s${at}`, `s${at + 1}`, { axis }));
      const nodes = [gruNode("xt W R B", "Y s0"), ...doubled, node("Identity", "s60", "output")];
      refused(graph(nodes, own), 'Concat "s1" of a state and itself');
    }
  });

  test("constants that grow beyond the file", () => {
    const doubled = Array.from({ length: 20 }, (_, at) => node("Concat", `k${at} k${at}`, `k${at + 1}`, { axis: 0 }));
    refused(
      withBias([...doubled, node("Identity", "k20", "B")], { k0: ints(1, 2, 3) }),
      "Concat",
      "of these constants",
    );
    const one = numbers(1, 1, 3000);
    const firsts: Constant = { shape: [3000], values: new Array<number>(3000).fill(0) };
    refused(withBias([node("Gather", "k at", "B")], { k: one, at: firsts }), 'Gather "B" of these constants');
    const ranges = Array.from({ length: 4 }, (_, at) => node("Range", `zero most one`, `r${at}`));
    const long = { zero: int(0), most: int(60_000), one: int(1) };
    const last = node("Add", "r0 r1 r2 r3", "B");
    refused(withBias([...ranges, last], long), "of constants that take more room than the file");
  });
});
