import { bandScores, marginsOf } from "./calibrate.js";
import type { ForecasterOptions, ForecasterSettings } from "./forecasterOptions.js";
import { usesQuantiles } from "./intervalOptions.js";
import { Intervals, type QuantileTeller, tellQuantiles } from "./intervals.js";
import { localSpread } from "./localSpread.js";
import { Networks } from "./networks.js";
import { levelPaths } from "./origins.js";
import { quantileExamples, quantileGoal } from "./quantilePaths.js";
import { settle } from "./settle.js";
import { type Part, trainNetworks } from "./trainNetworks.js";
import type { Watch } from "./watch.js";

/**
 * The parts that networks for the intervals learn from: for quantiles, all but the calibration part; for conformal intervals
 * that and, to err as networks do that were trained up to the values they forecast, all but the last half of it.
 * @returns none where no intervals are wanted
 * @throws ArgumentError when a part is too short: how much is needed
 */
export function settleIntervals(whole: Part, options: ForecasterOptions): readonly Part[] {
  const { settings, values } = whole;
  const { interval, calibration = 0 } = settings;
  if (interval === undefined) return [];
  if (calibration === 0) return [whole];
  const before = (held: number, wishes: ForecasterOptions): Part => {
    const part = values.subarray(0, values.length - held);
    return { ...settle(part, wishes, held), values: part };
  };
  if (usesQuantiles(settings)) return [before(calibration, options)];
  const wishes = { ...options, ...choicesOf(whole) };
  return [calibration, calibration >> 1].filter((held) => held > 0).map((held) => before(held, wishes));
}

/** Errors are like those of the forecast only where it is the same kind of series that is forecast. */
function choicesOf({ transform }: Part): Pick<ForecasterOptions, "log" | "difference" | "season"> {
  const { log, difference, season } = transform.state;
  return { log, difference, season: season > 1 ? season : "none" };
}

/** Trainings of one network each that intervals need: the number of epochs is found on the first part only. */
export function intervalRuns({ networks, validation }: ForecasterSettings, { length }: readonly Part[]): number {
  return networks * (length > 0 && validation > 0 ? length + 1 : length);
}

/** @returns nothing where there are no parts */
export async function trainIntervals(
  whole: Part,
  parts: readonly Part[],
  watch: Watch,
): Promise<Intervals | undefined> {
  const { settings, values } = whole;
  if (parts.length === 0) return undefined;
  if (!usesQuantiles(settings)) return new Intervals(settings, await conformalMargins(whole, parts, watch));
  const [part] = parts;
  const teller = { ...part, networks: await trainQuantiles(part, watch) };
  try {
    return new Intervals(settings, quantileMargins(teller, values, part.values.length), teller);
  } catch (error) {
    teller.networks.dispose();
    throw error;
  }
}

async function trainQuantiles({ values, settings, transform }: Part, watch: Watch): Promise<Networks> {
  const { lookback, horizon, interval = 0 } = settings;
  const data = quantileExamples(transform, transform.forward(values), lookback, horizon);
  return (await Networks.train(data, settings, quantileGoal(interval, horizon), watch)).networks;
}

/** How far what quantile networks tell is to be moved, from what it misses from `from` on; not at all where nothing is left. */
function quantileMargins(teller: QuantileTeller, values: Float64Array, from: number): Float64Array {
  const { horizon, interval = 0 } = teller.settings;
  const count = values.length - from;
  if (count === 0) return new Float64Array(horizon);
  const told = tellQuantiles(teller, values, from, count);
  const spread = new Float64Array(count).fill(1);
  return marginsOf(bandScores(told, teller.transform.levelsOf(values), from, spread), interval);
}

/**
 * Each part's networks forecast what lies between it and the next, from each value on; their errors are pooled (rolling-origin
 * evaluation with recalibration, Tashman 2000).
 */
async function conformalMargins(whole: Part, parts: readonly Part[], watch: Watch): Promise<Float64Array> {
  const { horizon, interval = 0 } = whole.settings;
  let scores: readonly (readonly number[])[] = Array.from({ length: horizon }, () => []);
  let found = {};
  for (const [i, part] of parts.entries()) {
    const settings = { ...part.settings, ...found };
    const { networks, epochs } = await trainNetworks({ ...part, settings }, watch, "interval");
    try {
      const until = (parts[i + 1]?.values ?? whole.values).length;
      const more = pathScores({ ...part, networks }, whole, until);
      scores = scores.map((own, h) => own.concat(more[h]));
    } finally {
      networks.dispose();
    }
    found = { validation: 0, epochs };
  }
  return marginsOf(scores, interval);
}

/** Scores of forecasts from each value after a part on, before index `until`. The spread is that which forecasts will be given. */
function pathScores(part: Part & { readonly networks: Networks }, whole: Part, until: number) {
  const { values, transform, settings } = whole;
  const from = part.values.length;
  const origins = { values, from, count: until - from, transform: part.transform, lookback: part.settings.lookback };
  const told = levelPaths(origins, part.networks, settings.horizon);
  // A short part may have had to do with a shorter lookback.
  const lookback = Math.min(settings.lookback, from - transform.lost);
  const spread = localSpread({ ...origins, transform, lookback }, settings);
  return bandScores({ lower: told, upper: told }, transform.levelsOf(values), from, spread);
}
