import { ArgumentError } from "../errors.js";
import { requireInteger } from "../shape.js";
import { type Accuracy, accuracy } from "./accuracy.js";
import type { Rule } from "./baselines.js";
import { type BacktestIntervals, measureIntervals } from "./coverage.js";
import { float32Series } from "./float32Series.js";
import type { Intervals } from "./intervals.js";
import type { Networks } from "./networks.js";
import { levelPaths } from "./origins.js";
import type { SeriesTransform } from "./transform.js";

/** What a backtest may be told. */
export interface BacktestOptions {
  /** Index of the first value that is forecast; default the length of the training series. */
  readonly from?: number;
  /** Values forecast from each origin; default the horizon trained for. */
  readonly horizon?: number;
}

/** One way to forecast and how it fared. */
export interface BacktestEntry {
  /** `"network"` or the label of a rule. */
  readonly label: string;
  /** The forecast of each value from all values before it, [count], in the units of the series. */
  readonly forecasts: Float32Array;
  /** Accuracy of those. */
  readonly oneStep: Accuracy;
  /** Accuracy over all steps 1 to horizon from every origin that has so many values after it. */
  readonly path: Accuracy;
  /** What its intervals held; of a network trained with `interval`. */
  readonly intervals?: BacktestIntervals;
}

/** A rolling forecast without refitting: the network first, then every rule. */
export interface Backtest {
  /** Index of the first value that was forecast, and how many were. */
  readonly from: number;
  /** Values that were forecast one step ahead. */
  readonly count: number;
  /** Values forecast from each origin. */
  readonly horizon: number;
  /** Steps in the season the rules use; 1 when there is none. */
  readonly season: number;
  /** The network, then the rules it has to beat. */
  readonly entries: readonly BacktestEntry[];
}

interface Course {
  readonly values: Float64Array;
  readonly from: number;
  readonly horizon: number;
  readonly unit: number | null;
  readonly lookback: number;
  readonly transform: SeriesTransform;
  readonly networks: Networks;
  readonly intervals: Intervals | undefined;
  readonly rules: readonly Rule[];
}

/** See `Forecaster.backtest`. */
export function backtest(course: Course): Backtest {
  const { values, horizon, transform, lookback, rules } = course;
  const needs = Math.max(transform.lost + lookback, course.intervals?.needs ?? 0, ...rules.map((rule) => rule.needs));
  const from = requireInteger("Forecaster.backtest: from", course.from, 0);
  if (from < needs)
    throw new ArgumentError(
      `Forecaster.backtest: ${needs} values are needed before the first forecast, from is ${from}.`,
    );
  if (values.length < from + horizon) {
    throw new ArgumentError(
      `Forecaster.backtest: the series has ${values.length} values; to forecast ${horizon} from index ${from} on, ${from + horizon} are needed. ` +
        "Give the series with values after the training part, or a smaller from.",
    );
  }
  const count = values.length - from;
  const paths = rules.map((rule) => ({ label: rule.label, paths: rulePaths(rule, values, from, horizon) }));
  const entries = [networkPaths(course, from), ...paths].map((entry) => measure(entry, course, from));
  return { from, count, horizon, season: transform.state.season, entries };
}

interface Paths {
  readonly label: string;
  /** [count · horizon]: from each origin, the steps ahead of it, as they are given. */
  readonly paths: Float32Array;
  readonly intervals?: BacktestIntervals;
}

function rulePaths(rule: Rule, values: Float64Array, from: number, horizon: number): Float32Array {
  const paths = new Float32Array((values.length - from) * horizon);
  for (let t = from; t < values.length; t++)
    paths.set(rule.forecast(values.subarray(0, t), horizon), (t - from) * horizon);
  return paths;
}

function networkPaths(course: Course, from: number): Paths {
  const { values, horizon, transform, networks, intervals, lookback } = course;
  const count = values.length - from;
  const origins = { values, from, count, transform, lookback };
  const levels = levelPaths(origins, networks, horizon);
  const paths = float32Series(transform.fromLevels(levels));
  if (intervals === undefined) return { label: "network", paths };
  const steps = Math.min(horizon, intervals.margins.length);
  const near = Float64Array.from(
    { length: count * steps },
    (_, at) => levels[Math.floor(at / steps) * horizon + (at % steps)],
  );
  const { interval = 0 } = intervals.settings;
  // Rounded as the ends are: what lies on one is held.
  const truth = (origin: number, ahead: number): number => Math.fround(values[from + origin + ahead]);
  const measured = measureIntervals(interval, intervals.around(origins, near, steps), count, steps, truth);
  return { label: "network", paths, intervals: measured };
}

function measure({ label, paths, ...more }: Paths, { values, horizon, unit }: Course, from: number): BacktestEntry {
  const count = values.length - from;
  const forecasts = Float32Array.from({ length: count }, (_, i) => paths[i * horizon]);
  const oneStep = Float64Array.from({ length: count }, (_, i) => paths[i * horizon] - values[from + i]);
  const whole = (count - horizon + 1) * horizon;
  const path = Float64Array.from(
    { length: whole },
    (_, at) => paths[at] - values[from + Math.floor(at / horizon) + (at % horizon)],
  );
  const one = accuracy(oneStep, unit ?? Number.NaN);
  return { label, forecasts, oneStep: one, path: accuracy(path, unit ?? Number.NaN), ...more };
}
