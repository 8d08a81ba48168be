import { ArgumentError, ShapeError } from "../errors.js";
import { describe, elements, type Shape, sameShape, show } from "../shape.js";

/** Numbers nested to any depth: `[[1, 2], [3, 4]]`. */
export type Nested = number | ArrayLike<number> | readonly Nested[];

/**
 * Numbers for people: a flat `Float32Array` in row-major order and its shape.
 * A tensor lies outside the core's memory and needs no disposal; the constructor keeps the array that it is given.
 *
 * @example
 * const table = new Tensor(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
 * table.shape;   // [2, 3]
 */
export class Tensor {
  /** The values, the last axis running fastest. */
  readonly data: Float32Array;
  /** Sizes, outermost first; none for a single number. */
  readonly shape: Shape;

  /**
   * @param data values in row-major order; kept, not copied
   * @param shape sizes, outermost first
   * @throws ShapeError when the shape does not hold exactly that many values
   */
  constructor(data: Float32Array, shape: Shape) {
    if (!isFloats(data)) throw new ArgumentError(`the data of a Tensor is a Float32Array, received ${describe(data)}.`);
    if (!Array.isArray(shape))
      throw new ArgumentError(`the shape of a Tensor is an array of sizes, received ${describe(shape)}.`);
    if (elements(shape) !== data.length || shape.some((size) => !Number.isInteger(size) || size < 0)) {
      throw new ShapeError(
        `a tensor of shape ${show(shape)} holds ${elements(shape)} values but received ${data.length}.`,
      );
    }
    this.data = data;
    this.shape = Object.freeze([...shape]);
  }

  /** The value of a tensor with one element. */
  item(): number {
    if (this.data.length !== 1)
      throw new ShapeError(`item() wants a tensor of one value, this one is ${show(this.shape)}.`);
    return this.data[0] as number;
  }

  /** The values as nested arrays; a plain number for a scalar. */
  toArray(): Nested {
    const build = (axis: number, start: number, count: number): Nested => {
      if (axis === this.shape.length) return this.data[start] as number;
      const size = this.shape[axis] as number;
      const step = size === 0 ? 0 : count / size;
      return Array.from({ length: size }, (_, index) => build(axis + 1, start + index * step, step));
    };
    return build(0, 0, this.data.length);
  }
}

/** More axes than this are an array that holds itself. */
const MOST_AXES = 16;

/**
 * Makes a tensor from nested arrays, or from a flat array and a shape. A tensor with another shape is the same values
 * read anew.
 *
 * @example
 * tensor([[1, 2], [3, 4]]).shape;              // [2, 2]
 * tensor(new Float32Array(6), [2, 3]).shape;   // [2, 3]
 * @throws ShapeError when rows are of unequal length, or the shape does not fit
 * @throws ArgumentError when an element is not a number, or a finite one that float32 does not hold
 */
export function tensor(values: Nested | Tensor, shape?: Shape): Tensor {
  return readTensor("values", values, shape);
}

/** The same for values that someone gave as something. @param owner what they were given as, for messages: "input" */
export function readTensor(owner: string, values: Nested | Tensor, shape?: Shape): Tensor {
  if (values instanceof Tensor) return shape === undefined ? values : new Tensor(values.data, shape);
  const found = shapeOf(owner, values);
  if (shape !== undefined && found.length > 1 && !sameShape(found, shape)) {
    throw new ShapeError(`nested arrays of shape ${show(found)} cannot be read as ${show(shape)}.`);
  }
  return new Tensor(isFloats(values) ? values.slice() : flatten(owner, values, found), shape ?? found);
}

/** The shape that the first elements tell; `flatten` holds the others to it. */
export function shapeOf(owner: string, values: unknown): number[] {
  const found: number[] = [];
  let level: unknown = values;
  while (isList(level)) {
    found.push(level.length);
    if (level.length === 0) return found;
    if (found.length > MOST_AXES)
      throw new ShapeError(`nested arrays have at most ${MOST_AXES} axes. Does the array hold itself?`);
    level = level[0];
  }
  // Before there is memory for all that a long empty list claims to hold.
  if (typeof level !== "number") throw misfit(owner, level, found.fill(0), undefined);
  return found;
}

/** A Float32Array, of another realm too. */
export function isFloats(value: unknown): value is Float32Array {
  return value instanceof Float32Array || Object.prototype.toString.call(value) === "[object Float32Array]";
}

/** An array or a typed array: a string has a length too. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** The values row by row. @throws ArgumentError, ShapeError naming the place of what does not fit */
function flatten(owner: string, values: unknown, shape: Shape): Float32Array {
  const into = new Float32Array(elements(shape));
  const path: number[] = [];
  let at = 0;
  const fill = (list: unknown, axis: number): void => {
    const size = shape[axis];
    if (!isList(list) || list.length !== size) throw misfit(owner, list, path.slice(0, axis), size);
    const isLast = axis === shape.length - 1;
    for (let index = 0; index < size; index++) {
      const value = list[index];
      path[axis] = index;
      if (isLast && fits(value)) into[at++] = value;
      else fill(value, axis + 1);
    }
  };
  if (shape.length === 0 && fits(values)) into[0] = values;
  else fill(values, 0);
  return into;
}

/** Whether a value is a number that float32 holds: a finite one may not become Infinity. */
function fits(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value - Math.fround(value)) !== Infinity;
}

/** @param size of the list that is wanted at the path; undefined for a number */
function misfit(owner: string, value: unknown, path: readonly number[], size: number | undefined): Error {
  const place = owner + path.map((index) => `[${index}]`).join("");
  if (size !== undefined && (typeof value === "number" || isList(value))) {
    const came = isList(value) ? `${value.length} values` : value;
    return new ShapeError(`${place} wants ${size} values like the others, received ${came}.`);
  }
  const cure = typeof value === "string" ? " Make numbers of text: Number(text)." : "";
  const range = typeof value === "number" ? " up to 3.4e38" : "";
  return new ArgumentError(`${place} wants numbers${range}, received ${describe(value)}.${cure}`);
}
