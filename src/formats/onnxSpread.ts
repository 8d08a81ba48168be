import { everyStep } from "../layers/everyStep.js";
import type { Layer } from "../layers/layer.js";
import { type Atom, sizesOf } from "./onnxAxes.js";
import { hasLengths, isEnded } from "./onnxBranches.js";
import type { OnnxNode } from "./onnxFile.js";
import { asFlow, plainLayer, withLayer } from "./onnxLayers.js";
import { listOf } from "./onnxNode.js";
import type { Flow, Note, Tracked } from "./onnxValues.js";

/** Axes of length 1 that may become those of the steps. */
const FREE: readonly unknown[] = [undefined, "direction", "layers"];

/** Spread to a shape, whose axes are counted from the last. */
export function expanded(
  node: OnnxNode,
  value: Tracked,
  [, wanted]: readonly unknown[],
  note: Note,
): Tracked | undefined {
  const sizes = listOf(node, "shape", wanted) ?? [];
  const more = Math.max(0, sizes.length - value.axes.length);
  const axes = [...new Array<readonly Atom[]>(more).fill([]), ...value.axes];
  const own = sizesOf(axes);
  const from = axes.length - sizes.length;
  const grown = own.map((size, axis) => (sizes[axis - from] ?? 1) !== 1 && sizes[axis - from] !== size);
  return spread(node, { ...value, axes }, grown, (axis) => sizes[axis - from] as number, note);
}

/** Each axis so many times. */
export function tiled(node: OnnxNode, value: Tracked, [, counts]: readonly unknown[], note: Note): Tracked | undefined {
  const repeats = listOf(node, "repeats", counts) ?? [];
  const grown = value.axes.map((_, axis) => (repeats[axis] ?? 1) !== 1);
  return spread(node, value, grown, (axis) => repeats[axis] as number, note);
}

/** One row a sequence at all steps of the input: what makes the row is a layer of its own then. */
function spread(
  node: OnnxNode,
  value: Tracked,
  isGrown: readonly boolean[],
  sizeOf: (axis: number) => number,
  note: Note,
): Tracked | undefined {
  if (!isGrown.includes(true)) return value;
  const flow = asFlow(node, value, note);
  if (flow === undefined) return undefined;
  const axis = isGrown.indexOf(true);
  const time = flow.input.axes.flat().find(({ role }) => role === "time");
  const isFree = (flow.axes[axis] as readonly Atom[]).every(({ size, role }) => size === 1 && FREE.includes(role));
  const isOne = axis === isGrown.lastIndexOf(true) && isEnded(flow.layers);
  if (time === undefined || !isFree || !isOne || sizeOf(axis) !== time.size)
    return note(node, "of anything but one row a sequence to all steps of the input");
  if (hasLengths(flow)) return note(node, "to the steps of sequences with lengths, beyond their ends too");
  return atEveryStep(node, flow, axis, time);
}

/** Layers that work at each step stay outside: others may read them too. */
function atEveryStep(node: OnnxNode, flow: Flow, axis: number, time: Atom): Flow {
  const end = flow.layers.findIndex((one) => isEnded([one]));
  const layer = plainLayer(node, (_, inner) => everyStep(inner as Layer));
  const axes = flow.axes.map((own, at) => (at === axis ? [time] : own));
  const parts = [flow.layers.slice(end)];
  return withLayer({ ...flow, layers: flow.layers.slice(0, end) }, { ...layer, parts, hasSteps: true }, axes);
}
