import type { Dataset } from "../data/dataset.js";
import type { Sequences } from "../data/sequences.js";
import { ShapeError } from "../errors.js";
import type { Layout } from "../tensor/layout.js";
import { floats } from "../wasm/memory.js";
import type { Output } from "./targetKind.js";

/** How much each output row counts: its weight times its mask. */
export interface RowWeights {
  readonly weights: Sequences | undefined;
  readonly mask: Sequences | undefined;
}

/**
 * What of a dataset tells how much the output rows count; undefined where all count alike.
 * @param lengths steps of the output, @param padded with those beyond the end: the input's where left out
 * @throws ShapeError when there are weights of steps for outputs of sequences, or not one for each step
 */
export function bindWeights(
  { input, weights, mask }: Dataset,
  { each, hasOwnSteps }: Output,
  lengths = input.lengths,
  padded = input.padded,
): RowWeights | undefined {
  if (weights !== undefined && weights.axes > 0) requireSteps(lengths, padded, weights, each, hasOwnSteps);
  const own = each === "step" && !hasOwnSteps ? mask : undefined;
  return weights === undefined && own === undefined ? undefined : { weights, mask: own };
}

function requireSteps(
  lengths: Int32Array,
  padded: Int32Array,
  weights: Sequences,
  each: Output["each"],
  hasOwnSteps = false,
): void {
  const given = weights.lengths;
  if (each === "sequence" && given.some((length) => length !== 1))
    throw new ShapeError(`the model gives one output a sequence: weights must be [batch], one a sequence.`);
  if (each === "sequence") return;
  const at = given.findIndex((length, index) => length !== lengths[index] && length !== padded[index]);
  if (at >= 0)
    throw new ShapeError(
      `weights ${at} has ${given[at]} steps, its ${hasOwnSteps ? "target" : "input"} ${lengths[at]}: one is wanted for every step.`,
    );
}

/** The weights of a batch's rows in packed order: float32 [rows]. */
export function writeWeights(address: number, layout: Layout, bound: RowWeights, examples: Int32Array): void {
  for (let rank = 0; rank < layout.sequences; rank++) {
    const example = examples[layout.order[rank] as number] as number;
    for (let step = 0; step < (layout.lengths[rank] as number); step++)
      floats[(address >> 2) + layout.firstRow(step) + rank] = weightAt(bound, example, layout.offset + step);
  }
}

/** How much the output row of a step counts. */
export function weightAt({ weights, mask }: RowWeights, example: number, step: number): number {
  return valueAt(weights, example, step) * valueAt(mask, example, step);
}

function valueAt(given: Sequences | undefined, example: number, step: number): number {
  if (given === undefined) return 1;
  return given.values[(given.starts[example] as number) + (given.axes === 0 ? 0 : step)] as number;
}
