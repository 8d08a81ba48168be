import type { IntervalEnds } from "./intervals.js";

/** What intervals held, and how wide they were. */
export interface Coverage {
  /** Share of the outcomes that lay in their intervals, ends included. */
  readonly coverage: number;
  /** Mean width, in the units of the series. */
  readonly width: number;
}

/** How the intervals of a backtest fared. */
export interface BacktestIntervals {
  /** The share they were to hold. */
  readonly interval: number;
  /** The interval of each value from all values before it, [count], in the units of the series. */
  readonly lower: Float32Array;
  /** Upper ends of the same intervals, [count]. */
  readonly upper: Float32Array;
  /** Of those. */
  readonly oneStep: Coverage;
  /** Over all steps from every origin that has a value after it for each of them. */
  readonly path: Coverage;
  /** The same step by step; no more than the intervals were trained for. */
  readonly byStep: readonly Coverage[];
}

/**
 * Measures intervals against what came.
 * @param band [count · horizon]
 * @param truth the value at step `ahead` (from 0) from origin i
 */
export function measureIntervals(
  interval: number,
  { lower, upper }: IntervalEnds,
  count: number,
  horizon: number,
  truth: (origin: number, ahead: number) => number,
): BacktestIntervals {
  const measured = (origins: number, ahead: number): Coverage => {
    let [held, width] = [0, 0];
    for (let i = 0; i < origins; i++) {
      const [at, value] = [i * horizon + ahead, truth(i, ahead)];
      if (lower[at] <= value && value <= upper[at]) held++;
      width += upper[at] - lower[at];
    }
    return { coverage: held / origins, width: width / origins };
  };
  const byStep = Array.from({ length: horizon }, (_, ahead) => measured(count - horizon + 1, ahead));
  const average = (key: keyof Coverage) => byStep.reduce((sum, step) => sum + step[key], 0) / horizon;
  const first = (ends: Float32Array) => Float32Array.from({ length: count }, (_, i) => ends[i * horizon]);
  return {
    ...{ interval, lower: first(lower), upper: first(upper), oneStep: measured(count, 0) },
    ...{ path: { coverage: average("coverage"), width: average("width") }, byStep },
  };
}
