import { ArgumentError } from "../errors.js";
import { chooseTransform } from "./chooseTransform.js";
import { checkOptions, type ForecasterOptions, type ForecasterSettings } from "./forecasterOptions.js";
import { usesQuantiles, wholeSeasons } from "./intervalOptions.js";
import { detectSeason } from "./season.js";
import { type Difference, SeriesTransform } from "./transform.js";

/** Fewer windows than this are no basis for learning and measuring. */
const FEWEST_WINDOWS = 5;

/** Everything that is settled before a training begins. */
export interface Settled {
  readonly settings: ForecasterSettings;
  readonly transform: SeriesTransform;
}

/**
 * Checks the options, and chooses from the training part what they leave open.
 * @param held values after the training part that are kept from it, for calibration
 * @throws ArgumentError for an unknown option, a value out of range, or a series too short: how much is needed
 */
export function settle(train: Float64Array, options: ForecasterOptions, held = 0): Settled {
  const plain = checkOptions(options, train.length + held);
  const { season: wanted = "auto", log = "auto", difference = "auto" } = options;
  const season = wanted === "auto" ? detectSeason(train) : wanted === "none" ? 1 : wanted;
  const lookback = options.lookback ?? defaultLookback(train.length, season);
  const outputs = plain.strategy === "direct" ? plain.horizon : 1;
  const targets = usesQuantiles(plain) ? plain.horizon : outputs;
  requireLength(train, { lookback, targets, lost: leastLost(difference, season), held });
  const spare = train.length - lookback - outputs - FEWEST_WINDOWS + 1;
  const transform = chooseTransform(train, season, { log, difference }, spare);
  const windows = train.length - transform.lost - lookback - outputs + 1;
  const batchSize = options.batchSize ?? Math.min(Math.max(Math.ceil(windows / 64), 16), 64);
  const weightDecay = options.weightDecay ?? 2 / windows;
  const calibrated = wholeSeasons(options, plain, season, train.length + held);
  return { settings: { ...plain, ...calibrated, lookback, batchSize, weightDecay }, transform };
}

function defaultLookback(length: number, season: number): number {
  const wanted = season > 1 ? Math.min(Math.max(season, 12), 48) : 24;
  return Math.max(Math.min(wanted, Math.floor(length / 4)), 1);
}

/** Steps that differencing uses up at least. */
function leastLost(difference: Difference | "auto", season: number): number {
  if (season === 1 && (difference === "seasonal" || difference === "both")) {
    throw new ArgumentError(
      `Forecaster.train: difference "${difference}" needs a season, and none was given or found. Give season.`,
    );
  }
  const surely = difference === "auto" ? "none" : difference;
  return new SeriesTransform({ log: false, difference: surely, season, shift: 0, scale: 1 }).lost;
}

interface Needs {
  readonly lookback: number;
  readonly targets: number;
  readonly lost: number;
  readonly held: number;
}

function requireLength(train: Float64Array, { lookback, targets, lost, held }: Needs): void {
  const needed = lost + lookback + targets + FEWEST_WINDOWS - 1 + held;
  if (train.length + held >= needed) return;
  throw new ArgumentError(
    `Forecaster.train: the series has ${train.length + held} values, but ${needed} are needed: ${lost} for differencing, ` +
      `${lookback} for the lookback, ${targets} for the target, ${held > 0 ? `${held} for calibration, ` : ""}` +
      `and ${FEWEST_WINDOWS - 1} more windows. Give more data or a shorter lookback.`,
  );
}
