import { type Sequences, type SequencesLike, sequences } from "../data/sequences.js";
import { ShapeError } from "../errors.js";
import { requireInteger } from "../shape.js";

/** What is said about a network's output when labels are read from it. */
export interface CtcOutputOptions {
  /** The class that stands for no label; default 0. */
  readonly blank?: number;
  /** Valid steps of each sequence: needed where the output of sequences of different lengths is padded with zeros. */
  readonly lengths?: ArrayLike<number>;
}

/** @throws ShapeError, ArgumentError when output and options do not fit each other */
export function readOutput(
  owner: string,
  output: SequencesLike,
  options: CtcOutputOptions,
): { rows: Sequences; blank: number } {
  const rows = sequences("output", output, options.lengths);
  if (rows.axes !== 2)
    throw new ShapeError(
      `${owner} reads [batch, time, classes] or a list of [time, classes]. For one sequence give a list of it.`,
    );
  const blank = requireInteger(`blank of ${owner}`, options.blank ?? 0, 0);
  const hasRows = rows.lengths.some((length) => length > 0);
  if (hasRows && rows.width <= blank)
    throw new ShapeError(`${owner} with blank ${blank} needs at least ${blank + 1} classes, received ${rows.width}.`);
  return { rows, blank };
}
