import { FormatError } from "../errors.js";
import { sameShape, show } from "../shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { OnnxConstant } from "./onnxConstant.js";
import type { OnnxNode } from "./onnxFile.js";
import { nodeTitle, numberOf, textOf } from "./onnxNode.js";
import type { OnnxValue } from "./onnxValues.js";

/** Gate blocks and state vectors of the recurrent operators. */
const KINDS: Readonly<Record<string, Pick<OnnxWeights, "states"> & { readonly gates: number }>> = {
  RNN: { gates: 1, states: ["h"] },
  GRU: { gates: 3, states: ["h"] },
  LSTM: { gates: 4, states: ["h", "c"] },
};

/** Weights that no operator does without, as inputs 1 and 2. */
const WANTED = [
  ["W", "input"],
  ["R", "recurrent"],
] as const;

/** A recurrent operator's weights and what they say about its sizes. */
export interface OnnxWeights {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly directions: number;
  readonly units: number;
  readonly inputSize: number;
  readonly states: readonly ["h"] | readonly ["h", "c"];
}

/**
 * The weights W, R, B and P of an operator; undefined when one is not a constant.
 * @throws FormatError when their shapes do not fit each other or the attributes
 */
export function readRecurrentWeights(
  node: OnnxNode,
  inputs: readonly (OnnxValue | undefined)[],
): OnnxWeights | undefined {
  const tensors: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries({ W: inputs[1], R: inputs[2], B: inputs[3], P: inputs[7] })) {
    const tensor = value instanceof OnnxConstant ? value.tensor() : undefined;
    if (value !== undefined && tensor === undefined) return undefined;
    if (tensor !== undefined) tensors[name] = tensor;
  }
  const { gates, states } = KINDS[node.operator] as (typeof KINDS)[string];
  for (const [index, [name, what]] of WANTED.entries()) {
    if (tensors[name] !== undefined) continue;
    throw new FormatError(`ONNX file: ${nodeTitle(node)} has no ${name} (input ${index + 1}), the ${what} weights.`);
  }
  const directions = textOf(node, "direction", "forward") === "bidirectional" ? 2 : 1;
  const [units = 0, inputSize = 0] = [tensors.R?.shape[2], tensors.W?.shape[2]];
  const wanted = { W: [gates * units, inputSize], R: [gates * units, units], B: [2 * gates * units], P: [3 * units] };
  for (const [name, row] of Object.entries(wanted)) {
    const shape = tensors[name]?.shape ?? [directions, ...row];
    if (sameShape(shape, [directions, ...row]) && units > 0 && inputSize > 0) continue;
    throw new FormatError(
      `ONNX file: ${name} of ${nodeTitle(node)} has shape ${show(shape)}, wanted is ${show([directions, ...row])}.`,
    );
  }
  const told = numberOf(node, "hidden_size", units);
  if (told !== units)
    throw new FormatError(`ONNX file: hidden_size of ${nodeTitle(node)} is ${told}, its R has ${units} units.`);
  return { tensors, directions, units, inputSize, states };
}
