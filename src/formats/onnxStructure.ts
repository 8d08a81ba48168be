import { dropout } from "../layers/dropout.js";
import { finalState } from "../layers/finalState.js";
import { lastStep } from "../layers/lastStep.js";
import { max, mean } from "../layers/poolSteps.js";
import { reverseSteps } from "../layers/reverseSteps.js";
import { elements } from "../shape.js";
import { type Atom, type Axes, isSame, MOST_AXES, regroup, sizeName, sizesOf } from "./onnxAxes.js";
import { hasLengths, ofDirections } from "./onnxBranches.js";
import { OnnxConstant } from "./onnxConstant.js";
import type { OnnxNode } from "./onnxFile.js";
import { shapeFor, shapeOf } from "./onnxFold.js";
import { asFlow, columnsLayer, hasRows, isTracked, plainLayer, withLayer } from "./onnxLayers.js";
import { axesOf, axisOf, listOf, numberOf, type OnnxRange, orderOf, rangesOf } from "./onnxNode.js";
import { summed } from "./onnxShares.js";
import { expanded, tiled } from "./onnxSpread.js";
import { apart, joinStates, partOfStates } from "./onnxStates.js";
import { typeName } from "./onnxTensor.js";
import type { Flow, Given, Note, OnnxOperator, OnnxValue, Tracked } from "./onnxValues.js";

/** Attributes of the reductions; the last is one where no axes are named, which is refused. */
const POOL = ["axes", "keepdims", "noop_with_empty_axes"];

/** Operators that arrange what depends on the inputs: its axes in another order or cut otherwise, or a part of it. */
export const structure: Readonly<Record<string, OnnxOperator>> = {
  Cast: { attributes: ["saturate", "to"], run: cast },
  Concat: { attributes: ["axis"], run: joinStates },
  Dropout: { attributes: ["ratio", "seed", "is_test"], run: drop },
  Expand: /* @__PURE__ */ tracked([], expanded),
  Flatten: /* @__PURE__ */ tracked(["axis"], (node, value, _inputs, note) => {
    const sizes = sizesOf(value.axes);
    const axis = numberOf(node, "axis", 1);
    const [before, after] = [sizes.slice(0, axis), sizes.slice(axis)].map((part) => part.reduce((a, b) => a * b, 1));
    return cut(node, value, [before as number, after as number], note);
  }),
  Gather: /* @__PURE__ */ tracked(["axis"], gather),
  GlobalAveragePool: /* @__PURE__ */ tracked(POOL, pool),
  GlobalMaxPool: /* @__PURE__ */ tracked(POOL, pool),
  Identity: { attributes: [], run: (_node, [value]) => value },
  ReduceMax: /* @__PURE__ */ tracked(POOL, pool),
  ReduceMean: /* @__PURE__ */ tracked(POOL, pool),
  ReduceSum: /* @__PURE__ */ tracked(POOL, pool),
  Reshape: /* @__PURE__ */ tracked(["allowzero"], (node, value, [, wanted], note) =>
    cut(node, value, shapeFor(node, { shape: sizesOf(value.axes) }, wanted), note),
  ),
  Shape: { attributes: ["end", "start"], run: (node, [value]) => shapeOf(node, sizesOf((value as Tracked).axes)) },
  Slice: /* @__PURE__ */ tracked(["axes", "ends", "starts"], (node, value, inputs, note) => {
    const ranges = rangesOf(node, inputs, sizesOf(value.axes));
    if (ranges === undefined) return note(node, "with steps other than 1");
    return ranges.reduce<Tracked | undefined>((found, range) => found && part(node, found, range, true, note), value);
  }),
  Squeeze: /* @__PURE__ */ tracked(["axes"], (node, value, [, axes], note) => {
    const sizes = sizesOf(value.axes);
    const places = axesOf(node, axes, sizes);
    if (places.some((axis) => sizes[axis] !== 1)) return note(node, "of an axis that is not of length 1");
    return { ...value, axes: value.axes.filter((_, axis) => !places.includes(axis)) };
  }),
  Tile: /* @__PURE__ */ tracked([], tiled),
  Transpose: /* @__PURE__ */ tracked(["perm"], (node, value) => ({
    ...value,
    axes: orderOf(node, value.axes.length).map((axis) => value.axes[axis] as Atom[]),
  })),
  Unsqueeze: /* @__PURE__ */ tracked(["axes"], (node, value, [, given]) => {
    const count = value.axes.length + (listOf(node, "axes", given)?.length ?? 0);
    const axes: (readonly Atom[])[] = [...value.axes];
    for (const axis of axesOf(node, given, new Array<number>(count).fill(0))) axes.splice(axis, 0, []);
    return { ...value, axes };
  }),
};

