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
 * @throws ArgumentError when an element is not a number
 */
export function tensor(values: Nested | Tensor, shape?: Shape): Tensor {
  if (values instanceof Tensor) return shape === undefined ? values : new Tensor(values.data, shape);
  const found = shapeOf(values);
  if (shape !== undefined && found.length > 1 && !sameShape(found, shape)) {
    throw new ShapeError(`nested arrays of shape ${show(found)} cannot be read as ${show(shape)}.`);
  }
  const data = isFloats(values) ? values.slice() : new Float32Array(elements(found));
  if (!isFloats(values)) flatten(values, found, 0, data, 0);
  return new Tensor(data, shape ?? found);
}

/** The shape that the first elements tell; `flatten` holds the others to it. */
function shapeOf(values: Nested): number[] {
  const found: number[] = [];
  let level: unknown = values;
  while (isList(level)) {
    found.push(level.length);
    if (level.length === 0) return found;
    if (found.length > MOST_AXES)
      throw new ShapeError(`nested arrays have at most ${MOST_AXES} axes. Does the array hold itself?`);
    level = level[0];
  }
  requireElement(level, found.length);
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

function requireElement(value: unknown, depth: number): asserts value is number {
  if (typeof value === "number") return;
  const cure = typeof value === "string" ? " Make numbers of text: Number(text)." : "";
  throw new ArgumentError(`a tensor holds numbers, but at depth ${depth} received ${describe(value)}.${cure}`);
}

function flatten(values: unknown, shape: Shape, axis: number, into: Float32Array, at: number): number {
  if (axis === shape.length) {
    requireElement(values, axis);
    into[at] = values;
    return at + 1;
  }
  if (!isList(values)) requireElement(values, axis);
  if (!isList(values) || values.length !== shape[axis]) {
    const came = isList(values) ? `${values.length} values` : describe(values);
    throw new ShapeError(
      `nested arrays must be of equal length: axis ${axis} wants ${shape[axis]} values, received ${came}.`,
    );
  }
  let next = at;
  for (let index = 0; index < values.length; index++) next = flatten(values[index], shape, axis + 1, into, next);
  return next;
}
