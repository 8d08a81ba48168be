import { seasonalNaiveError } from "./accuracy.js";
import type { ForecasterOptions } from "./forecasterOptions.js";
import type { Intervals } from "./intervals.js";
import type { Knowledge } from "./knowledge.js";
import { LinearAutoregression } from "./linearAutoregression.js";
import type { Networks } from "./networks.js";
import { settle } from "./settle.js";
import { intervalRuns, settleIntervals, trainIntervals } from "./trainIntervals.js";
import { trainNetworks } from "./trainNetworks.js";
import { Watch } from "./watch.js";

/** What a training leaves behind. */
export interface Trained {
  readonly knowledge: Knowledge;
  readonly networks: Networks;
  readonly intervals: Intervals | undefined;
}

/** See `Forecaster.train`. Whatever goes wrong, no memory is kept then. */
export async function trainForecaster(train: Float64Array, options: ForecasterOptions): Promise<Trained> {
  const whole = { ...settle(train, options), values: train };
  const { settings, transform } = whole;
  const parts = settleIntervals(whole, options);
  options.signal?.throwIfAborted();
  const linear = LinearAutoregression.fit(transform.forward(train), settings.lookback);
  const runs = settings.networks * (settings.validation > 0 ? 2 : 1);
  const watch = new Watch(options, runs + intervalRuns(settings, parts));
  const { networks, epochs } = await trainNetworks(whole, watch);
  try {
    const intervals = await trainIntervals(whole, parts, watch);
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
