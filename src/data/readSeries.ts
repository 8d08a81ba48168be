import { ArgumentError, ShapeError } from "../errors.js";
import { show } from "../shape.js";
import { type Nested, readTensor, type Tensor } from "../tensor/tensor.js";

/** A series in one array, row by row. */
export interface SeriesRows {
  readonly data: Float32Array;
  readonly time: number;
  readonly width: number;
}

/**
 * Reads a series [time] or [time, width].
 * @throws ShapeError when it has other axes, ArgumentError when it is empty or not finite
 */
export function readSeries(owner: string, given: Nested | Tensor | Float64Array): SeriesRows {
  const { data, shape } = readTensor(owner, given as Nested | Tensor);
  if (shape.length < 1 || shape.length > 2)
    throw new ShapeError(`${owner} must be [time] or [time, features], received ${show(shape)}.`);
  const [time, width = 1] = shape as [number, number?];
  if (time === 0 || width === 0) throw new ArgumentError(`${owner} is empty: it has shape ${show(shape)}.`);
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new ArgumentError(`${owner} must be finite, received ${data[bad]} at step ${Math.floor(bad / width)}.`);
  return { data, time, width };
}

/**
 * Reads what a series is to be answered with; undefined where nothing is given.
 * @param time steps of the series
 * @throws ShapeError when it has another length, and as `readSeries`
 */
export function readTarget(
  owner: string,
  given: Nested | Tensor | Float64Array | undefined,
  time: number,
): SeriesRows | undefined {
  if (given === undefined) return undefined;
  const target = readSeries(`the target of ${owner}`, given);
  if (target.time === time) return target;
  throw new ShapeError(`the series has ${time} steps, its target ${target.time}: one is wanted for each step.`);
}
