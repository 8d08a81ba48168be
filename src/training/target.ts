import { Dataset } from "../data/dataset.js";
import { readAs } from "../data/inputKind.js";
import { perStep, Sequences } from "../data/sequences.js";
import { ArgumentError, ShapeError } from "../errors.js";
import type { Flow } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
import { show } from "../shape.js";
import { type BoundLabels, bindLabels } from "./labels.js";
import type { AnyLoss } from "./lossFunction.js";
import { bindWeights, type RowWeights, weightAt } from "./rowWeights.js";

/** Targets as a loss and an output want them: one row of values or one class number for each output row, or labels. */
export type BoundTarget = BoundRows | BoundLabels;

/** Targets that belong to output rows. */
interface BoundRows {
  readonly kind: "values" | "classes";
  readonly rows: Sequences;
  /** How much the output rows count; undefined where all count alike. */
  readonly weights: RowWeights | undefined;
}

/** Targets already bound: a fit asks again for every batch. */
const bound = new WeakMap<Dataset, { readonly output: Flow; readonly loss: AnyLoss; readonly target: BoundTarget }>();

/**
 * Reads a dataset's targets for an output and a loss; checks them whole, once. Steps that do not count are not looked at.
 * @throws ShapeError when shapes do not match the output, ArgumentError when a class number or a value is out of range
 */
export function bindTarget(data: Dataset, output: Flow, loss: AnyLoss): BoundTarget {
  const known = bound.get(data);
  if (known !== undefined && known.loss === loss && sameFlow(known.output, output)) return known.target;
  const wants: Wants = typeof loss === "function" ? ANY : loss;
  const width = targetWidth(output, wants);
  const read = asRead(data, output);
  const target =
    wants.labels === undefined ? bindRows(read, output, wants, width) : bindLabels(read, output, wants, wants.labels);
  bound.set(data, { output, loss, target });
  return target;
}

function bindRows(data: Dataset, output: Flow, wants: Wants, width: number): BoundRows {
  const { targets: kinds } = wants;
  const rows = output.each === "step" ? perStep(data.target) : perSequence(data.target);
  const isValues = kinds.includes("values") && rows.width === width;
  if (!isValues && !(kinds.includes("classes") && rows.width === 1)) throw mismatch(data, width, output, kinds);
  const { lengths, padded } = output.hasOwnSteps ? rows : data.input;
  if (output.each === "step") requireLengths(rows, lengths, padded);
  const weights = bindWeights(data, output, lengths, padded);
  if (isValues) requireRange(rows, wants, weights);
  if (isValues) return { kind: "values", rows, weights };
  const classes = ownClasses(rows, output.width, wants.ignoreIndex, weights);
  return { kind: "classes", rows: output.hasOwnSteps ? withoutEnd(classes, wants.ignoreIndex) : classes, weights };
}

/** With the input as the network reads it, which tells its steps. */
function asRead(data: Dataset, { reads }: Flow): Dataset {
  const input = readAs(reads, "the model", data.input);
  return input === data.input ? data : new Dataset(input, data.target, data);
}

/** Targets that have steps of their own end before the ignored ones that fill them up. */
function withoutEnd(given: Sequences, ignoreIndex: number | undefined): Sequences {
  const { values, starts, lengths, axes } = given;
  if (ignoreIndex === undefined) return given;
  const ends = lengths.map((length, index) => {
    let end = length;
    while (end > 0 && values[(starts[index] as number) + end - 1] === ignoreIndex) end--;
    return end;
  });
  return new Sequences(values, starts, ends, 1, axes, lengths);
}

type Wants = Omit<Loss, "options" | "count" | "evaluate">;

/** What a loss function of a user's own wants. */
const ANY: Wants = { name: "the loss", targets: ["values"], leastWidth: 1 };

