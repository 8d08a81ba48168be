import { mean } from "./series.js";

/** A season must explain this much of the step-to-step changes one period later, or there is none. */
const CLEAR = 0.5;

/** Longest season looked for: a year of days, a week of half hours, a day of five minutes. */
const LONGEST = 400;

/**
 * The length of the season of a series, or 1 when there is none: the lag from 2 to a third of the series (at most 400)
 * at which the autocorrelation of the first differences peaks highest, if it reaches 0.5 there. Differences, because a
 * trend would make every lag look alike. What changes by no more than rounding has none.
 */
export function detectSeason(series: Float64Array): number {
  const changes = difference(series);
  const center = mean(changes);
  const centered = changes.map((change) => change - center);
  const variance = product(centered, 0);
  const longest = Math.min(Math.floor(series.length / 3), LONGEST, changes.length - 2);
  if (!(variance > mostRounding(series))) return 1;
  let season = 1;
  let highest = CLEAR * variance;
  let [before, here] = [variance, product(centered, 1)];
  for (let lag = 1; lag <= longest; lag++) {
    const after = product(centered, lag + 1);
    if (lag >= 2 && here >= highest && here > before && here >= after) [season, highest] = [lag, here];
    [before, here] = [here, after];
  }
  return season;
}

function difference(series: Float64Array): Float64Array {
  return Float64Array.from({ length: Math.max(series.length - 1, 0) }, (_, t) => series[t + 1] - series[t]);
}

/**
 * The sum of squares that rounding alone may leave of n changes that are all equal. A value such as a + b·t has been rounded
 * twice, by ε/2 · max |x| each at most, and a change is off by what two values are: (2 · ε · max |x|)² for each.
 */
function mostRounding(series: Float64Array): number {
  const largest = series.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const most = 2 * Number.EPSILON * largest;
  return series.length * most * most;
}

/** Sum of the products of values `lag` steps apart. */
function product(values: Float64Array, lag: number): number {
  let sum = 0;
  for (let t = lag; t < values.length; t++) sum += values[t] * values[t - lag];
  return sum;
}
