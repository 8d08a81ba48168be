import type { Dataset } from "../data/dataset.js";
import { perStep, Sequences } from "../data/sequences.js";
import { ArgumentError, ShapeError } from "../errors.js";
import type { Flow } from "../layers/layer.js";
import type { LabelRules, Loss } from "../losses/loss.js";
import { bindWeights, type RowWeights } from "./rowWeights.js";

/** Sequences of labels as a loss of them wants them, and how much the steps of the output count. */
export interface BoundLabels {
  readonly kind: "labels";
  readonly rows: Sequences;
  readonly weights: RowWeights | undefined;
}

/**
 * Reads a dataset's targets as sequences of labels with lengths of their own. Sequences without weight are not looked at.
 * @throws ShapeError when output, targets or weights have another form, or an input is too short for its labels
 * @throws ArgumentError when a label is no class, or the blank
 */
export function bindLabels(data: Dataset, output: Flow, { name }: Pick<Loss, "name">, rules: LabelRules): BoundLabels {
  if (output.each !== "step" || output.hasOwnSteps === true)
    throw new ShapeError(
      `${name} wants an output for every step of the input. Use a network such as manyToMany, without lastStep or finalState.`,
    );
  const given = perStep(data.target);
  if (given.width > 1)
    throw new ShapeError(
      `${name} wants targets that are a list of [labels], received ${given.width} values for each label.`,
    );
  if (data.weights !== undefined && data.weights.axes > 0)
    throw new ShapeError(`${name} judges whole sequences: weights must be [batch], one a sequence.`);
  const weights = bindWeights(data, output);
  // A copy that nobody can change: the kernel reads where a label points.
  const rows = new Sequences(given.values.slice(), given.starts, given.lengths, 1, given.axes);
  for (let index = 0; index < rows.count; index++) {
    if (data.weights?.values[data.weights.starts[index] as number] === 0) continue;
    requireLabels(name, rows, index, output.width, rules.blank);
    if (!rules.allowsImpossible) requireSteps(name, rows, index, stepsOf(data, index));
  }
  return { kind: "labels", rows, weights };
}

function requireLabels(
  name: string,
  { values, starts, lengths }: Sequences,
  index: number,
  classes: number,
  blank: number,
) {
  for (let at = 0; at < (lengths[index] as number); at++) {
    const label = values[(starts[index] as number) + at] as number;
    if (Number.isInteger(label) && label >= 0 && label < classes && label !== blank) continue;
    throw new ArgumentError(
      `a label of ${name} must be a whole number from 0 to ${classes - 1} other than ${blank}, the blank, received ${label} in target ${index}, label ${at}.`,
    );
  }
}

/** Steps of an input that count. */
function stepsOf({ input, mask }: Dataset, index: number): number {
  const length = input.lengths[index] as number;
  if (mask === undefined) return length;
  const start = mask.starts[index] as number;
  return mask.values.subarray(start, start + length).reduce((sum, value) => sum + value, 0);
}

/** Each label needs a step, and so does the blank between two that are alike. */
function requireSteps(name: string, { values, starts, lengths }: Sequences, index: number, steps: number): void {
  const [start, count] = [starts[index] as number, lengths[index] as number];
  let repeats = 0;
  for (let at = start + 1; at < start + count; at++) if (values[at] === values[at - 1]) repeats++;
  if (count + repeats <= steps) return;
  throw new ShapeError(
    `target ${index} of ${name} has ${count} labels, ${repeats} of them the same as the one before: it needs ${count + repeats} steps, its input has ${steps}. Leave the example out, or use zeroInfinity.`,
  );
}
