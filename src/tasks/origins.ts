import { requireFloat32 } from "./float32Series.js";
import type { Networks } from "./networks.js";
import type { SeriesTransform } from "./transform.js";

/** Points of a series from which it is forecast, each from all values before it: from, from + 1, … */
export interface Origins {
  readonly values: Float64Array;
  /** Index of the first value that is forecast, and how many origins there are. */
  readonly from: number;
  readonly count: number;
  readonly transform: SeriesTransform;
  readonly lookback: number;
}

/**
 * A series as networks read it: transformed, and within float32.
 * @param first index of its first value in the whole series, for messages
 * @throws ArgumentError when it is too short, or too far from what the transform was fitted to
 */
export function stepsOf(transform: SeriesTransform, series: Float64Array, first = 0): Float64Array {
  const steps = transform.forward(series, first);
  requireFloat32(steps, (at) => {
    const t = at + transform.lost;
    return `${series[t]} at index ${first + t} of the series, scaled like those trained on,`;
  });
  return steps;
}

/** The transformed values before each origin, [count · lookback]. */
export function lookbacks({ values, from, count, transform, lookback }: Origins): Float64Array {
  const first = Math.max(from - transform.lost - lookback, 0);
  const steps = stepsOf(transform, values.subarray(first, from + count - 1), first);
  const seen = new Float64Array(count * lookback);
  for (let i = 0; i < count; i++) {
    const end = from + i - first - transform.lost;
    seen.set(steps.subarray(end - lookback, end), i * lookback);
  }
  return seen;
}

/** The levels that networks forecast from all origins side by side, [count · horizon]. */
export function levelPaths(origins: Origins, networks: Networks, horizon: number): Float64Array {
  const { values, from, count, transform } = origins;
  const steps = networks.forecast(lookbacks(origins), horizon);
  const levels = new Float64Array(count * horizon);
  for (let i = 0; i < count; i++) {
    const ahead = steps.subarray(i * horizon, (i + 1) * horizon);
    levels.set(transform.levelsAhead(values.subarray(0, from + i), ahead), i * horizon);
  }
  return levels;
}
