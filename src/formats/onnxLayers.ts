import type { Activation } from "../activations.js";
import { FormatError } from "../errors.js";
import { activate } from "../layers/activate.js";
import { columns } from "../layers/columns.js";
import { concatenate } from "../layers/concatenate.js";
import { dense } from "../layers/dense.js";
import { embedding } from "../layers/embedding.js";
import { finalState } from "../layers/finalState.js";
import { elements } from "../shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Atom, fitsSize, isSame } from "./onnxAxes.js";
import type { OnnxConstant } from "./onnxConstant.js";
import type { OnnxNode } from "./onnxFile.js";
import type { Flow, Given, Note, OnnxInput, OnnxLayer, OnnxValue, States, Tracked } from "./onnxValues.js";

/** Layers that follow each other: networks have a few dozen, and every one more is a longer list. */
const LONGEST = 1024;

/** What a chain becomes with another layer. @throws FormatError when no network is as long */
export function withLayer(flow: Flow, layer: OnnxLayer, axes = flow.axes, features = flow.features): Flow {
  if (flow.layers.length === LONGEST)
    throw new FormatError(`ONNX file: more than ${LONGEST} layers follow each other, which no network has.`);
  return { ...flow, layers: [...flow.layers, layer], axes, features };
}

/** A layer without weights. */
export function plainLayer(node: OnnxNode, make: OnnxLayer["make"], isEnd = false): OnnxLayer {
  return { node, weights: {}, make, isEnd };
}

/** Features from … to − 1. */
export function columnsLayer(node: OnnxNode, from: number, to: number): OnnxLayer {
  return { ...plainLayer(node, () => columns(from, to)), end: `${from} ${to}` };
}

/** Takes note of what an input is used for; undefined when it was used for something else. */
export function claim(input: OnnxInput, role: NonNullable<OnnxInput["role"]>): OnnxInput | undefined {
  input.role ??= role;
  return input.role === role ? input : undefined;
}

/** Whether a value depends on the graph's inputs. */
export function isTracked(value: OnnxValue | undefined): value is Tracked {
  return value !== undefined && "kind" in value;
}

/** A value as the data that layers read; undefined, and noted, where it is none. */
export function asFlow(node: OnnxNode, value: OnnxValue | undefined, note: Note): Flow | undefined {
  if (!isTracked(value)) return note(node, "of a constant");
  if (value.kind === "flow") return value;
  if (value.kind === "states") return stateFlow(node, value, note);
  if (value.kind === "shares") return note(node, "of shares of steps, but for the sum of steps that they weigh");
  const { input, axes, range } = value;
  const { name, type } = input.place;
  const cure = /F\d/.test(type) ? ", where float32 is read: export the model in it, model.float()" : "";
  if (type !== "F32" && type !== "F16") return note(node, `of input "${name}" of type ${type}${cure}`);
  if (range !== undefined) return note(node, `of a part of input "${name}"`);
  if (claim(input, "sequence") === undefined) return note(node, `of input "${name}", which is ${input.role}`);
  const features = axes.at(-1) ?? [];
  for (const atom of features) atom.role ??= "features";
  return { kind: "flow", input, axes, layers: [], features };
}

/** Final hidden states as what a network goes on with: all of a layer's directions in either order, or one of them. */
function stateFlow(node: OnnxNode, { input, axes, parts, stack, units }: States, note: Note): Flow | undefined {
  const [first] = parts as [States["parts"][number]];
  const { layer, layers, direction } = first;
  if (parts.some(({ state }) => state === "c"))
    return note(node, "of cell states, which no layer gives: take them from what run ends with");
  if (parts.some((part) => part.layer !== layer))
    return note(node, "of states that are not the hidden states of one layer");
  const end = { ...plainLayer(node, finalState, true), end: "all" };
  const { directions } = layer.recurrent as NonNullable<OnnxLayer["recurrent"]>;
  const ranges = parts.map((part) => [part.direction * units.size, (part.direction + 1) * units.size] as const);
  const isTurned = parts.some((part, index) => part.direction !== direction + index);
  const chosen = isTurned
    ? { ...plainLayer(node, () => concatenate(...ranges.map((range) => columns(...range)))), end: ranges.join(" ") }
    : columnsLayer(node, direction * units.size, (direction + parts.length) * units.size);
  const chain = parts.length === directions && !isTurned ? [...layers, end] : [...layers, end, chosen];
  return { kind: "flow", input, axes, layers: chain, features: [stack, units] };
}

