import { Dataset } from "../data/dataset.js";
import { sequences } from "../data/sequences.js";
import { windows } from "../data/windows.js";
import { sortQuantiles } from "../decoding/sortQuantiles.js";
import { quantileLoss } from "../losses/quantileLoss.js";
import { Tensor } from "../tensor/tensor.js";
import type { Goal, Networks } from "./networks.js";
import { lookbacks, type Origins } from "./origins.js";
import type { SeriesTransform } from "./transform.js";

/** Lower and upper ends of intervals at each step from each origin, [count · horizon]. */
export interface Band {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The shares of outcomes below the ends of an interval. */
function ends(interval: number): readonly [lower: number, upper: number] {
  return [(1 - interval) / 2, (1 + interval) / 2];
}

/**
 * What quantile networks learn: the lower ends of all steps of the horizon, then the upper ones. A step's quantile is not the
 * sum of the quantiles of the changes that lead there, so they tell levels, as `SeriesTransform.accumulate` counts them.
 */
export function quantileGoal(interval: number, horizon: number): Goal {
  return { loss: quantileLoss({ quantiles: ends(interval) }), outputs: 2 * horizon, stage: "interval" };
}

/** Windows of transformed values [count, lookback, 1], and the levels they lead to [count, horizon]. */
export function quantileExamples(
  transform: SeriesTransform,
  steps: Float64Array,
  lookback: number,
  horizon: number,
): Dataset {
  const { input, count } = windows(Float32Array.from(steps), { window: lookback, horizon });
  const target = new Float32Array(count * horizon);
  for (let i = 0; i < count; i++) {
    const end = i + lookback;
    target.set(transform.accumulate(steps.subarray(end, end + horizon)), i * horizon);
  }
  return new Dataset(input, sequences("target", new Tensor(target, [count, horizon])));
}

/** The quantiles of the levels at every step of the horizon that the networks learnt, in order even where they crossed. */
export function quantilePaths(origins: Origins, networks: Networks, interval: number, horizon: number): Band {
  const { values, from, count, transform } = origins;
  const told = Float32Array.from(networks.forecast(lookbacks(origins), 2 * horizon));
  const sorted = sortQuantiles(new Tensor(told, [count, 2 * horizon]), ends(interval)).data;
  const band = { lower: new Float64Array(count * horizon), upper: new Float64Array(count * horizon) };
  const still = new Float64Array(horizon);
  for (let i = 0; i < count; i++) {
    const base = transform.levelsAhead(values.subarray(0, from + i), still);
    for (let h = 0; h < horizon; h++) {
      const at = 2 * horizon * i + h;
      band.lower[i * horizon + h] = base[h] + transform.state.scale * sorted[at];
      band.upper[i * horizon + h] = base[h] + transform.state.scale * sorted[at + horizon];
    }
  }
  return band;
}
