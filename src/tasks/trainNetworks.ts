import { windows } from "../data/windows.js";
import { meanSquaredError } from "../losses/meanSquaredError.js";
import type { ForecasterSettings } from "./forecasterOptions.js";
import { Networks } from "./networks.js";
import type { Settled } from "./settle.js";
import type { Watch } from "./watch.js";

/** The beginning of a series, or all of it, to learn from, and what was settled on it. */
export interface Part extends Settled {
  readonly values: Float64Array;
}

/** Values of a transformed series that networks of the forecast tell at once. */
export function outputsOf({ strategy, horizon }: Pick<ForecasterSettings, "strategy" | "horizon">): number {
  return strategy === "direct" ? horizon : 1;
}

/** Networks that learn to continue a part; see `Networks.train`. */
export function trainNetworks({ values, settings, transform }: Part, watch: Watch, stage?: "interval") {
  const outputs = outputsOf(settings);
  const series = Float32Array.from(transform.forward(values));
  const data = windows(series, { window: settings.lookback, horizon: outputs });
  return Networks.train(data, settings, { loss: meanSquaredError, outputs, ...(stage && { stage }) }, watch);
}
