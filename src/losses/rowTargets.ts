import type { Dataset } from "../data/dataset.js";
import { perStep, type Sequences } from "../data/sequences.js";
import { ShapeError } from "../errors.js";
import { bindWeights, type RowWeights, weightAt } from "./rowWeights.js";
import type { Output } from "./targetKind.js";

/** Targets that belong to output rows: one a step, or one a sequence. @throws ShapeError when a sequence has several */
export function rowTargets({ target }: Dataset, { each }: Output): Sequences {
  if (each === "step") return perStep(target);
  if (target.lengths.every((length) => length === 1)) return target;
  throw new ShapeError(
    "the model gives one output a sequence, but the targets have several steps. Use a network without lastStep or finalState, or one target a sequence.",
  );
}

/** How much such targets count. @throws ShapeError when there is not one for every row, or their weights do not fit */
export function weightsOfRows(data: Dataset, output: Output, rows: Sequences): RowWeights | undefined {
  const { lengths, padded } = output.hasOwnSteps ? rows : data.input;
  if (output.each === "step") requireLengths(rows, lengths, padded);
  return bindWeights(data, output, lengths, padded);
}

function requireLengths(rows: Sequences, lengths: Int32Array, padded: Int32Array): void {
  const at = rows.lengths.findIndex((length, index) => length !== lengths[index] && length !== padded[index]);
  if (at < 0) return;
  const cure = rows.lengths[at] === 1 ? " For one answer a sequence, end the recurrent layers with lastStep()." : "";
  throw new ShapeError(
    `target ${at} has length ${rows.lengths[at]}, its input ${lengths[at]}: a target is wanted for every step.${cure}`,
  );
}

/** Calls for every value of every row that counts. */
export function eachValue(
  rows: Sequences,
  weights: RowWeights | undefined,
  call: (value: number, index: number, step: number) => void,
): void {
  rows.each((value, index, step) => {
    if (weights === undefined || weightAt(weights, index, step) !== 0) call(value, index, step);
  });
}
