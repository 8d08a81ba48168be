import type { IntervalSettings } from "./intervalOptions.js";
import { lookbacks, type Origins } from "./origins.js";
import { deviation } from "./series.js";

/**
 * How lively the series has been before each origin, [count]: the standard deviation of the lookback in the transform,
 * half-way to that of all the networks were trained on, which is 1: a few steps that happened to be quiet promise little.
 * Where intervals are not local, 1.
 */
export function localSpread(origins: Origins, { intervalMethod }: IntervalSettings): Float64Array {
  const { count, lookback } = origins;
  const spread = new Float64Array(count).fill(1);
  if (intervalMethod !== "localConformal") return spread;
  const seen = lookbacks(origins);
  return spread.map((_, i) => (1 + deviation(seen.subarray(i * lookback, (i + 1) * lookback))) / 2);
}