/** Element types of `Cast` that leave values as they are: of data the float types, of tokens and lengths the long whole numbers. */
const FLOATS = [1, 10, 11, 16];
const INDICES = [6, 7];

function cast(node: OnnxNode, [given]: readonly (OnnxValue | undefined)[], note: Note): OnnxValue | undefined {
  const value = given as Tracked;
  const to = numberOf(node, "to", 0);
  const isData = value.kind !== "given" || /F\d/.test(value.input.place.type);
  return (isData ? FLOATS : INDICES).includes(to) ? value : note(node, `to ${typeName(to)}`);
}

/** A dropout layer where the file was exported for training: predictions pass everything. */
function drop(node: OnnxNode, inputs: readonly (OnnxValue | undefined)[], note: Note): ReturnType<OnnxOperator["run"]> {
  const [value, ...others] = inputs;
  const [rate, training] = others.map((other) => (other instanceof OnnxConstant ? other.uniform() : undefined));
  if (others[1] === undefined || training === 0) return [value];
  if (rate === undefined || training === undefined) return note(node, "of these inputs");
  const flow = asFlow(node, value, note);
  const layer = plainLayer(node, () => dropout(rate));
  return flow && withLayer(flow, layer);
}

type Run = (
  node: OnnxNode,
  value: Tracked,
  inputs: readonly (OnnxValue | undefined)[],
  note: Note,
) => OnnxValue | undefined;

/** An operator whose first input depends on the graph's, its others being constants. */
function tracked(attributes: readonly string[], run: Run): OnnxOperator {
  return {
    attributes,
    run(node, inputs, note) {
      const [value, ...others] = inputs;
      if (!isTracked(value) || others.some(isTracked)) return note(node, "of these inputs");
      return run(node, value, inputs, note);
    },
  };
}

/** The same values in axes of other sizes. */
function cut(node: OnnxNode, value: Tracked, sizes: readonly number[], note: Note): Tracked | undefined {
  if (sizes.length > MOST_AXES) return note(node, `to ${sizes.length} axes`);
  for (const each of [value, ...apart(value)]) {
    const axes = regroup(each.axes, sizes);
    if (axes !== undefined) return { ...each, axes };
  }
  return (
    featuresApart(value, sizes) ?? note(node, `to [${sizes.map((size) => sizeName(size, value.axes)).join(", ")}]`)
  );
}

/** A row whose features are cut into several axes, in which networks may end; undefined where they come to something else. */
function featuresApart(value: Tracked, sizes: readonly number[]): Flow | undefined {
  if (value.kind !== "flow" || value.features.length !== 1 || !hasRows(value)) return undefined;
  const [row] = value.features as [Atom];
  for (let from = sizes.length - 2; from >= 0; from--) {
    const inner = sizes.slice(from);
    const outer = elements(inner) === row.size ? regroup(value.axes.slice(0, -1), sizes.slice(0, from)) : undefined;
    if (outer === undefined || row.isOpen) continue;
    const features = inner.map((size): Atom => ({ size, role: "features" }));
    return { ...value, axes: [...outer, ...features.map((atom) => [atom])], features };
  }
  return undefined;
}

function gather(
  node: OnnxNode,
  value: Tracked,
  [, given]: readonly (OnnxValue | undefined)[],
  note: Note,
): Tracked | undefined {
  const indices = given as OnnxConstant;
  const sizes = sizesOf(value.axes);
  const axis = axisOf(node, numberOf(node, "axis", 0), sizes.length);
  const places = Array.from(indices?.list() ?? [], (index) => axisOf(node, index, sizes[axis] as number));
  const [from = 0] = places;
  const isRun = places.length > 0 && places.every((place, index) => place === from + index);
  if (!isRun || indices.shape.length > 1) return note(node, "of places that do not follow each other");
  return part(node, value, { axis, from, to: from + places.length }, indices.shape.length === 1, note);
}

