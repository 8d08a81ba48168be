import { ArgumentError } from "../errors.js";
import { requireNumber, requireOneOf } from "../shape.js";
import { fewestScores } from "./conformal.js";

/** How intervals come about; see `ForecasterOptions.intervalMethod`. */
export type IntervalMethod = "localConformal" | "conformal" | "quantile" | "conformalQuantile";

/** What a forecaster may be told about its intervals. */
export interface IntervalOptions {
  /**
   * Share of outcomes that intervals are to hold, between 0 and 1, such as 0.9; default none. Networks of their own are trained
   * for them, so that forecasts have the same bits with and without, and `train` takes two to two and a half times as long.
   */
  interval?: number;
  /**
   * Where they come from; default `"localConformal"`.
   * - `"conformal"`: the forecast ∓ how far networks trained as the forecaster's err on values they never saw. Of the last part
   *   of the training series, the calibration part, the first half is forecast by networks trained on all before it, the second
   *   by networks trained on all before that, from each value on; of the sizes of the n errors at step h the one of rank
   *   ⌈(n + 1) · interval⌉ is how far intervals reach to either side of the forecast at step h (of its logarithm, where that is
   *   forecast).
   * - `"localConformal"`: the same with errors counted in units of how lively the lookback before them was (locally weighted,
   *   Lei et al. 2018): intervals widen and narrow with the recent past and keep their share as quiet and lively times change.
   * - `"quantile"`: networks trained on everything with the quantile loss tell the quantiles (1 ± interval) / 2 of every step.
   *   Nothing holds such intervals to their share.
   * - `"conformalQuantile"`: those, trained without the calibration part and moved out or in by what they miss there (Romano,
   *   Patterson & Candès 2019).
   *
   * Intervals of both kinds of quantiles belong to other networks than the forecast, which need not be in their middle.
   *
   * Where what comes is exchangeable with the calibration part, conformal intervals hold on average at least their share around
   * what the networks forecast that were calibrated: the theorem of split conformal prediction, which `"conformalQuantile"`
   * keeps to the letter. The forecast that `"conformal"` and `"localConformal"` surround is that of networks which have seen the
   * calibration part too, and whether to take logarithms, differences and a season was chosen on all of the training series.
   * Such networks err about as much, a little less as a rule, but nothing proves it; and a series that changes its ways is not
   * exchangeable. `backtest` measures what intervals do hold.
   */
  intervalMethod?: IntervalMethod;
  /**
   * Share of the training series, its last part, on which conformal intervals are calibrated, up to 0.5. Default 0.2, or more
   * where the last step of the horizon needs it or where that makes whole seasons, which are most like what is to come, of at
   * most a quarter of the series. From n values a share comes out right to about √(interval · (1 − interval) / n), several
   * steps ahead less so, because paths from neighbouring values err alike: a short series shows little about how far it may
   * stray in a year.
   */
  calibration?: number;
}

/** The same with every default in its place; nothing of it is there in a forecaster without intervals. */
export interface IntervalSettings {
  /** Share of outcomes that intervals are to hold. */
  readonly interval?: number;
  /** Where intervals come from. */
  readonly intervalMethod?: IntervalMethod;
  /** Values at the end of the training series that intervals were calibrated on; 0 for `"quantile"`. */
  readonly calibration?: number;
}

const METHODS: readonly IntervalMethod[] = ["localConformal", "conformal", "quantile", "conformalQuantile"];
const WHO = "Forecaster.train:";
const DEFAULT_SHARE = 0.2;

export function isIntervalMethod(method: unknown): method is IntervalMethod {
  return METHODS.includes(method as IntervalMethod);
}

/** Whether networks of their own tell the intervals. */
export function usesQuantiles({ intervalMethod }: IntervalSettings): boolean {
  return intervalMethod === "quantile" || intervalMethod === "conformalQuantile";
}

/**
 * Checks the options of intervals.
 * @param length values of the training series
 * @returns nothing but defaults where no interval is wanted
 * @throws ArgumentError for a value out of range, an option that nobody reads, or too few values to calibrate on
 */
export function checkIntervals(options: IntervalOptions, horizon: number, length: number): IntervalSettings {
  const { interval, intervalMethod = "localConformal" } = options;
  if (interval === undefined) {
    const idle = (["intervalMethod", "calibration"] as const).find((name) => options[name] !== undefined);
    if (idle !== undefined)
      throw new ArgumentError(`${WHO} ${idle} tells about intervals. Give interval, such as 0.9.`);
    return {};
  }
  requireNumber(`${WHO} interval`, interval, 0, 1);
  if (interval === 0 || interval === 1)
    throw new ArgumentError(`${WHO} interval must be above 0 and below 1, received ${interval}.`);
  requireOneOf(`${WHO} intervalMethod`, intervalMethod, METHODS);
  const calibration = calibrationLength(options, interval, horizon, length);
  return { interval, intervalMethod, calibration };
}

/**
 * A calibration part that was not asked for, longer by up to a season so that it holds whole ones; as it is where that would
 * be more than a quarter of the series.
 */
export function wholeSeasons(
  options: IntervalOptions,
  { calibration }: IntervalSettings,
  season: number,
  length: number,
): IntervalSettings {
  if (options.calibration !== undefined || calibration === undefined) return {};
  const longer = Math.ceil(calibration / season) * season;
  return longer <= length / 4 ? { calibration: longer } : {};
}

/** Values at the end of the training series that are left for calibration. */
function calibrationLength(options: IntervalOptions, interval: number, horizon: number, length: number): number {
  const share = requireNumber(`${WHO} calibration`, options.calibration ?? DEFAULT_SHARE, 0, 0.5);
  if (options.intervalMethod === "quantile") {
    if (options.calibration === undefined) return 0;
    throw new ArgumentError(`${WHO} intervals of method "quantile" are not calibrated. Leave calibration out.`);
  }
  const needed = fewestScores(interval) + horizon - 1;
  const wanted = Math.round(share * length);
  const taken = options.calibration === undefined ? Math.max(wanted, Math.min(needed, Math.floor(length / 2))) : wanted;
  if (taken >= needed) return taken;
  throw new ArgumentError(
    `${WHO} intervals of ${interval} at ${horizon} steps ahead need ${needed} values to calibrate on, but ${taken} of ${length} ` +
      "are set aside. Give more data, a larger calibration, a shorter horizon or a smaller interval.",
  );
}
