import { windows } from "../data/windows.js";
import { meanSquaredError } from "../losses/meanSquaredError.js";
import { seasonalNaiveError } from "./accuracy.js";
import type { ForecasterOptions, ForecasterSettings } from "./forecasterOptions.js";
import { usesQuantiles } from "./intervalOptions.js";
import { calibrate, Intervals } from "./intervals.js";
import type { Knowledge } from "./knowledge.js";
import { LinearAutoregression } from "./linearAutoregression.js";
import { Networks } from "./networks.js";
import { quantileExamples, quantileGoal } from "./quantilePaths.js";
import { type Settled, settle } from "./settle.js";
import { Watch } from "./watch.js";

/** What a training leaves behind. */
export interface Trained {
  readonly knowledge: Knowledge;
  readonly networks: Networks;
  readonly intervals: Intervals | undefined;
}

/** A part of a series to learn from, and what was settled on it. */
interface Part extends Settled {
  readonly values: Float64Array;
}

/** Values of a transformed series that networks of the forecast tell at once. */
export function outputsOf({ strategy, horizon }: Pick<ForecasterSettings, "strategy" | "horizon">): number {
  return strategy === "direct" ? horizon : 1;
}

/** See `Forecaster.train`. Whatever goes wrong, no memory is kept then. */
export async function trainForecaster(train: Float64Array, options: ForecasterOptions): Promise<Trained> {
  const whole = { ...settle(train, options), values: train };
  const { settings, transform } = whole;
  const early = settings.interval === undefined ? undefined : settleEarly(whole, options);
  options.signal?.throwIfAborted();
  const linear = LinearAutoregression.fit(transform.forward(train), settings.lookback);
  const perTeam = settings.networks * (settings.validation > 0 ? 2 : 1);
  const watch = new Watch(options, early ? 2 * perTeam : perTeam);
  const { networks, epochs } = await trainNetworks(whole, watch);
  try {
    const intervals = early && (await trainIntervals(train, early, watch));
    const unit = seasonalNaiveError(train, transform.state.season);
    const knowledge = {
      ...{ settings, transform: transform.state, linear: Array.from(linear.coefficients) },
      ...{ trainedOn: train.length, epochs, unit: unit > 0 ? unit : null },
      ...(intervals && { intervals: intervals.toJSON() }),
    };
    return { knowledge, networks, intervals };
  } catch (error) {
    networks.dispose();
    throw error;
  }
}

/** What intervals learn from: all but the calibration part, which has no say in anything that is chosen or trained. */
function settleEarly(whole: Part, options: ForecasterOptions): Part {
  const { calibration = 0 } = whole.settings;
  if (calibration === 0) return whole;
  const values = whole.values.subarray(0, whole.values.length - calibration);
  return { ...settle(values, options, calibration), values };
}

function trainNetworks({ values, settings, transform }: Part, watch: Watch, stage?: "interval") {
  const outputs = outputsOf(settings);
  const series = Float32Array.from(transform.forward(values));
  const data = windows(series, { window: settings.lookback, horizon: outputs });
  return Networks.train(data, settings, { loss: meanSquaredError, outputs, ...(stage && { stage }) }, watch);
}

function trainQuantiles({ values, settings, transform }: Part, watch: Watch) {
  const { lookback, horizon, interval = 0 } = settings;
  const data = quantileExamples(transform, transform.forward(values), lookback, horizon);
  return Networks.train(data, settings, quantileGoal(interval, horizon), watch);
}

async function trainIntervals(train: Float64Array, early: Part, watch: Watch): Promise<Intervals> {
  const { settings, transform, values } = early;
  const { networks } = usesQuantiles(settings)
    ? await trainQuantiles(early, watch)
    : await trainNetworks(early, watch, "interval");
  try {
    const teller = { settings, transform, networks };
    const isCalibrated = values.length < train.length;
    const margins = isCalibrated ? calibrate(teller, train, values.length) : new Float64Array(settings.horizon);
    return new Intervals(teller, margins);
  } catch (error) {
    networks.dispose();
    throw error;
  }
}
