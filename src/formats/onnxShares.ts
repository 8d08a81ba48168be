import { attentionPool } from "../layers/attentionPool.js";
import type { Layer } from "../layers/layer.js";
import { type Axes, isSame, sizesOf } from "./onnxAxes.js";
import { forkOf, hasLengths, isEnded } from "./onnxBranches.js";
import type { OnnxNode } from "./onnxFile.js";
import { asFlow, isTracked, plainLayer, withLayer } from "./onnxLayers.js";
import type { Flow, Note, OnnxValue, Shares } from "./onnxValues.js";

const ELSE = "of shares of steps, but for the sum of steps that they weigh";

export function isShares(value: OnnxValue | undefined): value is Shares {
  return isTracked(value) && value.kind === "shares";
}

/** Whether an axis is that of the steps alone. */
function isTime(axis: Axes[number]): boolean {
  const [atom, ...others] = axis.filter(({ size }) => size !== 1);
  return atom?.role === "time" && others.length === 0;
}

/** What a softmax over the steps makes of one score a step; undefined where it is over something else. */
export function sharesOf(flow: Flow, axis: number): Shares | undefined {
  const { input, axes, features, layers } = flow;
  const isOne = sizesOf([features])[0] === 1 && !isEnded(layers);
  return isTime(axes[axis] ?? []) && isOne ? { kind: "shares", input, axes, scores: flow } : undefined;
}

/** Steps each times its share, in either order. */
export function weighed(node: OnnxNode, inputs: readonly (OnnxValue | undefined)[], note: Note): Shares | undefined {
  const [shares, other] = isShares(inputs[0]) ? inputs : [...inputs].reverse();
  if (!isShares(shares) || isShares(other) || node.operator !== "Mul") return note(node, ELSE);
  const of = asFlow(node, other, note);
  if (of === undefined) return undefined;
  const fits = (own: Axes[number], at: number) => isSame(own, of.axes[at] ?? []) || sizesOf([own])[0] === 1;
  const isAlike = shares.of === undefined && shares.axes.length === of.axes.length && shares.axes.every(fits);
  return isAlike ? { ...shares, of, axes: of.axes } : note(node, ELSE);
}

/** The sum of steps that were weighed. @param atoms what it is over @param left the axes that remain */
export function summed(node: OnnxNode, shares: Shares, atoms: Axes[number], left: Axes, note: Note): Flow | undefined {
  const isSum = isTime(atoms) && node.operator === "ReduceSum";
  return isSum && shares.of !== undefined ? pooled(node, shares, shares.of, left, note) : note(node, ELSE);
}

/** A row of shares [1, time] by steps [time, features], or steps [features, time] by shares [time, 1], for each sequence. */
export function product(node: OnnxNode, inputs: readonly (OnnxValue | undefined)[], note: Note): Flow | undefined {
  const isFirst = isShares(inputs[0]);
  const [shares, other] = isFirst ? inputs : [...inputs].reverse();
  if (!isShares(shares) || isShares(other)) return note(node, ELSE);
  const of = asFlow(node, other, note);
  if (of === undefined) return undefined;
  const [own, steps] = [sidesOf(shares.axes, !isFirst), sidesOf(of.axes, isFirst)];
  const isProduct =
    shares.of === undefined &&
    shares.axes.length === of.axes.length &&
    own.batch.every((atoms, at) => isSame(atoms, steps.batch[at] ?? [])) &&
    isTime(own.summed) &&
    isSame(own.summed, steps.summed) &&
    sizesOf([own.kept])[0] === 1 &&
    isSame(steps.kept, of.features);
  const ends = isFirst ? [[], steps.kept] : [steps.kept, []];
  return isProduct ? pooled(node, shares, of, [...steps.batch, ...ends], note) : note(node, ELSE);
}

/** Axes of a factor: those that both have, that of the sum, and that of the result. @param isRow whether its rows are summed */
function sidesOf(axes: Axes, isRow: boolean): { batch: Axes; summed: Axes[number]; kept: Axes[number] } {
  const [row = [], column = []] = axes.slice(-2);
  return { batch: axes.slice(0, -2), summed: isRow ? row : column, kept: isRow ? column : row };
}

/** Steps that layers end with, and scores that further layers make of them. */
function pooled(node: OnnxNode, { scores }: Shares, of: Flow, axes: Axes, note: Note): Flow | undefined {
  const { trunk, branches } = forkOf([of, scores]);
  const [own, scoring] = branches as [Flow["layers"], Flow["layers"]];
  if (own.length > 0 || scoring.length === 0 || scores.input !== of.input)
    return note(node, "of shares that come from anything but the steps that they weigh");
  if (hasLengths(of))
    return note(node, "of the steps of sequences with lengths, what lies beyond their ends among them");
  const layer = plainLayer(node, (_, inner) => attentionPool(inner as Layer), true);
  return withLayer({ ...of, layers: trunk }, { ...layer, parts: [scoring] }, axes, of.features);
}