/** Values that a target row must have for an output. @throws ShapeError when the output does not suit the loss */
function targetWidth({ width }: Flow, wants: Wants): number {
  const { name, leastWidth, width: own = width, outputsPerTarget = 1 } = wants;
  if (width < leastWidth)
    throw new ShapeError(`${name} needs at least ${leastWidth} outputs, the model gives ${width}.`);
  if (width !== own) throw new ShapeError(`${name} has weights for ${own} outputs, the model gives ${width}.`);
  if (width % outputsPerTarget !== 0)
    throw new ShapeError(
      `${name} needs ${outputsPerTarget} outputs for each value of the target, the model gives ${width}.`,
    );
  return wants.targetWidth?.(width) ?? width / outputsPerTarget;
}

/** @throws ArgumentError when a value that counts is none the loss is defined for */
function requireRange(rows: Sequences, { name, targetRange }: Wants, weights: RowWeights | undefined): void {
  if (targetRange === undefined) return;
  const [least, most] = targetRange;
  const range =
    most === Infinity ? `${least} or more` : least === -Infinity ? `${most} or less` : `from ${least} to ${most}`;
  eachStep(rows, weights, (value, index, step) => {
    if (value < least || value > most)
      throw new ArgumentError(`${name} wants targets ${range}, received ${value} in target ${index}, step ${step}.`);
  });
}

/** Calls for every value of every row that counts. */
function eachStep(
  { values, starts, lengths, width }: Sequences,
  weights: RowWeights | undefined,
  call: (value: number, index: number, step: number) => void,
): void {
  starts.forEach((start, index) => {
    for (let step = 0; step < (lengths[index] as number); step++) {
      if (weights !== undefined && weightAt(weights, index, step) === 0) continue;
      const from = start + step * width;
      for (let at = from; at < from + width; at++) call(values[at] as number, index, step);
    }
  });
}

function sameFlow(a: Flow, b: Flow): boolean {
  if (a === b) return true;
  const reads = ({ reads: kind }: Flow) => `${kind?.vocabularySize} ${kind?.isSingleStep}`;
  return a.width === b.width && a.each === b.each && a.hasOwnSteps === b.hasOwnSteps && reads(a) === reads(b);
}

/** [batch, width], or [batch, 1, width] where somebody kept the axis of time. */
function perSequence(given: Sequences): Sequences {
  const isOne = given.lengths.every((length) => length === 1);
  if (!isOne)
    throw new ShapeError(
      "the model gives one output a sequence, but the targets have several steps. Use a network without lastStep or finalState, or one target a sequence.",
    );
  return given;
}

function requireLengths(rows: Sequences, lengths: Int32Array, padded: Int32Array): void {
  const at = rows.lengths.findIndex((length, index) => length !== lengths[index] && length !== padded[index]);
  if (at < 0) return;
  const cure = rows.lengths[at] === 1 ? " For one answer a sequence, end the recurrent layers with lastStep()." : "";
  throw new ShapeError(
    `target ${at} has length ${rows.lengths[at]}, its input ${lengths[at]}: a target is wanted for every step.${cure}`,
  );
}

/** A copy that nobody can change: a kernel reads where a class number points. */
function ownClasses(
  given: Sequences,
  classes: number,
  ignoreIndex: number | undefined,
  weights: RowWeights | undefined,
): Sequences {
  eachStep(given, weights, (value, index, step) => {
    if ((Number.isInteger(value) && value >= 0 && value < classes) || value === ignoreIndex) return;
    const or = ignoreIndex === undefined ? "" : `, or ${ignoreIndex} for none`;
    throw new ArgumentError(
      `a class must be a whole number from 0 to ${classes - 1}${or}, received ${value} in target ${index}, step ${step}.`,
    );
  });
  return new Sequences(given.values.slice(), given.starts, given.lengths, 1, given.axes);
}

function mismatch({ target }: Dataset, width: number, { each }: Flow, kinds: Loss["targets"]): ShapeError {
  const wanted = each === "step" ? `[batch, time, ${width}]` : `[batch, ${width}]`;
  const classes = kinds.includes("classes") ? ` or class numbers ${each === "step" ? "[batch, time]" : "[batch]"}` : "";
  const came = show(
    [[target.count], [target.count, target.width], [target.count, target.lengths[0] ?? 0, target.width]][
      target.axes
    ] as number[],
  );
  return new ShapeError(`the model's output wants targets ${wanted}${classes} but received ${came}.`);
}
