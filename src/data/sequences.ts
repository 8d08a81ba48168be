import { ArgumentError, ShapeError } from "../errors.js";
import { describe, show } from "../shape.js";
import { isList, type Nested, readTensor, Tensor } from "../tensor/tensor.js";

/** What people may give as many sequences: a tensor, nested arrays, or a list of sequences of any lengths. */
export type SequencesLike = Sequences | Tensor | Nested | readonly (Tensor | Nested)[];

/**
 * Many sequences of rows, as places in one array: sequence i has `lengths[i]` rows of `width` values from `starts[i]` on.
 * Windows over one series overlap without being copied.
 */
export class Sequences {
  /** All rows; shared by sequences that overlap. */
  readonly values: Float32Array;
  /** Index in `values` of the first row of each sequence. */
  readonly starts: Int32Array;
  /** Steps of each sequence. */
  readonly lengths: Int32Array;
  /** Values in a row; 0 where there is no row to tell it. */
  readonly width: number;
  /** Axes of one example as people give it: 2 for [time, width], 1 for [width], 0 for a number. */
  readonly axes: number;
  /** Rows there are of each sequence, those beyond its length included: a padded target may be as long. */
  readonly padded: Int32Array;

  constructor(
    values: Float32Array,
    starts: Int32Array,
    lengths: Int32Array,
    width: number,
    axes: number,
    padded: Int32Array = lengths,
  ) {
    this.values = values;
    this.starts = starts;
    this.lengths = lengths;
    this.width = width;
    this.axes = axes;
    this.padded = padded;
  }

  /** Number of sequences. */
  get count(): number {
    return this.starts.length;
  }

  /** Calls for every value that counts, with its place: the number of its sequence, the step, the feature. */
  each(call: (value: number, index: number, step: number, feature: number) => void): void {
    const { values, starts, lengths, width } = this;
    for (let index = 0; index < starts.length; index++) {
      let at = starts[index] as number;
      for (let step = 0; step < (lengths[index] as number); step++)
        for (let feature = 0; feature < width; feature++) call(values[at++] as number, index, step, feature);
    }
  }

  /** The sequences in [from, to). */
  slice(from: number, to: number): Sequences {
    const [starts, lengths] = [this.starts.slice(from, to), this.lengths.slice(from, to)];
    return new Sequences(this.values, starts, lengths, this.width, this.axes, this.padded.slice(from, to));
  }
}

/**
 * Reads sequences in any of the forms people give them. What lies beyond a sequence's length is not looked at.
 * @param owner for messages: "input", "target"
 * @throws ShapeError when axes or widths do not fit, ArgumentError when a value is not finite
 */
export function sequences(owner: string, given: SequencesLike, lengths?: ArrayLike<number>): Sequences {
  const isOurs = given instanceof Sequences;
  const whole = isOurs ? given : isRagged(given) ? fromList(owner, given) : fromTensor(owner, asTensor(owner, given));
  const found = lengths === undefined ? whole : cutTo(owner, perStep(whole), lengths);
  if (!isOurs) requireFinite(owner, found);
  return found;
}

/** The same sequences over a copy of the values, which nobody else can change. */
export function owned({ values, starts, lengths, width, axes, padded }: Sequences): Sequences {
  return new Sequences(values.slice(), starts, lengths, width, axes, padded);
}

/** One value a step: [batch, time], read as [batch, time, 1]. */
export function perStep(given: Sequences): Sequences {
  if (given.axes !== 1 || given.width === 1) return given;
  return new Sequences(given.values, given.starts, new Int32Array(given.count).fill(given.width), 1, 1);
}

function asTensor(owner: string, given: Exclude<SequencesLike, Sequences>): Tensor {
  if (given instanceof Tensor || isList(given)) return readTensor(owner, given as Tensor | Nested);
  throw new ArgumentError(`${owner} must be a Tensor or nested arrays of numbers, received ${describe(given)}.`);
}

