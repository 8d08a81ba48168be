import { conformalMargin } from "./conformal.js";
import type { ForecasterSettings } from "./forecasterOptions.js";
import { usesQuantiles } from "./intervalOptions.js";
import type { Networks } from "./networks.js";
import { levelPaths, lookbacks, type Origins } from "./origins.js";
import { type Band, quantilePaths } from "./quantilePaths.js";
import { deviation } from "./series.js";
import type { SeriesTransform, TransformState } from "./transform.js";

/** What intervals were trained with and calibrated to, as plain JSON. */
export interface IntervalState {
  readonly lookback: number;
  readonly transform: TransformState;
  /** How far they reach beyond what their networks tell at each step of the horizon, in levels where the spread is 1. */
  readonly margins: readonly number[];
}

/** What tells the middle of intervals, or their two ends, before anything is calibrated. */
export interface Teller {
  readonly settings: ForecasterSettings;
  readonly transform: SeriesTransform;
  readonly networks: Networks;
}

/** What it tells from each origin, in levels, and what its margins are multiplied by there. */
interface Told extends Band {
  /** [count] */
  readonly spread: Float64Array;
}

function told({ settings, transform, networks }: Teller, values: Float64Array, from: number, count: number): Told {
  const { lookback, horizon, interval = 0, intervalMethod } = settings;
  const origins: Origins = { values, from, count, transform, lookback };
  const spread = intervalMethod === "localConformal" ? localSpread(origins) : new Float64Array(count).fill(1);
  if (usesQuantiles(settings)) return { ...quantilePaths(origins, networks, interval, horizon), spread };
  const levels = levelPaths(origins, networks, horizon);
  return { lower: levels, upper: levels, spread };
}

/**
 * How lively the series has been before each origin: the standard deviation of the lookback in the transform, half-way to
 * that of all the networks were trained on, which is 1: a few steps that happened to be quiet promise little.
 */
function localSpread(origins: Origins): Float64Array {
  const { count, lookback } = origins;
  const seen = lookbacks(origins);
  return Float64Array.from(
    { length: count },
    (_, i) => (1 + deviation(seen.subarray(i * lookback, (i + 1) * lookback))) / 2,
  );
}

/**
 * How far intervals must reach beyond what is told so that they hold their share of the values from `from` on: at each step h
 * the score of rank ⌈(n + 1) · interval⌉ among those of the n origins that have a value h steps ahead,
 *   score = max(lower − y, y − upper) / spread
 * in levels. With one forecast for both ends that is |y − forecast|: split conformal prediction, locally weighted where the
 * spread is not 1 (Lei et al. 2018, section 5.2); with two quantiles, conformalised quantile regression (Romano, Patterson
 * & Candès 2019), where it may be negative.
 * @returns [horizon]
 */
export function calibrate(teller: Teller, values: Float64Array, from: number): Float64Array {
  const { horizon, interval = 0 } = teller.settings;
  const count = values.length - from;
  const { lower, upper, spread } = told(teller, values, from, count);
  const levels = teller.transform.levelsOf(values);
  return Float64Array.from({ length: horizon }, (_, h) => {
    const scores = Float64Array.from({ length: count - h }, (_, i) => {
      const [at, y] = [i * horizon + h, levels[from + i + h]];
      return Math.max(lower[at] - y, y - upper[at]) / spread[i];
    });
    return conformalMargin(scores, interval);
  });
}

/** What a trained forecaster's intervals come from. */
export class Intervals {
  /** @param margins how far they reach beyond what is told at each step, in levels where the spread is 1 */
  constructor(
    readonly teller: Teller,
    readonly margins: Float64Array,
  ) {}

  /** Values of the past they need. */
  get needs(): number {
    return this.teller.transform.lost + this.teller.settings.lookback;
  }

  /** All but the networks, as plain JSON. */
  toJSON(): IntervalState {
    const { settings, transform } = this.teller;
    return { lookback: settings.lookback, transform: transform.state, margins: Array.from(this.margins) };
  }

  /**
   * Intervals for forecasts, in the units of the series. One that would leave its forecast out, which other networks made,
   * is stretched to it: it holds no less then.
   * @param values the series
   * @param from index of the value after the first origin; the others follow
   * @param forecasts [count · horizon]
   * @param horizon at most as many steps as there are margins
   */
  around(values: Float64Array, from: number, forecasts: Float64Array, horizon: number): Band {
    const { teller, margins } = this;
    const { lower, upper, spread } = told(teller, values, from, forecasts.length / horizon);
    const end = (levels: Float64Array, sign: number): Float64Array => {
      const moved = forecasts.map((_, at) => {
        const [i, h] = [Math.floor(at / horizon), at % horizon];
        return levels[i * margins.length + h] + sign * margins[h] * spread[i];
      });
      return teller.transform.fromLevels(moved);
    };
    return {
      lower: end(lower, -1).map((value, at) => Math.min(value, forecasts[at])),
      upper: end(upper, 1).map((value, at) => Math.max(value, forecasts[at])),
    };
  }
}
