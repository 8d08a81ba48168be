import { FormatError } from "../errors.js";
import { activate } from "../layers/activate.js";
import { type BidirectionalConfig, bidirectional } from "../layers/bidirectional.js";
import { concatenate, MOST_FEATURES } from "../layers/concatenate.js";
import type { Layer } from "../layers/layer.js";
import type { MergeName } from "../layers/merge.js";
import { residual } from "../layers/residual.js";
import { type Atom, type Axes, areAlike, isSame, sizesOf } from "./onnxAxes.js";
import type { OnnxNode } from "./onnxFile.js";
import { asFlow, isTracked, plainLayer, withLayer } from "./onnxLayers.js";
import { axisOf, numberOf } from "./onnxNode.js";
import type { Flow, Note, OnnxLayer, OnnxValue, Tracked } from "./onnxValues.js";

/** Branches within branches: networks have a few, and what builds a model calls itself as deep. */
const DEEPEST = 16;

/** Operators that make one of both directions of a bidirectional layer. */
const MERGES: Readonly<Record<string, MergeName>> = {
  Add: "sum",
  Mul: "mul",
  ReduceMean: "average",
  ReduceSum: "sum",
};

type Chain = readonly OnnxLayer[];

/** What all go through first, and what each goes through alone: nothing where the others begin with it. */
interface Fork {
  readonly trunk: Chain;
  readonly branches: readonly Chain[];
}

/**
 * The layers without parts of their own, in the order of computation.
 * @throws FormatError when they lie too deep in each other
 */
export function leavesOf(layers: Chain, depth = 0): OnnxLayer[] {
  if (depth > DEEPEST) throw new FormatError("ONNX file: its branches lie too deep.");
  return layers.flatMap((one) => one.parts?.flatMap((part) => leavesOf(part, depth + 1)) ?? [one]);
}

/** Whether sequences have lengths of their own, beyond which the file goes on to compute. */
export function hasLengths({ layers }: Flow): boolean {
  return leavesOf(layers).some(({ recurrent }) => recurrent?.lengths !== undefined);
}

/** Whether one row is left of each sequence. */
export function isEnded(layers: Chain): boolean {
  return layers.some(({ isEnd, hasSteps, parts }) => isEnd === true || (!hasSteps && parts?.some(isEnded)));
}

/**
 * x + f(x) in either order, both directions of a layer as one, or features side by side that chains of layers make of the same
 * input or pass on.
 */
export function merged(node: OnnxNode, inputs: readonly (OnnxValue | undefined)[], note: Note): Flow | undefined {
  const { input } = inputs.find(isTracked) as Tracked;
  const flows = inputs.flatMap((value) =>
    isTracked(value) && value.input === input ? (asFlow(node, value, note) ?? []) : [],
  );
  const [own] = flows as [Flow];
  const isAlike =
    flows.length === inputs.length &&
    flows.every(({ axes, features }) => areAlike(axes, own.axes, features, own.features));
  const found = isAlike ? (node.operator === "Concat" ? beside : added)(node, flows, forkOf(flows)) : undefined;
  return (
    found ?? note(node, "of several data paths, but for x + f(x), both directions of a layer and features side by side")
  );
}

/** Where chains part. */
export function forkOf(flows: readonly Flow[]): Fork {
  const [{ layers: trunk }] = flows as [Flow];
  const same = (layer?: OnnxLayer) => layer?.end ?? layer;
  let count = 0;
  while (count < trunk.length && flows.every(({ layers }) => same(layers[count]) === same(trunk[count]))) count++;
  return { trunk: trunk.slice(0, count), branches: flows.map(({ layers }) => layers.slice(count)) };
}

/**
 * Both directions of the bidirectional layer that a flow ends with, merged step by step; undefined where it ends with another.
 * @param units what each direction gives
 */
export function ofDirections(node: OnnxNode, flow: Flow, axes: Axes, units: readonly Atom[]): Flow | undefined {
  const last = flow.layers.at(-1);
  const merge = MERGES[node.operator];
  // One whose directions differ in more than weights has an R for each.
  const isBoth = last?.recurrent?.directions === 2 && last.weights.R?.shape[2] === sizesOf([units])[0];
  if (!isBoth || merge === undefined) return undefined;
  const make: OnnxLayer["make"] = (_, both) =>
    bidirectional((both as Layer<BidirectionalConfig>).config.layer, { merge });
  return withLayer(
    { ...flow, layers: flow.layers.slice(0, -1) },
    { ...plainLayer(node, make), parts: [[last]] },
    axes,
    units,
  );
}

/** Whether both are as wide is left to the layer, which knows what an open size comes to. */
function added(node: OnnxNode, flows: readonly Flow[], { trunk, branches }: Fork): Flow | undefined {
  const [{ axes, features }] = flows as [Flow];
  const [size = 0] = sizesOf([features]);
  const halves = branches.map((branch) => branch.map(({ end }) => end)).sort();
  if (String(halves) === `0 ${size},${size} ${2 * size}`)
    return ofDirections(node, { ...(flows[0] as Flow), layers: trunk }, axes, features);
  const parts = branches.filter(({ length }) => length > 0);
  const own = flows[branches.indexOf(parts[0] as Chain)];
  if (own === undefined || parts.length !== 1 || flows.length !== 2 || node.operator !== "Add") return undefined;
  return withLayer({ ...own, layers: trunk }, { ...plainLayer(node, (_, inner) => residual(inner as Layer)), parts });
}

/** A layer has one place: what lies in two branches is refused, which a small file could double again and again, too. */
function beside(node: OnnxNode, flows: readonly Flow[], { trunk, branches }: Fork): Flow | undefined {
  const [first] = flows as [Flow];
  const axis = axisOf(node, numberOf(node, "axis", 0), first.axes.length);
  const parts = branches.map((branch) => (branch.length > 0 ? branch : [plainLayer(node, () => activate("linear"))]));
  const leaves = parts.flatMap((part) => leavesOf(part));
  const size = sizesOf(flows.map((flow) => flow.features)).reduce((sum, width) => sum + width);
  const isOnce = new Set(leaves).size === leaves.length;
  if (!isOnce || size > MOST_FEATURES || !isSame(first.axes[axis] as Atom[], first.features)) return undefined;
  const features: Atom[] = [{ size, role: "features" }];
  const axes = first.axes.map((own, at) => (at === axis ? features : own));
  return withLayer(
    { ...first, layers: trunk },
    { ...plainLayer(node, (_, ...made) => concatenate(...made)), parts },
    axes,
    features,
  );
}
