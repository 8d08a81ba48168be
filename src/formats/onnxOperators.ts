import { logSoftmax, softmax } from "../layers/softmax.js";
import { Tensor } from "../tensor/tensor.js";
import { transposed } from "./blocks.js";
import { ACTIVATIONS, activationOf } from "./onnxActivations.js";
import { ARITHMETIC, arithmetic, clip, negate, normalizeFeatures } from "./onnxArithmetic.js";
import { OnnxConstant } from "./onnxConstant.js";
import type { OnnxNode } from "./onnxFile.js";
import {
  asFlow,
  biasOf,
  embed,
  hasRows,
  isTracked,
  plainLayer,
  throughDense,
  withActivation,
  withLayer,
} from "./onnxLayers.js";
import { axisOf, numberOf } from "./onnxNode.js";
import { normalize } from "./onnxNorm.js";
import { RECURRENT_ATTRIBUTES } from "./onnxRecurrent.js";
import { runRecurrent } from "./onnxRecurrentRun.js";
import { isShares, product, sharesOf } from "./onnxShares.js";
import { structure } from "./onnxStructure.js";
import type { Flow, Note, OnnxOperator, OnnxValue } from "./onnxValues.js";

/** Version of the operators from which softmax is by default taken over the last axis. */
const LAST_AXIS_SOFTMAX = 13;

type Inputs = readonly (OnnxValue | undefined)[];

const recurrent: OnnxOperator = { attributes: RECURRENT_ATTRIBUTES, run: runRecurrent };

/** Operators that act on what depends on the graph's inputs. */
export function operators(): Readonly<Record<string, OnnxOperator>> {
  const activations = Object.entries(ACTIVATIONS).map(([name, attributes]): [string, OnnxOperator] => [
    name,
    { attributes, run: activate },
  ]);
  return {
    ...structure,
    ...Object.fromEntries(activations),
    ...Object.fromEntries(ARITHMETIC.map((name) => [name, { attributes: [], run: arithmetic }])),
    BatchNormalization: { attributes: ["epsilon", "momentum", "training_mode"], run: normalizeFeatures },
    Clip: { attributes: ["max", "min"], run: clip },
    Gather: { attributes: ["axis"], run: gather },
    Gemm: { attributes: ["alpha", "beta", "transA", "transB"], run: gemm },
    GRU: recurrent,
    LayerNormalization: { attributes: ["axis", "epsilon", "stash_type"], run: normalize },
    LogSoftmax: { attributes: ["axis"], run: overFeatures(logSoftmax) },
    LSTM: recurrent,
    MatMul: { attributes: [], run: matMul },
    Neg: { attributes: [], run: negate },
    RNN: recurrent,
    Softmax: { attributes: ["axis"], run: overFeatures(softmax) },
  };
}

function activate(node: OnnxNode, inputs: Inputs, note: Note): Flow | undefined {
  const flow = asFlow(node, inputs[0], note);
  const activation = activationOf(node);
  if (activation === undefined) return note(node, "with another alpha than 1");
  return flow && withActivation(node, flow, activation);
}

/** Rows of a table by tokens, or places along an axis. */
function gather(node: OnnxNode, inputs: Inputs, note: Note, opset: number): ReturnType<OnnxOperator["run"]> {
  const [table, tokens] = inputs;
  const isLookUp = table instanceof OnnxConstant && numberOf(node, "axis", 0) === 0;
  if (isLookUp && isTracked(tokens) && tokens.kind === "given") return embed(node, table, tokens, note);
  return structure.Gather?.run(node, inputs, note, opset);
}

function matMul(node: OnnxNode, inputs: Inputs, note: Note): Flow | undefined {
  if (inputs.some(isShares)) return product(node, inputs, note);
  const [value, given] = inputs;
  const isVector = given instanceof OnnxConstant && given.shape.length === 1;
  const matrix = isVector ? given.insert([1]) : given;
  const weights = matrix instanceof OnnxConstant && matrix.shape.length === 2 ? matrix.tensor() : undefined;
  if (weights === undefined) return note(node, "by anything but a matrix of weights");
  const flow = asFlow(node, value, note);
  const made = flow && throughDense(node, flow, transposed(weights), undefined, note);
  return made && isVector ? { ...made, axes: made.axes.slice(0, -1) } : made;
}

/** y = α x W + β b, with x and W turned over where `transA` and `transB` say so. */
function gemm(node: OnnxNode, inputs: Inputs, note: Note): Flow | undefined {
  const [, given, added] = inputs;
  const weights = given instanceof OnnxConstant && given.shape.length === 2 ? given.tensor() : undefined;
  if (weights === undefined) return note(node, "by anything but a matrix of weights");
  const W = numberOf(node, "transB", 0) === 0 ? transposed(weights) : weights;
  const B = added instanceof OnnxConstant ? biasOf(added, W.shape[0] as number) : undefined;
  if (added !== undefined && B === undefined) return note(node, "with anything but a bias for each feature");
  const flow = asFlow(node, inputs[0], note);
  if (flow === undefined) return undefined;
  const beta = numberOf(node, "beta", 1);
  const rows = numberOf(node, "transA", 0) === 0 ? flow : { ...flow, axes: [...flow.axes].reverse() };
  return throughDense(node, rows, scaled(W, numberOf(node, "alpha", 1)), B && scaled(B, beta), note);
}

function scaled(tensor: Tensor, factor: number): Tensor {
  return factor === 1
    ? tensor
    : new Tensor(
        tensor.data.map((value) => value * factor),
        tensor.shape,
      );
}

/** Softmax or its logarithm. */
function overFeatures(make: typeof softmax): OnnxOperator["run"] {
  return (node, inputs, note, opset) => {
    const flow = asFlow(node, inputs[0], note);
    if (flow === undefined) return undefined;
    const axis = axisOf(node, numberOf(node, "axis", opset < LAST_AXIS_SOFTMAX ? 1 : -1), flow.axes.length);
    if (axis === flow.axes.length - 1 && hasRows(flow)) return withLayer(flow, plainLayer(node, make));
    const shares = make === softmax ? sharesOf(flow, axis) : undefined;
    return shares ?? note(node, "over another axis than that of the features");
  };
}
