import { float32Series } from "./float32Series.js";
import type { ForecasterSettings } from "./forecasterOptions.js";
import type { IntervalSettings } from "./intervalOptions.js";
import { localSpread } from "./localSpread.js";
import type { Networks } from "./networks.js";
import type { Origins } from "./origins.js";
import { type Band, quantilePaths } from "./quantilePaths.js";
import type { SeriesTransform, TransformState } from "./transform.js";

/** What intervals were calibrated to, as plain JSON. */
export interface IntervalState {
  /** How far they reach beyond what is told at each step of the horizon, in levels where the spread is 1. */
  readonly margins: readonly number[];
  /** What their networks were trained with, where these tell quantiles. */
  readonly quantiles?: { readonly lookback: number; readonly transform: TransformState };
}

/** Ends of intervals as they are given and measured, in the units of the series. */
export interface IntervalEnds {
  readonly lower: Float32Array;
  readonly upper: Float32Array;
}

/** Networks that tell the ends of intervals before anything is calibrated. */
export interface QuantileTeller {
  readonly settings: ForecasterSettings;
  readonly transform: SeriesTransform;
  readonly networks: Networks;
}

/** What they tell of the values from index `from` on, then from the next on, …: levels, [count · horizon]. */
export function tellQuantiles(teller: QuantileTeller, values: Float64Array, from: number, count: number): Band {
  const { transform, networks, settings } = teller;
  const { lookback, horizon, interval = 0 } = settings;
  return quantilePaths({ values, from, count, transform, lookback }, networks, interval, horizon);
}

/** What a trained forecaster's intervals come from: margins around its forecasts, or around quantiles that are told. */
export class Intervals {
  /**
   * @param margins how far they reach beyond what is told at each step, in levels where the spread is 1
   * @param quantiles what tells quantiles; without it the forecast is what is told
   */
  constructor(
    readonly settings: IntervalSettings,
    readonly margins: Float64Array,
    readonly quantiles?: QuantileTeller,
  ) {}

  /** Values of the past they need besides what the forecast does. */
  get needs(): number {
    return this.quantiles ? this.quantiles.transform.lost + this.quantiles.settings.lookback : 0;
  }

  /** All but the networks, as plain JSON. */
  toJSON(): IntervalState {
    const margins = Array.from(this.margins);
    if (this.quantiles === undefined) return { margins };
    const { settings, transform } = this.quantiles;
    return { margins, quantiles: { lookback: settings.lookback, transform: transform.state } };
  }

  /**
   * Intervals for forecasts, in the units of the series. One that would leave its forecast out, which other networks than
   * those of its quantiles made, is stretched to it: it holds no less then.
   * @param origins what was forecast from
   * @param levels the forecasts, [count · horizon]
   * @param horizon at most as many steps as there are margins
   * @throws ArgumentError when an end is beyond float32
   */
  around(origins: Origins, levels: Float64Array, horizon: number): IntervalEnds {
    const { margins, quantiles } = this;
    const { values, from, count, transform } = origins;
    const spread = localSpread(origins, this.settings);
    const told = quantiles ? tellQuantiles(quantiles, values, from, count) : { lower: levels, upper: levels };
    const width = quantiles ? margins.length : horizon;
    const forecasts = transform.fromLevels(levels);
    const end = (ends: Float64Array, sign: number): Float64Array => {
      const moved = forecasts.map((_, at) => {
        const [i, h] = [Math.floor(at / horizon), at % horizon];
        return ends[i * width + h] + sign * margins[h] * spread[i];
      });
      return (quantiles?.transform ?? transform).fromLevels(moved);
    };
    return {
      lower: float32Series(end(told.lower, -1).map((value, at) => Math.min(value, forecasts[at]))),
      upper: float32Series(end(told.upper, 1).map((value, at) => Math.max(value, forecasts[at]))),
    };
  }

  /** Gives the memory of networks of their own back. */
  dispose(): void {
    this.quantiles?.networks.dispose();
  }
}
