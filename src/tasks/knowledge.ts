import { FormatError } from "../errors.js";
import { type ForecasterSettings, MOST_HORIZON } from "./forecasterOptions.js";
import { isIntervalMethod, usesQuantiles } from "./intervalOptions.js";
import type { IntervalState } from "./intervals.js";
import { LinearAutoregression } from "./linearAutoregression.js";
import { SeriesTransform, type TransformState } from "./transform.js";

/** What training left behind beside the networks, as plain JSON. */
export interface Knowledge {
  readonly settings: ForecasterSettings;
  readonly transform: TransformState;
  /** Coefficients of the linear autoregression that `backtest` holds the networks against. */
  readonly linear: readonly number[];
  /** Length of the training series, and the error of the seasonal naive rule in it. */
  readonly trainedOn: number;
  readonly unit: number | null;
  /** Epochs each network was trained for. */
  readonly epochs: number;
  /** Of a forecaster with intervals. */
  readonly intervals?: IntervalState;
}

/**
 * What a forecaster's file holds of it.
 * @throws FormatError when a field is missing or senseless
 */
export function requireKnowledge(content: Knowledge): Knowledge {
  const { settings, transform, linear, trainedOn, unit, epochs, intervals } = content;
  const { lookback, horizon, networks, strategy } = settings ?? {};
  if (
    ![lookback, horizon, networks, trainedOn, epochs].every(isWhole) ||
    horizon > MOST_HORIZON ||
    (strategy !== "recursive" && strategy !== "direct")
  ) {
    throw new FormatError("forecaster file: its settings are damaged.");
  }
  if (unit !== null && !(Number.isFinite(unit) && unit > 0))
    throw new FormatError("forecaster file: its unit of error is damaged.");
  requireIntervals(settings, intervals);
  SeriesTransform.fromJSON(transform);
  LinearAutoregression.fromJSON(linear, lookback);
  return { settings, transform, linear, trainedOn, epochs, unit, ...(intervals && { intervals }) };
}

function requireIntervals(settings: ForecasterSettings, intervals: IntervalState | undefined): void {
  const { interval, intervalMethod, horizon } = settings;
  if (interval === undefined && intervals === undefined) return;
  const { quantiles, margins } = intervals ?? {};
  const isShare = typeof interval === "number" && interval > 0 && interval < 1;
  const isMethod = isIntervalMethod(intervalMethod);
  const isOneEach = Array.isArray(margins) && margins.length === horizon && margins.every(Number.isFinite);
  const isTold = usesQuantiles(settings) ? isWhole(quantiles?.lookback) : quantiles === undefined;
  if (!isShare || !isMethod || !isOneEach || !isTold)
    throw new FormatError("forecaster file: its intervals are damaged.");
  if (quantiles) SeriesTransform.fromJSON(quantiles.transform);
}

function isWhole(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value < 0x100_0000;
}
