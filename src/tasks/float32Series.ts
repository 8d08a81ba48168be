import { ArgumentError } from "../errors.js";

/**
 * Forecasts or ends of intervals as they are given and measured, in the units of the series.
 * @throws ArgumentError when one is beyond float32
 */
export function float32Series(values: Float64Array): Float32Array {
  requireFloat32(values, (at) => `a forecast of ${values[at]}`);
  return Float32Array.from(values);
}

/** @param say which value is at an index */
export function requireFloat32(values: Float64Array, say: (at: number) => string): void {
  const far = values.findIndex((value) => !Number.isFinite(Math.fround(value)));
  if (far < 0) return;
  throw new ArgumentError(`${say(far)} is beyond float32, which ends at 3.4e38. Give the series in other units.`);
}
