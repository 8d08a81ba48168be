import type { Dataset } from "../data/dataset.js";
import { Sequences } from "../data/sequences.js";
import { ArgumentError, ShapeError } from "../errors.js";
import type { Flow } from "../layers/layer.js";
import type { Loss } from "../losses/loss.js";
import { show } from "../shape.js";
import type { AnyLoss } from "./lossFunction.js";

/** Targets as a loss and an output want them: one row of values or one class number for each output row. */
export interface BoundTarget {
  readonly kind: "values" | "classes";
  readonly rows: Sequences;
}

/** Targets already bound: a fit asks again for every batch. */
const bound = new WeakMap<Dataset, { readonly output: Flow; readonly loss: AnyLoss; readonly target: BoundTarget }>();

/**
 * Reads a dataset's targets for an output and a loss; checks them whole, once.
 * @throws ShapeError when shapes do not match the output, ArgumentError when a class number is none
 */
export function bindTarget(data: Dataset, output: Flow, loss: AnyLoss): BoundTarget {
  const known = bound.get(data);
  if (known !== undefined && known.loss === loss && sameFlow(known.output, output)) return known.target;
  const kinds: Loss["targets"] = typeof loss === "function" ? ["values"] : loss.targets;
  if (typeof loss !== "function" && output.width < loss.leastWidth) {
    throw new ShapeError(`${loss.name} needs at least ${loss.leastWidth} outputs, the model gives ${output.width}.`);
  }
  const rows = output.each === "step" ? perStep(data.target) : perSequence(data.target);
  const isValues = kinds.includes("values") && rows.width === output.width;
  if (!isValues && !(kinds.includes("classes") && rows.width === 1)) throw mismatch(data, output, kinds);
  if (output.each === "step") requireLengths(data, rows);
  const target: BoundTarget = isValues
    ? { kind: "values", rows }
    : { kind: "classes", rows: ownClasses(rows, output.width) };
  bound.set(data, { output, loss, target });
  return target;
}

function sameFlow(a: Flow, b: Flow): boolean {
  return a === b || (a.width === b.width && a.each === b.each);
}

/** [batch, time] means one value a step. */
function perStep(given: Sequences): Sequences {
  if (given.axes !== 1 || given.width === 1) return given;
  return new Sequences(given.values, given.starts, new Int32Array(given.count).fill(given.width), 1, 1);
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

function requireLengths(data: Dataset, rows: Sequences): void {
  const { lengths, padded } = data.input;
  const at = rows.lengths.findIndex((length, index) => length !== lengths[index] && length !== padded[index]);
  if (at < 0) return;
  throw new ShapeError(
    `target ${at} has ${rows.lengths[at]} steps, its input ${lengths[at]}: a target is wanted for every step.`,
  );
}

/** A copy that nobody can change: a kernel reads where a class number points. */
function ownClasses({ values, starts, lengths, axes }: Sequences, classes: number): Sequences {
  starts.forEach((start, index) => {
    for (let step = 0; step < (lengths[index] as number); step++) {
      const value = values[start + step] as number;
      if (!Number.isInteger(value) || value < 0 || value >= classes) {
        throw new ArgumentError(
          `a class must be a whole number from 0 to ${classes - 1}, received ${value} in target ${index}, step ${step}.`,
        );
      }
    }
  });
  return new Sequences(values.slice(), starts, lengths, 1, axes);
}

function mismatch({ target }: Dataset, { width, each }: Flow, kinds: Loss["targets"]): ShapeError {
  const wanted = each === "step" ? `[batch, time, ${width}]` : `[batch, ${width}]`;
  const classes = kinds.includes("classes") ? ` or class numbers ${each === "step" ? "[batch, time]" : "[batch]"}` : "";
  const came = show(
    [[target.count], [target.count, target.width], [target.count, target.lengths[0] ?? 0, target.width]][
      target.axes
    ] as number[],
  );
  return new ShapeError(`the model's output wants targets ${wanted}${classes} but received ${came}.`);
}
