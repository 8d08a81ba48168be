import { ArgumentError } from "../errors.js";
import { requireInteger, requireKnownOptions } from "../shape.js";
import type { Nested, Tensor } from "../tensor/tensor.js";
import { Dataset } from "./dataset.js";
import { readSeries, readTarget } from "./readSeries.js";
import { Sequences } from "./sequences.js";

/** How a series is cut into windows. */
export interface WindowOptions {
  /** Steps in a window: k. */
  readonly window: number;
  /** Steps after the window that are the target; default 1. */
  readonly horizon?: number;
  /** Steps from one window to the next; default 1. */
  readonly stride?: number;
  /** What is to be foretold, one row for each step of the series, such as one of its columns. Default: the series itself. */
  readonly target?: Nested | Tensor | Float64Array;
}

/**
 * Slides a window of k steps over a series: window i is x[i … i+k−1], its target x[i+k … i+k+horizon−1],
 * or those steps of `target`. Windows overlap in one array; none is a copy.
 *
 * @param series [time] or [time, D]
 * @returns input [count, window, D], target [count, horizon · D], with the width of `target` for D where that is given
 * @example
 * const data = windows([1, 2, 3, 4, 5], { window: 3 });   // 1 2 3 → 4,  2 3 4 → 5
 * const weather = [[14, 0], [16, 0.2], [15, 1], [17, 0]];
 * windows(weather, { window: 2, target: [14, 16, 15, 17] });   // temperature and rain → temperature
 * @throws ArgumentError when the series is empty, too short for one window, or not finite; ShapeError when it has other axes, or the
 *   target another length
 */
export function windows(series: Nested | Tensor | Float64Array, options: WindowOptions): Dataset {
  requireKnownOptions("windows", options, ["window", "horizon", "stride", "target"]);
  const window = requireInteger("window", options.window);
  const horizon = requireInteger("horizon", options.horizon ?? 1);
  const stride = requireInteger("stride", options.stride ?? 1);
  const { data, time, width } = readSeries("the series", series);
  const goal = readTarget("windows", options.target, time) ?? { data, width };
  const count = Math.floor((time - window - horizon) / stride) + 1;
  if (count < 1) {
    throw new ArgumentError(
      `a series of ${time} steps is too short for a window of ${window} and a horizon of ${horizon}: ${window + horizon} are needed.`,
    );
  }
  const starts = Int32Array.from({ length: count }, (_, index) => index * stride * width);
  const targets = starts.map((_, index) => (index * stride + window) * goal.width);
  const input = new Sequences(data, starts, new Int32Array(count).fill(window), width, 2);
  const target = new Sequences(goal.data, targets, new Int32Array(count).fill(1), horizon * goal.width, 1);
  return new Dataset(input, target);
}
