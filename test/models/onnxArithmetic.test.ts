import { describe, expect, test } from "vitest";
import { loadOnnx, Tensor } from "../../src/index.js";
import { type Constant, writeOnnx } from "../support/onnxWriter.js";
import { C, fc, gemm, graph, gruNode, H, ints, node, numbers, weights } from "./onnxGraphs.js";

/** One operation in float32 on values below 8: half a unit in the last place, and one for a quotient's reciprocal. */
const TOLERANCE = 1e-6;

const input = new Tensor(numbers(30, 2, 5, 3).values as Float32Array, [2, 5, 3]);
const scalar = (value: number): Constant => ({ shape: [], values: Float32Array.of(value) });
type Nodes = readonly ReturnType<typeof node>[];

/** The final state of a GRU through a dense layer to "y", and what nodes make of it. */
function answer(nodes: Nodes, constants: Readonly<Record<string, Constant>> = {}, output = "output", opset = 13) {
  const head = [gruNode("xt W R B"), node("Reshape", "h flat", "row"), { ...gemm("row"), outputs: ["y"] }];
  const more = { outputs: [output], opset };
  using model = loadOnnx(
    writeOnnx(graph([...head, ...nodes], { ...weights(3), ...fc(), flat: ints(-1, H), ...constants }, more)),
  );
  return Array.from(model.predictBatch(input).data);
}

const plain = answer([], {}, "y");

/** The same in float64 of what comes before. */
function expectNumbers(found: readonly number[], compute: (y: number) => number): void {
  expect(found).toHaveLength(2 * C);
  for (const [index, value] of plain.entries())
    expect(Math.abs((found[index] as number) - compute(value))).toBeLessThanOrEqual(TOLERANCE);
}

describe("data and one number", () => {
  const k = Math.fround(-2.7);
  test.each<[string, Nodes, (y: number) => number]>([
    ["y + k", [node("Add", "y k", "output")], (y) => y + k],
    ["k + y", [node("Add", "k y", "output")], (y) => k + y],
    ["y - k", [node("Sub", "y k", "output")], (y) => y - k],
    ["k - y", [node("Sub", "k y", "output")], (y) => k - y],
    ["y k", [node("Mul", "y k", "output")], (y) => y * k],
    ["k y", [node("Mul", "k y", "output")], (y) => k * y],
    ["y / k", [node("Div", "y k", "output")], (y) => y / k],
    [
      "(y - k) / k, as data are scaled, and an activation",
      [node("Sub", "y k", "a"), node("Div", "a k", "b"), node("Tanh", "b", "output")],
      (y) => Math.tanh((y - k) / k),
    ],
  ])("%s", (_, nodes, compute) => expectNumbers(answer(nodes, { k: scalar(k) }), compute));

  test("in a tensor of one value", () => {
    expectNumbers(
      answer([node("Mul", "y k", "output")], { k: { shape: [1, 1], values: Float32Array.of(k) } }),
      (y) => y * k,
    );
  });

  test("but not k / y, more numbers than one, more axes than the data have, and infinite ones", () => {
    const refusal = "of a constant, but for one number, or the bias of a MatMul";
    expect(() => answer([node("Div", "k y", "output")], { k: scalar(k) })).toThrow(refusal);
    expect(() => answer([node("Mul", "y k", "output")], { k: numbers(3, C) })).toThrow(refusal);
    expect(() => answer([node("Mul", "y k", "output")], { k: numbers(3, 1, 1, 1) })).toThrow(refusal);
    expect(() => answer([node("Div", "y k", "output")], { k: scalar(0) })).toThrow("cannot be");
  });
});

describe("data between bounds", () => {
  const [low, high] = [Math.fround(-0.7), Math.fround(-0.4)];
  const bounds = { low: scalar(low), high: scalar(high) };
  const attributes = { min: { float: low }, max: { float: high } };

  test("the values lie on both sides", () => {
    expect(plain.some((y) => y < low) && plain.some((y) => y > high)).toBe(true);
  });

  test.each<[string, Nodes, (y: number) => number, number]>([
    ["both", [node("Clip", "y low high", "output")], (y) => Math.min(Math.max(y, low), high), 13],
    ["the lower", [node("Clip", "y low", "output")], (y) => Math.max(y, low), 13],
    ["the upper", [node("Clip", "y _ high", "output")], (y) => Math.min(y, high), 13],
    ["attributes", [node("Clip", "y", "output", attributes)], (y) => Math.min(Math.max(y, low), high), 7],
    ["none", [node("Clip", "y", "output")], (y) => y, 13],
  ])("%s", (_, nodes, compute, opset) => expectNumbers(answer(nodes, bounds, "output", opset), compute));

  test("that depend on the data are refused, and such as exclude each other", () => {
    expect(() => answer([node("Clip", "y y", "output")])).toThrow("to bounds that are no constant numbers");
    expect(() => answer([node("Clip", "y high low", "output")], bounds)).toThrow("cannot be");
  });
});

describe("data times their sigmoid", () => {
  const silu = (y: number) => y / (1 + Math.exp(-y));

  test.each<[string, Nodes, (y: number) => number]>([
    ["of a dense layer", [node("Sigmoid", "y", "s"), node("Mul", "y s", "output")], silu],
    ["the sigmoid first", [node("Sigmoid", "y", "s"), node("Mul", "s y", "output")], silu],
    [
      "of an activation",
      [node("Tanh", "y", "t"), node("Sigmoid", "t", "s"), node("Mul", "t s", "output")],
      (y) => silu(Math.tanh(y)),
    ],
  ])("%s", (_, nodes, compute) => expectNumbers(answer(nodes), compute));

  test("but not other data's, nor another activation", () => {
    const refusal = 'Mul "output" of several data paths';
    const [tanh, sigmoid] = [node("Tanh", "y", "t"), node("Sigmoid", "y", "s")];
    expect(() => answer([tanh, sigmoid, node("Mul", "t s", "output")])).toThrow(refusal);
    expect(() => answer([tanh, node("Mul", "y t", "output")])).toThrow(refusal);
    expect(() => answer([node("Mul", "y y", "output")])).toThrow(refusal);
    const turned = [sigmoid, node("Transpose", "s", "t"), node("Mul", "y t", "output")];
    expect(() => answer(turned)).toThrow(refusal);
  });
});
