import type { Activation } from "../activations.js";
import { FormatError } from "../errors.js";
import { bidirectional } from "../layers/bidirectional.js";
import { concatenate } from "../layers/concatenate.js";
import { elman } from "../layers/elman.js";
import { gru } from "../layers/gru.js";
import type { Layer } from "../layers/layer.js";
import { lstm } from "../layers/lstm.js";
import type { RecurrentOptions } from "../layers/recurrentConfig.js";
import type { Tensor } from "../tensor/tensor.js";
import { rowsOf } from "./blocks.js";
import { gateActivations } from "./onnxActivations.js";
import type { OnnxConstant } from "./onnxConstant.js";
import type { OnnxNode } from "./onnxFile.js";
import { nodeTitle, numberOf, textOf } from "./onnxNode.js";
import type { OnnxWeights } from "./onnxRecurrentWeights.js";
import type { OnnxLayer, OnnxRecurrent } from "./onnxValues.js";

/** One of the three recurrent operators. */
interface Kind {
  /** Activations of a direction that names none. */
  readonly activations: readonly string[];
  make(units: number, activations: readonly Activation[], options: Options): Layer;
}

/** What the attributes and inputs of an operator say. */
interface Options extends RecurrentOptions {
  readonly clip?: number;
  readonly peepholes?: boolean;
  readonly coupled: boolean;
  readonly reset: "after" | "before";
}

/** Gates that are plain leave the layer on its fast kernel. */
function gates([f, g]: readonly Activation[]): { gateActivation?: Activation; candidateActivation?: Activation } {
  return f === "sigmoid" && g === "tanh"
    ? {}
    : { gateActivation: f as Activation, candidateActivation: g as Activation };
}

const KINDS: Readonly<Record<string, Kind>> = {
  RNN: {
    activations: ["Tanh"],
    make: (units, [activation], { peepholes: _p, coupled: _c, reset: _r, ...options }) =>
      elman(units, { ...options, activation: activation as Activation }),
  },
  GRU: {
    activations: ["Sigmoid", "Tanh"],
    make: (units, activations, { peepholes: _p, coupled: _c, ...options }) =>
      gru(units, { ...options, ...gates(activations) }),
  },
  LSTM: {
    activations: ["Sigmoid", "Tanh", "Tanh"],
    make(units, activations, { reset: _r, ...options }) {
      const outputActivation = activations[2] as Activation;
      return lstm(units, {
        ...options,
        ...gates(activations),
        ...(outputActivation === "tanh" ? {} : { outputActivation }),
      });
    },
  },
};

/** Attributes of the recurrent operators that are read. */
export const RECURRENT_ATTRIBUTES: readonly string[] = [
  "activation_alpha",
  "activation_beta",
  "activations",
  "clip",
  "direction",
  "hidden_size",
  "input_forget",
  "layout",
  "linear_before_reset",
];

/** The layer that a recurrent operator becomes. @throws FormatError when an attribute is none */
export function recurrentLayer(
  node: OnnxNode,
  { tensors, directions, units, inputSize }: OnnxWeights,
  own: Omit<OnnxRecurrent, "directions" | "isReverse">,
): OnnxLayer {
  const { activations: standard, make } = KINDS[node.operator] as Kind;
  const direction = textOf(node, "direction", "forward");
  if (!["forward", "reverse", "bidirectional"].includes(direction))
    throw new FormatError(`ONNX file: ${nodeTitle(node)} has an unknown direction ${direction}.`);
  const isReverse = direction === "reverse";
  const activations = gateActivations(node, standard, directions);
  const options = optionsOf(node, tensors);
  const one = (index: number, more: RecurrentOptions) =>
    make(units, activations[index] as Activation[], { ...options, ...more });
  const common = { node, inputSize, weights: tensors, recurrent: { ...own, directions, isReverse } };
  if (directions === 1)
    return { ...common, make: (more) => one(0, { ...more, direction: isReverse ? "reverse" : "forward" }) };
  const isAlike = JSON.stringify(activations[0]) === JSON.stringify(activations[1]);
  if (isAlike) return { ...common, make: (more) => bidirectional(one(0, more)) };
  // A bidirectional layer has one configuration for both directions.
  return {
    ...common,
    weights: { ...partOf(tensors, 0, "forward"), ...partOf(tensors, 1, "backward") },
    make: ({ initialState: begins }) =>
      concatenate(
        one(0, { initialState: begins, name: "forward" }),
        one(1, { initialState: begins, name: "backward", direction: "reverse" }),
      ),
  };
}

function optionsOf(node: OnnxNode, tensors: OnnxWeights["tensors"]): Options {
  const clip = numberOf(node, "clip", 0);
  return {
    bias: tensors.B !== undefined,
    coupled: numberOf(node, "input_forget", 0) !== 0,
    reset: numberOf(node, "linear_before_reset", 0) === 0 ? "before" : "after",
    ...(clip > 0 ? { clip } : {}),
    ...(tensors.P === undefined ? {} : { peepholes: true }),
  };
}

/** The weights of one direction below a path of its own. */
function partOf(tensors: Readonly<Record<string, Tensor>>, direction: number, path: string): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([part, tensor]) => [`${path}.${part}`, rowsOf(tensor, direction, direction + 1)]),
  );
}

/**
 * A constant initial state [directions, batch, units] as [directions, units], or `"zero"`; undefined where the sequences of a batch
 * do not begin alike.
 */
export function initialState(value: OnnxConstant, isBatchFirst: boolean): Tensor | "zero" | undefined {
  if (value.uniform() === 0) return "zero";
  const byDirection = isBatchFirst ? value.permute([1, 0, 2]) : value;
  const [directions = 0, batch = 0, units = 0] = byDirection.shape;
  const [first, whole] = [byDirection.pick(1, 0), byDirection.strides[1] === 0 ? undefined : byDirection.tensor()];
  const values = first.tensor();
  if (values === undefined) return undefined;
  const isSame = (at: number) =>
    whole?.data[at] === values.data[Math.floor(at / (batch * units)) * units + (at % units)];
  for (let at = 0; whole !== undefined && at < directions * batch * units; at++) if (!isSame(at)) return undefined;
  return values.data.every((number) => number === 0) ? "zero" : values;
}