/** A list is ragged when a member is a tensor, or when its members differ in length. */
function isRagged(given: SequencesLike): given is readonly (Tensor | Nested)[] {
  if (!Array.isArray(given)) return false;
  // A copy has no holes, which `every` and `some` would pass over.
  const list = Array.from(given);
  if (list.some((member) => member instanceof Tensor)) return true;
  return list.every(isList) && list.some(({ length }) => length !== list[0].length);
}

function fromTensor(owner: string, { data, shape }: Tensor): Sequences {
  if (shape.length < 1 || shape.length > 3) {
    throw new ShapeError(
      `${owner} must have 1 to 3 axes ([batch], [batch, width] or [batch, time, width]), received ${show(shape)}.`,
    );
  }
  // A list of nothing, or of empty sequences: no row tells a width.
  if (shape.length < 3 && data.length === 0) {
    return new Sequences(data, new Int32Array(shape[0] as number), new Int32Array(shape[0] as number), 0, 2);
  }
  const [count, steps, width] = (shape.length === 3 ? shape : [shape[0], 1, shape[1] ?? 1]) as [number, number, number];
  if (width === 0) throw new ShapeError(`${owner} must have at least one value a step, received ${show(shape)}.`);
  const starts = Int32Array.from({ length: count }, (_, index) => index * steps * width);
  return new Sequences(data, starts, new Int32Array(count).fill(steps), width, shape.length - 1);
}

function fromList(owner: string, list: readonly (Tensor | Nested)[]): Sequences {
  const members = Array.from(list, (member, index) => readTensor(`${owner}[${index}]`, member));
  const filled = members.find((member) => member.data.length > 0);
  const axes = filled === undefined ? 2 : filled.shape.length;
  const width = filled === undefined ? 0 : axes === 2 ? (filled.shape[1] as number) : 1;
  if (axes !== 1 && axes !== 2)
    throw new ShapeError(
      `${owner} must be a list of [time, width] sequences, received one of ${show((filled as Tensor).shape)}.`,
    );
  members.forEach(({ data, shape }, index) => {
    const isEmpty = data.length === 0 && (shape[0] === 0 || filled === undefined);
    const fits = isEmpty || (shape.length === axes && (axes === 1 || shape[1] === width));
    if (!fits) {
      const wanted = axes === 2 ? `[time, ${width}]` : "[time]";
      throw new ShapeError(
        `${owner} ${index} has shape ${show(shape)} but the others are ${wanted}: all must have the same width.`,
      );
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
  const lengths = Int32Array.from(members, ({ data }) => (data.length === 0 ? 0 : data.length / width));
  return new Sequences(values, starts, lengths, width, axes);
}

function requireFinite(owner: string, found: Sequences): void {
  found.each((value, index, step, feature) => {
    if (!Number.isFinite(value))
      throw new ArgumentError(
        `${owner} must be finite, received ${value} in sequence ${index}, step ${step}, feature ${feature}.`,
      );
  });
}

/** Rows beyond each sequence's length are not looked at. */
function cutTo(owner: string, found: Sequences, lengths: ArrayLike<number>): Sequences {
  if (!isList(lengths))
    throw new ArgumentError(`lengths must be an array of whole numbers, received ${describe(lengths)}.`);
  if (lengths.length !== found.count) {
    throw new ShapeError(
      `lengths must have one entry for each of the ${found.count} sequences of ${owner}, received ${lengths.length}.`,
    );
  }
  const cut = new Int32Array(found.count);
  for (let index = 0; index < cut.length; index++) {
    const most = found.lengths[index] as number;
    const length = lengths[index] as number;
    if (typeof length !== "number" || !Number.isInteger(length) || length < 0 || length > most) {
      throw new ShapeError(`lengths[${index}] must be a whole number from 0 to ${most}, received ${describe(length)}.`);
    }
    cut[index] = length;
  }
  return new Sequences(found.values, found.starts, cut, found.width, found.axes, found.padded);
}
