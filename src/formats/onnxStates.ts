import { type Atom, type Axes, areAlike, isSame } from "./onnxAxes.js";
import { merged } from "./onnxBranches.js";
import type { OnnxNode } from "./onnxFile.js";
import { isTracked } from "./onnxLayers.js";
import { axisOf, numberOf, type OnnxRange } from "./onnxNode.js";
import type { Note, OnnxValue, States, Tracked } from "./onnxValues.js";

/** States of bidirectional layers whose directions have an axis of their own. */
export function apart(value: Tracked): States[] {
  if (value.kind !== "states" || value.layers !== undefined) return [];
  const directions = value.parts[0]?.layer.recurrent?.directions ?? 1;
  const count = value.parts.length / directions;
  if (directions === 1 || !Number.isInteger(count)) return [];
  const [layers, stack]: Atom[] = [
    { size: count, role: "layers" },
    { size: directions, role: "direction" },
  ];
  const axes = value.axes.map((atoms) => atoms.flatMap((atom) => (atom === value.stack ? [layers, stack] : [atom])));
  return [{ ...value, axes, layers, stack }];
}

/** Some of the states; where layers and directions are apart, those of one layer first. */
export function partOfStates(
  node: OnnxNode,
  { layers, ...value }: States,
  atoms: readonly Atom[],
  { from, to }: OnnxRange,
  left: (group: readonly Atom[]) => Axes,
  note: Note,
): States | undefined {
  if (layers !== undefined) {
    if (!isSame(atoms, [layers]) || to - from !== 1) return note(node, "of states of several layers");
    const { size } = value.stack;
    return { ...value, parts: value.parts.slice(from * size, to * size), axes: left([]) };
  }
  if (!isSame(atoms, [value.stack])) return note(node, "of the units of a state");
  const stack: Atom = { size: to - from, role: "layers" };
  return { ...value, parts: value.parts.slice(from, to), stack, axes: left([stack]) };
}

/** Final states of several layers one after the other, or both directions' side by side. */
export function joinStates(
  node: OnnxNode,
  inputs: readonly (OnnxValue | undefined)[],
  note: Note,
): OnnxValue | undefined {
  if (inputs.length === 1) return inputs[0];
  const states = inputs.filter((value): value is States => isTracked(value) && value.kind === "states");
  const [first] = states;
  if (first === undefined || states.length !== inputs.length) return merged(node, inputs, note);
  const axis = axisOf(node, numberOf(node, "axis", 0), first.axes.length);
  const parts = states.flatMap((value) => value.parts);
  const stack: Atom = { size: parts.length, role: "layers" };
  const { units } = first;
  const isStack = states.every((value) => isSame(value.axes[axis] ?? [], [value.stack]));
  const isRow = states.every((value) => isSame(value.axes[axis] ?? [], [value.stack, value.units]));
  const isAlike = states.every(
    (value) => value.layers === undefined && areAlike(value.axes, first.axes, [value.units], [units], axis),
  );
  // Several layers' hidden states in a row are data; cell states are none.
  const isData = parts.some(({ layer }) => layer !== parts[0]?.layer) && !parts.some(({ state }) => state === "c");
  if (isRow && !isStack && isData) return merged(node, inputs, note);
  if (!isAlike || (!isStack && !isRow)) return note(node, "of states along another axis than that of layers or units");
  // A small file could double them again and again.
  if (new Set(parts).size < parts.length) return note(node, "of a state and itself");
  const axes = first.axes.map((own, at) => (at !== axis ? own : isStack ? [stack] : [stack, units]));
  return { ...first, parts, stack, units, axes };
}