/** A part of a value along an axis, which is kept or, where a single place was taken, goes. */
function part(node: OnnxNode, value: Tracked, range: OnnxRange, isKept: boolean, note: Note): Tracked | undefined {
  const { axis, from, to } = range;
  const atoms = value.axes[axis] as readonly Atom[];
  const size = sizesOf([atoms])[0] as number;
  const left = (group: readonly Atom[]): Axes =>
    isKept ? value.axes.map((own, at) => (at === axis ? group : own)) : value.axes.filter((_, at) => at !== axis);
  // The only step of a file for single steps is the last one nevertheless.
  const isStep = value.kind === "flow" && !isKept && atoms.some(({ role }) => role === "time");
  if (from === 0 && to === size && !isStep) return { ...value, axes: left(atoms) };
  if (to <= from) return note(node, "of nothing");
  const chosen: Atom = { size: to - from };
  if (value.kind === "given") return partOfGiven(node, value, atoms, { from, to }, left([chosen]), note);
  if (value.kind === "flow") return partOfFlow(node, value, range, left, note);
  if (value.kind === "shares") return note(node, "of shares of steps");
  return partOfStates(node, value, atoms, range, left, note);
}

function partOfGiven(
  node: OnnxNode,
  value: Given,
  atoms: readonly Atom[],
  range: Omit<OnnxRange, "axis">,
  axes: Axes,
  note: Note,
): Given | undefined {
  if (value.range !== undefined) return note(node, `of a part of input "${value.input.place.name}"`);
  return { ...value, axes, range: { ...range, atoms } };
}

/** The last or the first step of a flow, or some of its features. */
function partOfFlow(
  node: OnnxNode,
  flow: Flow,
  { axis, from, to }: OnnxRange,
  left: (group: readonly Atom[]) => Axes,
  note: Note,
): Flow | undefined {
  const atoms = (flow.axes[axis] as readonly Atom[]).filter(({ role, size }) => size !== 1 || role === "time");
  const [first, ...others] = atoms;
  if (first?.role === "time" && others.length === 0) {
    const last = flow.layers.at(-1)?.recurrent;
    if (hasLengths(flow))
      return note(node, "of a step of sequences with lengths, where a shorter one has ended: take the final state");
    if (to === first.size && from === to - 1) return withLayer(flow, plainLayer(node, lastStep, true), left([]));
    const isFirst = from === 0 && to === 1;
    if (isFirst && last?.isReverse) return withLayer(flow, plainLayer(node, finalState, true), left([]));
    const turned = plainLayer(node, reverseSteps);
    if (isFirst) return withLayer(withLayer(flow, turned), plainLayer(node, lastStep, true), left([]));
    return note(
      node,
      "of steps, but for the first and the last: export the model up to there, and take the steps from its output",
    );
  }
  const inner = flow.features.slice(1);
  const isDirection = first === flow.features[0] && others.length === 0 && inner.length > 0;
  if (!isDirection && !isSame(atoms, flow.features)) return note(node, "of an axis other than time and features");
  // One direction of a bidirectional layer is a run of its features.
  const width = isDirection ? (sizesOf([inner])[0] as number) : 1;
  const layer = columnsLayer(node, from * width, to * width);
  const chosen: Atom = { size: to - from, role: isDirection ? "direction" : "features" };
  return withLayer(flow, layer, left([chosen]), isDirection ? [chosen, ...inner] : [chosen]);
}

/** The mean or the largest of all steps, or what a bidirectional layer makes of its directions. */
function pool(node: OnnxNode, value: Tracked, inputs: readonly unknown[], note: Note): Flow | undefined {
  // The global ones are over all axes behind batch and features.
  const all = node.operator.startsWith("Global") ? Array.from(value.axes.keys()).slice(2) : [];
  const axes = listOf(node, "axes", inputs[1]) ?? all;
  const places = axes.map((axis) => axisOf(node, axis, value.axes.length));
  const atoms = places.flatMap((axis) => value.axes[axis] as readonly Atom[]);
  const isKept = numberOf(node, "keepdims", 1) !== 0;
  const left = value.axes.flatMap((own, axis) => (axis !== places[0] ? [own] : isKept ? [[]] : []));
  if (value.kind === "shares") return summed(node, value, atoms, left, note);
  const flow = asFlow(node, value, note);
  if (flow === undefined) return undefined;
  const isOne = places.length === 1 && atoms.length === 1;
  const [direction, ...units] = flow.features;
  const both = isOne && atoms[0] === direction ? ofDirections(node, flow, left, units) : undefined;
  if (both !== undefined) return both;
  if (!isOne || atoms[0]?.role !== "time" || node.operator === "ReduceSum")
    return note(
      node,
      `over anything but ${node.operator === "ReduceSum" ? "" : "the steps or "}both directions of a layer`,
    );
  if (hasLengths(flow))
    return note(node, "over the steps of sequences with lengths, what lies beyond their ends among them");
  return withLayer(flow, plainLayer(node, node.operator.includes("Max") ? max : mean, true), left);
}
