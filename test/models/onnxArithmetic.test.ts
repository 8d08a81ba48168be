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
function expectNumbers(found: readonly number[], compute: (y: number, feature: number) => number): void {
  expect(found).toHaveLength(2 * C);
  for (const [index, value] of plain.entries())
    expect(Math.abs((found[index] as number) - compute(value, index % C))).toBeLessThanOrEqual(TOLERANCE);
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

  test("but not k / y, more axes than the data have, and infinite ones", () => {
    const refusal = "of a constant, but for one number, or one a feature";
    expect(() => answer([node("Div", "k y", "output")], { k: scalar(k) })).toThrow(refusal);
    expect(() => answer([node("Mul", "y k", "output")], { k: numbers(3, 1, 1, 1) })).toThrow(refusal);
    expect(() => answer([node("Div", "y k", "output")], { k: scalar(0) })).toThrow("cannot be");
  });
});

describe("data and one number a feature", () => {
  const v = { shape: [C], values: Float32Array.of(-2.7, 0.6) };
  const at = (feature: number) => v.values[feature] as number;
  test.each<[string, Nodes, (y: number, feature: number) => number]>([
    ["y + v", [node("Add", "y v", "output")], (y, feature) => y + at(feature)],
    ["v - y", [node("Sub", "v y", "output")], (y, feature) => at(feature) - y],
    ["v y", [node("Mul", "v y", "output")], (y, feature) => at(feature) * y],
    [
      "(y - v) / v, and an activation",
      [node("Sub", "y v", "a"), node("Div", "a v", "b"), node("Tanh", "b", "output")],
      (y, feature) => Math.tanh((y - at(feature)) / at(feature)),
    ],
  ])("%s", (_, nodes, compute) => expectNumbers(answer(nodes, { v }), compute));

  test("with axes of length 1 before them", () => {
    expectNumbers(
      answer([node("Mul", "y v", "output")], { v: { ...v, shape: [1, C] } }),
      (y, feature) => y * at(feature),
    );
  });

  test("the statistics of a BatchNormalization", () => {
    const row = (...values: number[]) => ({ shape: [C], values: Float32Array.from(values) });
    const statistics = { gain: row(1.5, -0.5), shift: row(0.2, 0.1), mean: row(-0.3, 0.4), variance: row(0.8, 1.2) };
    const normalized = (attributes = {}) =>
      answer([node("BatchNormalization", "y gain shift mean variance", "output", attributes)], statistics);
    expectNumbers(normalized({ epsilon: { float: 0.25 } }), (y, feature) => {
      const [gain, shift, mean, variance] = Object.values(statistics).map(({ values }) => values[feature] as number);
      return ((gain as number) * (y - (mean as number))) / Math.sqrt((variance as number) + 0.25) + (shift as number);
    });
    expect(() => normalized({ training_mode: 1 })).toThrow("in training: export the model after model.eval()");
  });

  test("of the input: training leaves them as they are", () => {
    const scale = { mean: numbers(4, 3), deviation: { shape: [3], values: Float32Array.of(0.5, 2, 4) } };
    const nodes = [
      node("Sub", "x mean", "centred"),
      node("Div", "centred deviation", "scaled"),
      node("Transpose", "scaled", "xt", { perm: [1, 0, 2] }),
      gruNode("xt W R B"),
      node("Reshape", "h flat", "row"),
      gemm("row"),
    ];
    const constants = { ...weights(3), ...fc(), flat: ints(-1, H), ...scale };
    using model = loadOnnx(writeOnnx({ ...graph([], constants), nodes }));
    expect(model.parameters.filter(({ isFrozen }) => isFrozen).map(({ name }) => name)).toEqual([
      "0.weight",
      "0.bias",
      "1.weight",
      "1.bias",
    ]);
    const scaled = input.data.map(
      (value, at) => (value - (scale.mean.values[at % 3] as number)) / (scale.deviation.values[at % 3] as number),
    );
    using bare = loadOnnx(
      writeOnnx(graph([gruNode("xt W R B"), node("Reshape", "h flat", "row"), gemm("row")], constants)),
    );
    const wanted = bare.predictBatch(new Tensor(scaled, input.shape)).data;
    // Halves, doubles and quarters are exact: the same bits.
    expect(model.predictBatch(input).data).toEqual(wanted);
  });

  test("but not v / y, others than the features, nor in an axis that is not the last", () => {
    const refusal = "of a constant, but for one number, or one a feature";
    expect(() => answer([node("Div", "v y", "output")], { v })).toThrow(refusal);
    const other = { v: { shape: [2, C], values: Float32Array.of(1, 2, 3, 4) } };
    expect(() => answer([node("Mul", "y v", "output")], other)).toThrow(refusal);
    const long = { v: { shape: [C + 1], values: Float32Array.of(1, 2, 3) } };
    expect(() => answer([node("Mul", "y v", "output")], long)).toThrow("of another axis than that of the features");
    const turned = [node("Transpose", "y", "t"), node("Mul", "t v", "output")];
    expect(() => answer(turned, { v })).toThrow("of another axis than that of the features");
  });
});

describe("operators that are an activation, under a condition or without", () => {
  const threshold = { twenty: scalar(20), one: scalar(1) };
  const softsign = (y: number) => y / (1 + Math.abs(y));
  const softplus = (y: number) => Math.log1p(Math.exp(y));
  test.each<[string, Nodes, (y: number) => number]>([
    ["Neg", [node("Neg", "y", "output")], (y) => -y],
    [
      "softsign in its terms",
      [node("Abs", "y", "a"), node("Add", "a one", "b"), node("Div", "y b", "output")],
      softsign,
    ],
    ["the logarithm of a sigmoid", [node("Sigmoid", "y", "s"), node("Log", "s", "output")], (y) => -softplus(-y)],
    ["Exp", [node("Exp", "y", "output")], Math.exp],
    ["Celu", [node("Celu", "y", "output")], (y) => (y > 0 ? y : Math.expm1(y))],
    [
      "a softplus that large values pass by",
      [node("Softplus", "y", "s"), node("Greater", "y twenty", "large"), node("Where", "large y s", "output")],
      softplus,
    ],
  ])("%s", (_, nodes, compute) => expectNumbers(answer(nodes, threshold), compute));

  test("and not otherwise", () => {
    expect(() => answer([node("Celu", "y", "output", { alpha: { float: 2 } })])).toThrow("with another alpha than 1");
    const nodes = [node("Softplus", "y", "s"), node("Greater", "y one", "large"), node("Where", "large y s", "output")];
    expect(() => answer(nodes, { one: scalar(1) })).toThrow('Greater "large"');
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

  test("and their hard sigmoid of slope 1/6, but of no other", () => {
    const hard = (alpha: number) => [
      node("HardSigmoid", "y", "s", { alpha: { float: alpha } }),
      node("Mul", "y s", "output"),
    ];
    expectNumbers(answer(hard(1 / 6)), (y) => y * Math.min(1, Math.max(0, y / 6 + 0.5)));
    expect(() => answer(hard(0.2))).toThrow('Mul "output" of several data paths');
  });

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
