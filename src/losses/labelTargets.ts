import type { Dataset } from "../data/dataset.js";
import { perStep, Sequences } from "../data/sequences.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { LabelRoom } from "./labelRoom.js";
import type { LabelRules } from "./loss.js";
import { bindWeights } from "./rowWeights.js";
import type { Output, TargetKind } from "./targetKind.js";

/** Sequences of labels, each with a length of its own. */
export const labelTargets: TargetKind = {
  name: "labels",
  isOfRows: false,
  describe: () => "a list of [labels]",
  bind(data, output, { name, labels }) {
    const rules = labels as LabelRules;
    const { blank, allowsImpossible } = rules;
    const rows = readLabels(name, data, output);
    const weights = bindWeights(data, output);
    for (let index = 0; index < rows.count; index++) {
      // Sequences without weight are not looked at.
      if (data.weights?.values[data.weights.starts[index] as number] === 0) continue;
      requireLabels(name, rows, index, output.width, blank);
      if (!allowsImpossible) requireSteps(name, rows, index, stepsOf(data, index));
    }
    return { kind: labelTargets, rows, weights, rules };
  },
  room(place) {
    const room = new LabelRoom(place);
    return (target, examples) => room.write(target.rows, examples, target.rules as LabelRules);
  },
};

/** @throws ShapeError when output, targets or weights have another form */
function readLabels(name: string, { target, weights }: Dataset, output: Output): Sequences {
  if (output.each !== "step" || output.hasOwnSteps === true)
    throw new ShapeError(
      `${name} wants an output for every step of the input. Use a network such as manyToMany, without lastStep or finalState.`,
    );
  const given = perStep(target);
  if (given.width > 1)
    throw new ShapeError(
      `${name} wants targets that are a list of [labels], received ${given.width} values for each label.`,
    );
  if (weights !== undefined && weights.axes > 0)
    throw new ShapeError(`${name} judges whole sequences: weights must be [batch], one a sequence.`);
  // A copy that nobody can change: the kernel reads where a label points.
  return new Sequences(given.values.slice(), given.starts, given.lengths, 1, given.axes);
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
