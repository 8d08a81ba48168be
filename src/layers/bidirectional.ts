import { ArgumentError } from "../errors.js";
import { describe, requireKnownOptions } from "../shape.js";
import { padded, type Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import {
  definitionOf,
  type Layer,
  type LayerDefinition,
  type LayerRun,
  type Planner,
  reversed,
  specify,
} from "./layer.js";
import { type MergeName, merges } from "./merge.js";

/** Configuration of a layer that reads in both directions. */
export interface BidirectionalConfig {
  /** What reads forward; the same layer, reversed and with weights of its own, reads backward. */
  readonly layer: Layer;
  readonly merge: MergeName;
}

/** Two readings of a sequence, merged step by step. */
export const bidirectionalDefinition: LayerDefinition<BidirectionalConfig> = {
  type: "bidirectional",
  output(config, input) {
    const { width, each, stateWidth } = definitionOf(config.layer).output(config.layer.config, input);
    const states = stateWidth === undefined ? {} : { stateWidth: 2 * stateWidth };
    return { width: merges[config.merge].width(width), each, ...states };
  },
  parameters: () => [],
  children: (config, input) => [config.layer, reversed(config.layer)].map((layer) => ({ path: "", layer, input })),
  plan: planBidirectional,
  make: ({ layer, merge }, name) => bidirectional(layer, { merge, name }),
  describe: ({ layer, merge }) => `bidirectional ${definitionOf(layer).describe(layer.config)}, ${merge}`,
};

/**
 * Reads every sequence in both directions and merges the outputs of each step. The backward reading starts at each
 * sequence's true end. Its weights end in `_reverse`, as in PyTorch.
 *
 * @param layer a recurrent layer, or a sequential of such (Keras's stacked form)
 * @param options `merge`: "concat" (default; forward first), "sum", "average" or "mul"
 * @example
 * sequential(bidirectional(lstm(32)), bidirectional(lstm(32)), dense(5));   // PyTorch's two-layer bidirectional LSTM
 * @throws ArgumentError when the layer cannot be reversed or an option is unknown
 */
export function bidirectional(
  layer: Layer,
  options: { readonly merge?: MergeName; readonly name?: string } = {},
): Layer<BidirectionalConfig> {
  requireKnownOptions("bidirectional", options, ["merge", "name"]);
  const { merge = "concat", name = layer?.name } = options;
  if (!Object.hasOwn(merges, merge)) {
    throw new ArgumentError(
      `merge of bidirectional must be one of ${Object.keys(merges).join(", ")}, received ${describe(merge)}.`,
    );
  }
  reversed(layer);
  return specify(bidirectionalDefinition, { layer, merge }, name);
}

function planBidirectional(config: BidirectionalConfig, input: Rows, planner: Planner): LayerRun {
  const { region, training } = planner;
  const { rows } = input.layout.capacity;
  const wanted = input.gradient !== 0;
  const inputWords = padded(input.width);
  const secondGradient = wanted ? region.words(rows * inputWords) : 0;
  const second: Rows = { ...input, gradient: secondGradient, gradientStride: 4 * inputWords };
  const [forward, backward] = [config.layer, reversed(config.layer)].map((layer, index) =>
    definitionOf(layer).plan(layer.config, index === 0 ? input : second, planner.child("")),
  ) as [LayerRun, LayerRun];
  const [a, b] = [forward.output, backward.output];
  const merge = merges[config.merge];
  const width = merge.width(a.width);
  const stride = 4 * padded(width);
  const output: Rows = {
    address: region.bytes(rows * stride),
    gradient: training ? region.bytes(rows * stride) : 0,
    width,
    stride,
    gradientStride: stride,
    layout: a.layout,
    states: [...(a.states ?? []), ...(b.states ?? [])],
  };
  const runs = [forward, backward];
  return {
    output,
    states: runs.flatMap((run) => run.states),
    pack: () => runs.forEach((run) => run.pack()),
    begin: () => runs.forEach((run) => run.begin()),
    forward(from, to) {
      for (const run of runs) run.forward(from, to);
      merge.forward(output, a, b);
    },
    backward(from, to) {
      merge.backward(output, a, b);
      for (const run of runs) run.backward(from, to);
      if (!wanted) return;
      const { layout, gradient, gradientStride } = input;
      core().addRows(gradient, gradientStride, secondGradient, 4 * inputWords, layout.rows, 4 * inputWords, 1);
    },
    gradients: (from, to) => runs.forEach((run) => run.gradients(from, to)),
  };
}
