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

/** The transformed values before each origin, [count · lookback]. */
export function lookbacks({ values, from, count, transform, lookback }: Origins): Float64Array {
  const first = Math.max(from - transform.lost - lookback, 0);
  const steps = transform.forward(values.subarray(first, from + count - 1), first);
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
