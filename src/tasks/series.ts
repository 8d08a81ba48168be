import { ArgumentError } from "../errors.js";
import { describe } from "../shape.js";

/** One value a step, oldest first, at equal distances in time. */
export type Series = ArrayLike<number>;

/**
 * A copy of a series in float64.
 * @throws ArgumentError when it is no list of numbers, is empty, or holds a value that is not finite, with its index
 */
export function readSeries(owner: string, series: Series): Float64Array {
  if (series === null || typeof series !== "object" || typeof series.length !== "number") {
    throw new ArgumentError(
      `${owner} wants a series: an array of numbers, oldest first. Received ${describe(series)}.`,
    );
  }
  if (series.length === 0)
    throw new ArgumentError(`${owner} wants a series of numbers, oldest first, but it is empty.`);
  for (let i = 0; i < series.length; i++) {
    if (typeof series[i] === "number" && Number.isFinite(series[i])) continue;
    const cure =
      typeof series[i] === "string" ? "Make numbers of text: map(Number)." : "Fill or cut the gap before forecasting.";
    throw new ArgumentError(`${owner} wants finite numbers, received ${describe(series[i])} at index ${i}. ${cure}`);
  }
  return Float64Array.from(series);
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Population standard deviation. */
export function deviation(values: ArrayLike<number>): number {
  const center = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - center) * (values[i] - center);
  return Math.sqrt(sum / values.length);
}
