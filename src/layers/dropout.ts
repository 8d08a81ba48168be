import { ArgumentError } from "../errors.js";
import { describe, requireKnownOptions, requireNumber } from "../shape.js";
import { padded, type Rows } from "../tensor/rows.js";
import { randomKey } from "../tensor/seed.js";
import { core } from "../wasm/core.js";
import { type Layer, type LayerDefinition, type LayerRun, type Planner, specify } from "./layer.js";

/** Configuration of a dropout layer. */
export interface DropoutConfig {
  readonly rate: number;
  /** Whether a sequence keeps one mask for all its steps. */
  readonly perSequence: boolean;
}

/** Sets features to 0 at random while training, and to nothing else. */
export const dropoutDefinition: LayerDefinition<DropoutConfig> = {
  type: "dropout",
  output: (_config, input) => input,
  parameters: () => [],
  plan: planDropout,
  reverse: (layer) => layer,
  make: ({ rate, perSequence }, name) => dropout(rate, { perSequence, name }),
  describe: ({ rate, perSequence }) => `dropout(${rate}${perSequence ? ", per sequence" : ""})`,
};

/**
 * Dropout: while training, each feature is 0 with probability `rate` and else divided by 1 − rate; a prediction passes
 * everything (Srivastava et al. 2014). With `perSequence` a sequence keeps one mask for all its steps (variational dropout,
 * Gal & Ghahramani 2016). What is dropped depends on the model's seed, the layer's path, the batch's number, and the place
 * of the sequence in it.
 *
 * @param rate share that is dropped, in [0, 1)
 * @example
 * sequential(lstm(64), dropout(0.3), lstm(64), dropout(0.3, { perSequence: true }), lastStep(), dense(1));
 * @throws ArgumentError when the rate is out of range
 */
export function dropout(
  rate: number,
  options: { readonly perSequence?: boolean; readonly name?: string } = {},
): Layer<DropoutConfig> {
  requireRate("dropout", rate);
  requireKnownOptions("dropout", options, ["perSequence", "name"]);
  const { perSequence = false } = options;
  if (typeof perSequence !== "boolean")
    throw new ArgumentError(`perSequence of dropout must be true or false, received ${describe(perSequence)}.`);
  return specify(dropoutDefinition, { rate, perSequence }, options.name);
}

/** A share that is dropped, in [0, 1). @throws ArgumentError when it is none */
export function requireRate(owner: string, rate: number): number {
  if (typeof rate === "number" && rate > 1 && rate <= 100) {
    throw new ArgumentError(`${owner} must be between 0 and 1, received ${rate}. Did you mean ${rate / 100}?`);
  }
  requireNumber(owner, rate, 0, 1);
  if (rate === 1) throw new ArgumentError(`${owner} must be below 1, received 1: nothing would be left.`);
  return rate;
}

function planDropout({ rate, perSequence }: DropoutConfig, input: Rows, planner: Planner): LayerRun {
  const nothing = { output: input, states: [], pack() {}, begin() {}, forward() {}, backward() {}, gradients() {} };
  if (!planner.training || rate === 0) return nothing;
  const { region, draws, path } = planner;
  const { layout } = input;
  const bytes = 4 * padded(input.width);
  const room = () => region.bytes(layout.capacity.rows * bytes);
  const [mask, address, gradient] = [room(), room(), room()];
  const output: Rows = { ...input, address, gradient, stride: bytes, gradientStride: bytes };
  const key = randomKey(draws.seed, `${path}dropout`);
  return {
    ...nothing,
    output,
    begin() {
      for (let rank = 0; rank < layout.sequences; rank++) {
        for (let step = 0; step < (layout.lengths[rank] as number); step++) {
          const row = mask + (layout.firstRow(step) + rank) * bytes;
          const place = perSequence ? 0 : step;
          core().fillBernoulli(
            row,
            input.width,
            1 - rate,
            1 / (1 - rate),
            key[0],
            key[1],
            draws.count,
            layout.order[rank] as number,
            place,
          );
        }
      }
    },
    forward(from, to) {
      const [start, rows] = rowsOf(layout, from, to);
      const at = start * bytes;
      core().multiplyRows(
        address + at,
        bytes,
        input.address + start * input.stride,
        input.stride,
        mask + at,
        bytes,
        rows,
        bytes,
        1,
      );
    },
    backward(from, to) {
      if (input.gradient === 0) return;
      const [start, rows] = rowsOf(layout, from, to);
      const at = start * bytes;
      const target = input.gradient + start * input.gradientStride;
      core().multiplyRows(target, input.gradientStride, gradient + at, bytes, mask + at, bytes, rows, bytes, 1);
    },
  };
}

/** First row and number of rows of the steps from … to − 1. */
function rowsOf(layout: Rows["layout"], from: number, to: number): [start: number, rows: number] {
  const start = layout.firstRow(from);
  return [start, layout.firstRow(to) - start];
}
