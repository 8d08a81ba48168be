import { requireFlag, requireKnownOptions, requireRate } from "../shape.js";
import type { Rows } from "../tensor/rows.js";
import { randomKey } from "../tensor/seed.js";
import { core } from "../wasm/core.js";
import { type Layer, type LayerDefinition, type LayerRun, type Planner, specify } from "./layer.js";
import { newRows, rowRange } from "./moveRows.js";

/** Configuration of a dropout layer. */
export interface DropoutConfig {
  /** Share of the features set to 0 in training, in [0, 1). */
  readonly rate: number;
  /** Whether a sequence keeps one mask for all its steps. */
  readonly perSequence: boolean;
  /** Of the backward reading of `bidirectional`: it drops other features than the forward one. */
  readonly direction?: "reverse";
}

/** Sets features to 0 at random while training, and to nothing else. */
export const dropoutDefinition: LayerDefinition<DropoutConfig> = {
  type: "dropout",
  // A final state would pass it by.
  output: (_config, { stateWidth: _, ...input }) => input,
  parameters: () => [],
  plan: planDropout,
  reverse: ({ config: { direction, ...config }, name }) =>
    specify(dropoutDefinition, direction === undefined ? { ...config, direction: "reverse" } : config, name),
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
  requireFlag("perSequence of dropout", perSequence);
  return specify(dropoutDefinition, { rate, perSequence }, options.name);
}

function planDropout(config: DropoutConfig, input: Rows, planner: Planner): LayerRun {
  const nothing = { output: input, states: [], pack() {}, begin() {}, forward() {}, backward() {}, gradients() {} };
  if (!planner.training || config.rate === 0) return nothing;
  const { layout } = input;
  const output: Rows = { ...input, ...newRows(planner.region, layout, input.width, true) };
  const mask = newRows(planner.region, layout, input.width, false);
  const multiply = core().multiplyRows;
  return {
    ...nothing,
    output,
    forward(from, to) {
      drawMask(mask, config, planner, from, to);
      const [start, rows] = rowRange(layout, from, to);
      const { address, stride } = output;
      const own = input.address + start * input.stride;
      const at = start * stride;
      multiply(address + at, stride, own, input.stride, mask.address + at, stride, rows, stride, 1);
    },
    backward(from, to) {
      if (input.gradient === 0) return;
      const [start, rows] = rowRange(layout, from, to);
      const { gradient, stride } = output;
      const own = input.gradient + start * input.gradientStride;
      const at = start * stride;
      multiply(own, input.gradientStride, gradient + at, stride, mask.address + at, stride, rows, stride, 1);
    },
  };
}

/** A factor for each feature of the steps from … to − 1: 0, or 1 / (1 − rate). */
function drawMask(mask: Rows, config: DropoutConfig, of: Planner, from: number, to: number): void {
  const { rate, perSequence, direction } = config;
  const { address, stride, width, layout } = mask;
  const [low, high] = randomKey(of.draws.seed, `${of.path}dropout${direction === undefined ? "" : "_reverse"}`);
  const [kept, scale] = [1 - rate, 1 / (1 - rate)];
  const { fillBernoulli } = core();
  for (let rank = 0; rank < layout.sequences; rank++) {
    const sequence = layout.order[rank] as number;
    const end = Math.min(layout.lengths[rank] as number, to);
    for (let step = from; step < end; step++) {
      const row = address + (layout.firstRow(step) + rank) * stride;
      const place = perSequence ? 0 : layout.offset + step;
      fillBernoulli(row, width, kept, scale, low, high, of.draws.count, sequence, place);
    }
  }
}
