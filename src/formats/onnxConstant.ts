import { elements, type Shape, sameShape } from "../shape.js";
import { Tensor } from "../tensor/tensor.js";
import { MOST_AXES } from "./onnxAxes.js";

/** Values beyond those that a constant is made of may be written out up to this many. */
const MOST_REPEATED = 0x1_0000;

/** Runs over all values of a shape in row-major order, from place to place. */
function visit(shape: Shape, strides: Shape, at: number, each: (at: number) => void, axis = 0): void {
  if (axis === shape.length) {
    each(at);
    return;
  }
  const [size, stride] = [shape[axis] as number, strides[axis] as number];
  for (let index = 0; index < size; index++) visit(shape, strides, at + index * stride, each, axis + 1);
}

/** Strides of values in row-major order. */
function rowMajor(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; stride *= shape[axis--] as number) strides[axis] = stride;
  return strides;
}

/**
 * A value of a graph that does not depend on its inputs: values, and a view of them. What is spread along an axis (stride 0)
 * takes no room, however long the axis: an open axis has a length that stands for it (`openSizes`). Float32 values, or whole
 * numbers in an array.
 */
export class OnnxConstant {
  private constructor(
    readonly values: Float32Array | readonly number[],
    readonly shape: Shape,
    readonly strides: Shape,
    readonly start: number,
  ) {}

  static of(values: Float32Array | readonly number[], shape: Shape = [values.length]): OnnxConstant {
    return new OnnxConstant(values, shape, rowMajor(shape), 0);
  }

  get isFloat(): boolean {
    return this.values instanceof Float32Array;
  }

  /** The same values seen otherwise. */
  #view(shape: Shape, strides: Shape, start = this.start): OnnxConstant {
    return new OnnxConstant(this.values, shape, strides, start);
  }

  /** All values in row-major order; undefined where they are too many. */
  list(): Float32Array | readonly number[] | undefined {
    const count = elements(this.shape);
    if (count > this.values.length + MOST_REPEATED) return undefined;
    if (this.start === 0 && count === this.values.length && sameShape(this.strides, rowMajor(this.shape)))
      return this.values;
    const found = this.isFloat ? new Float32Array(count) : new Array<number>(count);
    let next = 0;
    visit(this.shape, this.strides, this.start, (at) => {
      found[next++] = this.values[at] as number;
    });
    return found;
  }

  /** As float32 for the core; undefined where it is none, or too large. */
  tensor(): Tensor | undefined {
    const values = this.isFloat ? this.list() : undefined;
    return values === undefined ? undefined : new Tensor(values as Float32Array, this.shape);
  }

  /** The value that it holds everywhere, if it does; undefined for none at all. */
  uniform(): number | undefined {
    if (elements(this.shape) === 0) return undefined;
    const value = this.values[this.start] as number;
    // Along a stride of 0 every value is the same: one is enough.
    const shape = this.shape.map((size, axis) => (this.strides[axis] === 0 ? 1 : size));
    let isUniform = true;
    visit(shape, this.strides, this.start, (at) => {
      isUniform &&= this.values[at] === value;
    });
    return isUniform ? value : undefined;
  }

  permute(order: readonly number[]): OnnxConstant {
    return this.#view(
      order.map((axis) => this.shape[axis] as number),
      order.map((axis) => this.strides[axis] as number),
    );
  }

  /** Values from … to − 1 along an axis. */
  slice(axis: number, from: number, to: number): OnnxConstant {
    const shape = this.shape.map((size, other) => (other === axis ? Math.max(0, to - from) : size));
    return this.#view(shape, this.strides, this.start + from * (this.strides[axis] as number));
  }

  /** Without an axis, of which the value at `index` is kept. */
  pick(axis: number, index: number): OnnxConstant {
    const others = (_: number, other: number) => other !== axis;
    const start = this.start + index * (this.strides[axis] as number);
    return this.#view(this.shape.filter(others), this.strides.filter(others), start);
  }

  /** Axes of length 1 at these places of the result, in rising order. */
  insert(axes: readonly number[]): OnnxConstant {
    const [shape, strides] = [[...this.shape], [...this.strides]];
    for (const axis of axes) {
      shape.splice(axis, 0, 1);
      strides.splice(axis, 0, 0);
    }
    return this.#view(shape, strides);
  }

  /** Spread to a shape that it fits; undefined where it does not (numpy's rules, the result has this shape). */
  spread(shape: Shape): OnnxConstant | undefined {
    if (!isShape(shape)) return undefined;
    const added = shape.length - this.shape.length;
    if (added < 0 || this.shape.some((size, axis) => size !== 1 && size !== shape[axis + added])) return undefined;
    const strides = shape.map((_, axis) =>
      axis < added || this.shape[axis - added] === 1 ? 0 : this.strides[axis - added],
    );
    return this.#view(shape, strides as number[]);
  }

  /** The same values in the same order in another shape; undefined where it is not of as many, or takes too much room. */
  reshape(shape: Shape): OnnxConstant | undefined {
    if (!isShape(shape) || elements(shape) !== elements(this.shape)) return undefined;
    if (this.strides.every((stride) => stride === 0))
      return this.#view(
        shape,
        shape.map(() => 0),
      );
    const values = this.list();
    return values === undefined ? undefined : OnnxConstant.of(values, shape);
  }
}

function isShape(shape: Shape): boolean {
  return shape.length <= MOST_AXES && shape.every((size) => Number.isInteger(size) && size >= 0);
}

/** The shape that two are spread to together; undefined where they do not fit. */
export function commonShape(a: Shape, b: Shape): Shape | undefined {
  const count = Math.max(a.length, b.length);
  const at = (shape: Shape, axis: number) => shape[axis - count + shape.length] ?? 1;
  const found = Array.from({ length: count }, (_, axis) => {
    const [own, other] = [at(a, axis), at(b, axis)];
    return own === 1 ? other : other === 1 || other === own ? own : -1;
  });
  return found.includes(-1) ? undefined : found;
}