/** Whether the last axis of a flow holds its features, as those layers want it that work on rows. */
export function hasRows({ axes, features }: Flow): boolean {
  return isSame(axes.at(-1) ?? [], features);
}

/** y = W x + b. @param W [units, inputs] @param B [units] */
function denseLayer(node: OnnxNode, W: Tensor, B?: Tensor): OnnxLayer {
  const [units, inputSize] = W.shape as [number, number];
  return {
    node,
    weights: B === undefined ? { W } : { W, B },
    inputSize,
    isDense: true,
    ...(B === undefined && { lacks: { Add: (bias) => denseLayer(node, W, bias) } }),
    make: ({ name, activation = "linear" }) => dense(units, { name, bias: B !== undefined, activation }),
  };
}

/** A flow through a dense layer; undefined, and noted, where the weights do not fit it. */
export function throughDense(
  node: OnnxNode,
  flow: Flow,
  W: Tensor,
  B: Tensor | undefined,
  note: Note,
): Flow | undefined {
  const [units, inputs] = W.shape as [number, number];
  if (!hasRows(flow) || !fitsSize(flow.features, inputs))
    return note(node, "of another axis than that of the features");
  const layer = denseLayer(node, W, B);
  const features: Atom[] = [{ size: units, role: "features" }];
  return withLayer(flow, layer, [...flow.axes.slice(0, -1), features], features);
}

/** What the last layer lacks, such as the bias of a dense one; undefined, and noted, where it does not fit. */
export function completed(
  node: OnnxNode,
  flow: Flow,
  whole: (values: Tensor) => OnnxLayer,
  constant: OnnxConstant,
  note: Note,
): Flow | undefined {
  const W = flow.layers.at(-1)?.weights.W as Tensor;
  const isOne = elements(constant.shape) === 1;
  const fits = constant.shape.length <= flow.axes.length && (isOne || hasRows(flow));
  const values = fits ? biasOf(constant, W.shape[0] as number) : undefined;
  if (values === undefined) return note(node, "of a constant that is not one value a feature");
  return { ...flow, layers: [...flow.layers.slice(0, -1), whole(values)] };
}

/** A bias [units] from what spreads to it; undefined where it has values for other axes too. */
export function biasOf(bias: OnnxConstant, units: number): Tensor | undefined {
  if (bias.shape.slice(0, -1).some((size) => size !== 1)) return undefined;
  return bias
    .reshape([elements(bias.shape)])
    ?.spread([units])
    ?.tensor();
}

/** An activation, which becomes that of a dense layer before it. */
export function withActivation(node: OnnxNode, flow: Flow, activation: Activation): Flow {
  const layer = { ...plainLayer(node, () => activate(activation)), applied: { activation, to: flow } };
  return withLayer(flow, layer);
}

/** Rows of a table [tokens, size] by the tokens that an input gives. */
export function embed(node: OnnxNode, table: OnnxConstant, tokens: Given, note: Note): Flow | undefined {
  const { input, axes, range } = tokens;
  const { type, name } = input.place;
  const W = table.shape.length === 2 ? table.tensor() : undefined;
  if (W === undefined || range !== undefined)
    return note(node, `by input "${name}" from anything but a table of weights`);
  if (!["I64", "I32"].includes(type) || claim(input, "sequence") === undefined)
    return note(node, `by input "${name}" of type ${type}, which is no list of tokens`);
  const [vocabulary, size] = W.shape as [number, number];
  const layer: OnnxLayer = {
    node,
    inputSize: 1,
    weights: { W },
    make: ({ name: own }) => embedding(vocabulary, size, { name: own }),
  };
  const features: Atom[] = [{ size, role: "features" }];
  return { kind: "flow", input, layers: [layer], axes: [...axes, features], features };
}
