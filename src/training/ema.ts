import { requireBelowOne, requireInteger, requireKnownOptions } from "../shape.js";
import type { Averaging } from "./averaging.js";
import { WeightAverage } from "./weightAverage.js";

/** Options of the exponential moving average. */
export interface EmaOptions {
  /** Share of the average that an update leaves, in [0, 1); default 0.999, the mean of about the last 1000 updates. */
  readonly decay?: number;
  /** Updates before the first whose weights count; default 0. Until then the average is the weights themselves. */
  readonly start?: number;
}

/**
 * The exponential moving average of the weights (Polyak & Juditsky 1992), without bias correction: it begins with the weights
 * after update `start` + 1, so that there is no bias to correct.
 *   average = W after update `start` + 1, then average += (1 − decay) (W − average)
 * As PyTorch's `AveragedModel` with `get_ema_multi_avg_fn(decay)`.
 *
 * @example
 * await fit(model, data, { loss: crossEntropy, epochs: 20, averaging: ema({ decay: 0.99 }) });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function ema(options: EmaOptions = {}): Averaging {
  requireKnownOptions("ema", options, ["decay", "start"]);
  const decay = requireBelowOne("decay of ema", options.decay ?? 0.999, "it would never leave its first weights");
  const start = requireInteger("start of ema", options.start ?? 0, 0);
  const averaging: Averaging = {
    name: "ema",
    options: Object.freeze({ decay, start }),
    share: (update) => (update <= start + 1 ? 1 : 1 - decay),
    begin: (model) => new WeightAverage(model, averaging),
  };
  return Object.freeze(averaging);
}
