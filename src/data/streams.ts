import { ArgumentError } from "../errors.js";
import { requireInteger, requireKnownOptions } from "../shape.js";
import type { Nested, Tensor } from "../tensor/tensor.js";
import { Dataset } from "./dataset.js";
import { readSeries, readTarget, type SeriesRows } from "./readSeries.js";
import { Sequences } from "./sequences.js";

/** How a long series becomes streams side by side. */
export interface StreamOptions {
  /** Streams side by side: B. Default 1. */
  readonly batchSize?: number;
  /** What each step is to be answered with, one row for each step of the series. Default: the series itself, some steps later. */
  readonly target?: Nested | Tensor | Float64Array;
  /** Steps from a step to its target; default 1, or 0 where a target is given. */
  readonly horizon?: number;
}

/**
 * Cuts a long series into B streams of equal length, side by side, with a target for every step: stream b goes on where stream
 * b − 1 ends. Up to B − 1 steps at the end of the series are left over. With `truncate` and this `batchSize` they are trained as
 * stateful batches: the state goes on along each stream, however long it is. All lie in one array; none is a copy.
 *
 * @param series [time] or [time, D]
 * @returns input [B, T, D], target [B, T, D] or [B, T, width of the target], T = ⌊(time − horizon) / B⌋
 * @example
 * const data = streams(series, { batchSize: 8 });   // each step's target is the next step
 * await fit(model, data, { loss: meanSquaredError, batchSize: 8, truncate: truncated({ every: 20, window: 40 }) });
 * @throws ArgumentError when the series is too short or not finite, ShapeError when the target has another length
 */
export function streams(series: Nested | Tensor | Float64Array, options: StreamOptions = {}): Dataset {
  requireKnownOptions("streams", options, ["batchSize", "target", "horizon"]);
  const batchSize = requireInteger("batchSize of streams", options.batchSize ?? 1);
  const input = readSeries("the series", series);
  const target = readTarget("streams", options.target, input.time) ?? input;
  const horizon = requireInteger("horizon of streams", options.horizon ?? (target === input ? 1 : 0), 0);
  const steps = Math.floor((input.time - horizon) / batchSize);
  if (steps < 1)
    throw new ArgumentError(
      `a series of ${input.time} steps is too short for ${batchSize} streams and a horizon of ${horizon}: ${batchSize + horizon} are needed.`,
    );
  return new Dataset(sideBySide(input, batchSize, steps, 0), sideBySide(target, batchSize, steps, horizon));
}

function sideBySide({ data, width }: SeriesRows, count: number, steps: number, shift: number): Sequences {
  const starts = Int32Array.from({ length: count }, (_, index) => (index * steps + shift) * width);
  return new Sequences(data, starts, new Int32Array(count).fill(steps), width, 2);
}
