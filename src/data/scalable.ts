import { ArgumentError, ShapeError } from "../errors.js";
import { describe, show } from "../shape.js";
import { Tensor } from "../tensor/tensor.js";

/** Numbers a scaler takes: one feature `[N]`, rows of features `[T, D]`, or a tensor whose last axis holds the features. */
export type Scalable = ArrayLike<number> | readonly ArrayLike<number>[] | Tensor;

interface Read {
  values: Float64Array;
  features: number;
  rebuild(values: Float64Array): Tensor | Float64Array | Float64Array[];
}

/** A copy of the data in float64, row by row, the number of features, and the way back to the form they came in. */
export function readScalable(owner: string, data: Scalable): Read {
  if (data instanceof Tensor) {
    const { shape } = data;
    if (shape.length === 0)
      throw new ShapeError(`${owner} wants a tensor with at least one axis, received ${show(shape)}.`);
    const features = shape.length === 1 ? 1 : shape[shape.length - 1];
    return {
      values: finite(owner, data.data, features),
      features,
      rebuild: (values) => new Tensor(Float32Array.from(values), shape),
    };
  }
  if (data === null || typeof data !== "object" || typeof data.length !== "number") {
    throw new ArgumentError(`${owner} wants numbers [N], rows [T, D] or a tensor, received ${describe(data)}.`);
  }
  if (data.length === 0 || typeof data[0] === "number")
    return { values: finite(owner, data as ArrayLike<number>, 1), features: 1, rebuild: (values) => values };
  return readRows(owner, data as readonly ArrayLike<number>[]);
}

function readRows(owner: string, rows: readonly ArrayLike<number>[]): Read {
  const features = rows[0]?.length ?? 0;
  const flat = new Array<number>(rows.length * features);
  for (let row = 0; row < rows.length; row++) {
    if (rows[row]?.length !== features || features === 0) {
      throw new ShapeError(
        `${owner}: every row must have as many features as the first, ${features}; row ${row} has ${rows[row]?.length ?? "none"}.`,
      );
    }
    for (let feature = 0; feature < features; feature++) flat[row * features + feature] = rows[row][feature];
  }
  const rebuild = (values: Float64Array) => rows.map((_, row) => values.slice(row * features, (row + 1) * features));
  return { values: finite(owner, flat, features), features, rebuild };
}

function finite(owner: string, values: ArrayLike<number>, features: number): Float64Array {
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] === "number" && Number.isFinite(values[i])) continue;
    const where = features === 1 ? `index ${i}` : `row ${Math.floor(i / features)}, feature ${i % features}`;
    throw new ArgumentError(`${owner} wants finite numbers, received ${describe(values[i])} at ${where}.`);
  }
  return Float64Array.from(values);
}
