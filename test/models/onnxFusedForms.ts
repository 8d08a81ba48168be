import { activate, dense, gru, layerNorm } from "../../src/index.js";
import type { WrittenNode } from "../support/onnxWriter.js";
import { type Form, fc, gemm, graph, gruNode, H, head, ints, node, numbers, rnn, weights } from "./onnxGraphs.js";

const number = (value: number) => ({ shape: [], values: Float32Array.of(value) });
const steps = [gruNode("xt W R B"), node("Squeeze", "Y one", "ys")];
const [gain, shift, other] = [numbers(12, H), numbers(13, H), numbers(14, H)];
const constants = { ...weights(3), ...fc(), gain, shift, other, one: ints(1), two: number(2), epsilon: number(0.25) };

/** The layer normalisation of PyTorch's exports before version 17, as it is without gain and shift; all values are named after `to`. */
export const normNodes = (from: string, to: string, epsilon = "epsilon", scope = "/norm") => [
  node("ReduceMean", from, `${to}_mean`, { axes: [-1] }, `${scope}/ReduceMean`),
  node("Sub", `${from} ${to}_mean`, `${to}_centred`, {}, `${scope}/Sub`),
  node("Pow", `${to}_centred two`, `${to}_square`, {}, `${scope}/Pow`),
  node("ReduceMean", `${to}_square`, `${to}_variance`, { axes: [-1] }, `${scope}/ReduceMean_1`),
  node("Add", `${to}_variance ${epsilon}`, `${to}_raised`, {}, `${scope}/Add`),
  node("Sqrt", `${to}_raised`, `${to}_deviation`, {}, `${scope}/Sqrt`),
  node("Div", `${to}_centred ${to}_deviation`, to, {}, `${scope}/Div`),
];

const ones = { shape: [H], values: new Float32Array(H).fill(1) };

/** Of "output" to "raised", twice the share of a value that GELU lets through. */
const byErf = [node("Div", "output root", "scaled"), node("Erf", "scaled", "gate"), node("Add", "gate unit", "raised")];
const byTanh = [
  node("Mul", "least cube", "small"),
  node("Add", "output small", "sum"),
  node("Mul", "slope sum", "inner"),
  node("Tanh", "inner", "gate"),
  node("Add", "unit gate", "raised"),
];
const doubled = [node("Mul", "output raised", "double"), node("Mul", "double half", "answer")];
const halvedFirst = [node("Mul", "half raised", "share"), node("Mul", "output share", "answer")];

/** GELU of a dense layer's output. */
function geluForm(activation: "gelu" | "geluTanh", raised: readonly WrittenNode[], last: readonly WrittenNode[]): Form {
  const factors = { three: number(3), least: number(0.044715), slope: number(Math.sqrt(2 / Math.PI)) };
  const shares = { root: number(Math.SQRT2), unit: number(1), half: number(0.5) };
  const nodes = [...steps, gemm("ys"), ...raised, ...last];
  return {
    graph: graph(nodes, { ...constants, ...factors, ...shares }, { outputs: ["answer"] }),
    layers: [gru(H, rnn), dense(2, { name: "fc", activation })],
  };
}

/** Layers that earlier versions write in several operators. */
export const fusedForms: Readonly<Record<string, Form>> = {
  "layer normalisations with a constant and an initializer in common": {
    graph: graph(
      [
        node("Constant", "", "small", { value: number(0.5) }),
        ...steps,
        ...normNodes("ys", "n0", "small"),
        node("Mul", "n0 gain", "n1", {}, "/norm/Mul"),
        node("Add", "n1 shift", "ns", {}, "/norm/Add_1"),
        ...normNodes("ns", "m0", "small", "/last"),
        node("Mul", "other m0", "ms", {}, "/last/Mul"),
        gemm("ms"),
      ],
      constants,
      { opset: 11 },
    ),
    layers: [
      gru(H, rnn),
      layerNorm({ name: "norm", epsilon: 0.5 }),
      layerNorm({ name: "last", epsilon: 0.5, bias: false }),
      head,
    ],
    weights: { "norm.W": gain, "norm.B": shift, "last.W": other },
  },
  "a layer normalisation without gain and shift, and one with a shift alone": {
    graph: graph(
      [
        ...steps,
        ...normNodes("ys", "ns"),
        node("Relu", "ns", "bent"),
        ...normNodes("bent", "m0", "epsilon", "/last"),
        node("Add", "shift m0", "ms", {}, "/last/Add_1"),
        gemm("ms"),
      ],
      constants,
      { opset: 15 },
    ),
    layers: [
      gru(H, rnn),
      layerNorm({ name: "norm", epsilon: 0.25, bias: false }),
      activate("relu"),
      layerNorm({ name: "last", epsilon: 0.25 }),
      head,
    ],
    weights: { "norm.W": ones, "last.W": ones, "last.B": shift },
  },
  "a LayerNormalization whose gain is left out": {
    graph: graph(
      [
        ...steps,
        node("LayerNormalization", "ys _ _", "ns", { axis: -1, epsilon: { float: 0.5 } }, "/norm/LayerNormalization"),
        gemm("ns"),
      ],
      constants,
      { opset: 17 },
    ),
    layers: [gru(H, rnn), layerNorm({ name: "norm", epsilon: 0.5, bias: false }), head],
    weights: { "norm.W": ones },
  },
  GELU: geluForm("gelu", byErf, doubled),
  "GELU, multiplied the other way round": geluForm("gelu", byErf, halvedFirst),
  "GELU by tanh": geluForm("geluTanh", [node("Pow", "output three", "cube"), ...byTanh], halvedFirst),
  "GELU by tanh with two products in the place of a power": geluForm(
    "geluTanh",
    [node("Mul", "output output", "square"), node("Mul", "output square", "cube"), ...byTanh],
    doubled,
  ),
};
