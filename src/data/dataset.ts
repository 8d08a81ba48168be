import { ArgumentError, ShapeError } from "../errors.js";
import { describe, requireKnownOptions } from "../shape.js";
import { type Sequences, type SequencesLike, sequences } from "./sequences.js";

/** Examples to learn from, in any form people have them. */
export interface Data {
  /** [batch, time, D], or a list of [time, D] of any lengths. */
  readonly input: SequencesLike;
  /** [batch, O] or [batch] for one output a sequence; [batch, time, O], [batch, time] or a list for one a step. */
  readonly target: SequencesLike;
  /** Valid steps of each sequence where the input is padded. */
  readonly lengths?: ArrayLike<number>;
}

/** Examples checked once: as many targets as inputs, all finite. */
export class Dataset {
  readonly input: Sequences;
  readonly target: Sequences;

  constructor(input: Sequences, target: Sequences) {
    this.input = input;
    this.target = target;
  }

  /** Number of examples. */
  get count(): number {
    return this.input.count;
  }

  /** The examples in [from, to), in order: a split that respects time. */
  slice(from: number, to: number): Dataset {
    return new Dataset(this.input.slice(from, to), this.target.slice(from, to));
  }
}

/**
 * Checks examples.
 * @throws ShapeError when inputs and targets do not match, ArgumentError when there are none or a value is not finite
 */
export function dataset(data: Data | Dataset): Dataset {
  if (data instanceof Dataset) return data;
  if (typeof data !== "object" || data === null) {
    throw new ArgumentError(`data must be { input, target }, received ${describe(data)}.`);
  }
  requireKnownOptions("data", data, ["input", "target", "lengths"]);
  const input = sequences("input", data.input, data.lengths);
  const target = sequences("target", data.target);
  if (input.count === 0) throw new ArgumentError("data has no examples.");
  if (input.count !== target.count) {
    throw new ShapeError(`data has ${input.count} inputs but ${target.count} targets.`);
  }
  return new Dataset(input, target);
}
