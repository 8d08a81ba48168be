import { ArgumentError, ShapeError } from "../errors.js";
import { describe, show } from "../shape.js";
import { type Nested, Tensor, tensor } from "../tensor/tensor.js";

/** What people may give as many sequences: a tensor, nested arrays, or a list of sequences of any lengths. */
export type SequencesLike = Sequences | Tensor | Nested | readonly (Tensor | Nested)[];

/**
 * Many sequences of rows, as places in one array: sequence i has `lengths[i]` rows of `width` values from `starts[i]` on.
 * Windows over one series overlap without being copied.
 */
export class Sequences {
  readonly values: Float32Array;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly width: number;
  /** Axes of one example as people give it: 2 for [time, width], 1 for [width], 0 for a number. */
  readonly axes: number;

  constructor(values: Float32Array, starts: Int32Array, lengths: Int32Array, width: number, axes: number) {
    this.values = values;
    this.starts = starts;
    this.lengths = lengths;
    this.width = width;
    this.axes = axes;
  }

  /** Number of sequences. */
  get count(): number {
    return this.starts.length;
  }

  /** The sequences in [from, to). */
  slice(from: number, to: number): Sequences {
    return new Sequences(this.values, this.starts.slice(from, to), this.lengths.slice(from, to), this.width, this.axes);
  }
}

/**
 * Reads sequences in any of the forms people give them.
 * @param owner for messages: "input", "target"
 * @throws ShapeError when axes or widths do not fit, ArgumentError when a value is not finite
 */
export function sequences(owner: string, given: SequencesLike, lengths?: ArrayLike<number>): Sequences {
  const found = given instanceof Sequences ? given : isRagged(given) ? fromList(owner, given) : fromTensor(owner, asTensor(owner, given));
  if (!(given instanceof Sequences)) requireFinite(owner, found);
  return lengths === undefined ? found : cutTo(owner, found, lengths);
}

function asTensor(owner: string, given: Exclude<SequencesLike, Sequences>): Tensor {
  if (given === null || given === undefined || typeof given === "number" || typeof given === "string") {
    throw new ArgumentError(`${owner} must be a Tensor or nested arrays of numbers, received ${describe(given)}.`);
  }
  return tensor(given as Tensor | Nested);
}

/** A list is ragged when its members are tensors, or differ in length. */
function isRagged(given: SequencesLike): given is readonly (Tensor | Nested)[] {
  if (!Array.isArray(given) || given.length === 0) return false;
  if (given.some((member) => member instanceof Tensor)) return true;
  if (given.some((member) => typeof member === "number")) return false;
  const first = (given[0] as ArrayLike<unknown>).length;
  return given.some((member) => (member as ArrayLike<unknown>).length !== first);
}

function fromTensor(owner: string, { data, shape }: Tensor): Sequences {
  const [count, steps, width] = shape.length === 3 ? shape : shape.length === 2 ? [shape[0], 1, shape[1]] : [shape[0], 1, 1];
  if (shape.length < 1 || shape.length > 3) {
    throw new ShapeError(`${owner} must have 1 to 3 axes ([batch], [batch, width] or [batch, time, width]), received ${show(shape)}.`);
  }
  const size = (steps as number) * (width as number);
  const starts = Int32Array.from({ length: count as number }, (_, index) => index * size);
  const lengths = new Int32Array(count as number).fill(steps as number);
  return new Sequences(data, starts, lengths, width as number, shape.length - 1);
}

function fromList(owner: string, list: readonly (Tensor | Nested)[]): Sequences {
  const members = list.map((member) => tensor(member));
  const filled = members.find((member) => member.data.length > 0);
  const axes = filled === undefined ? 2 : filled.shape.length;
  const width = filled === undefined ? 1 : axes === 2 ? (filled.shape[1] as number) : 1;
  if (axes !== 1 && axes !== 2) throw new ShapeError(`${owner} must be a list of [time, width] sequences, received one of ${show((filled as Tensor).shape)}.`);
  members.forEach(({ data, shape }, index) => {
    const fits = data.length === 0 || (shape.length === axes && (axes === 1 || shape[1] === width));
    if (!fits) {
      const wanted = axes === 2 ? `[time, ${width}]` : "[time]";
      throw new ShapeError(`${owner} ${index} has shape ${show(shape)} but the others are ${wanted}: all must have the same width.`);
    }
  });
  const values = new Float32Array(members.reduce((sum, { data }) => sum + data.length, 0));
  const starts = new Int32Array(members.length);
  let at = 0;
  members.forEach(({ data }, index) => {
    starts[index] = at;
    values.set(data, at);
    at += data.length;
  });
  const lengths = Int32Array.from(members, ({ data }) => data.length / width);
  return new Sequences(values, starts, lengths, width, axes);
}

function requireFinite(owner: string, { values, starts, lengths, width }: Sequences): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const index = starts.findIndex((start, sequence) => at >= start && at < start + (lengths[sequence] as number) * width);
  const inside = at - (starts[index] as number);
  throw new ArgumentError(
    `${owner} must be finite, received ${values[at]} in sequence ${index}, step ${Math.floor(inside / width)}, feature ${inside % width}.`,
  );
}

/** Rows beyond each sequence's length are not looked at. */
function cutTo(owner: string, found: Sequences, lengths: ArrayLike<number>): Sequences {
  if (lengths.length !== found.count) {
    throw new ShapeError(`lengths must have one entry for each of the ${found.count} sequences of ${owner}, received ${lengths.length}.`);
  }
  const cut = Int32Array.from(lengths);
  cut.forEach((length, index) => {
    const most = found.lengths[index] as number;
    if (lengths[index] !== length || length < 0 || length > most) {
      throw new ShapeError(`lengths[${index}] must be a whole number from 0 to ${most}, received ${lengths[index]}.`);
    }
  });
  return new Sequences(found.values, found.starts, cut, found.width, found.axes);
}
