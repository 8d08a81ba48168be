import { ArgumentError } from "../errors.js";

/** Whether a number is beyond what a float32 holds. */
export function isBeyondFloat32(value: number): boolean {
  return !Number.isFinite(Math.fround(value));
}

/**
 * Forecasts or ends of intervals as they are given and measured, in the units of the series.
 * @throws ArgumentError when one is beyond float32
 */
export function float32Series(values: Float64Array): Float32Array {
  const far = values.find(isBeyondFloat32);
  if (far === undefined) return Float32Array.from(values);
  throw new ArgumentError(`a forecast of ${far} is beyond float32, which ends at 3.4e38. Scale the series down.`);
}
