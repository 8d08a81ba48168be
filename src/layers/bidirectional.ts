import { requireKnownOptions, requireOneOf } from "../shape.js";
import { type Branch, planBranches } from "./branches.js";
import { definitionOf, type Layer, type LayerDefinition, reversed, specify, takesTokens } from "./layer.js";
import { type MergeName, merges } from "./merge.js";

/** Configuration of a layer that reads in both directions. */
export interface BidirectionalConfig {
  /** What reads forward; the same layer, reversed and with weights of its own, reads backward. */
  readonly layer: Layer;
  /** How both outputs of a step become one; `"concat"`, the default, doubles the width. */
  readonly merge: MergeName;
}

/** Two readings of a sequence, merged step by step. */
export const bidirectionalDefinition: LayerDefinition<BidirectionalConfig> = {
  type: "bidirectional",
  output(config, input) {
    const { width, each, stateWidth } = definitionOf(config.layer).output(config.layer.config, input);
    const states = stateWidth === undefined ? {} : { stateWidth: 2 * stateWidth };
    return { width: merges[config.merge].width([width, width]), each, ...states };
  },
  takesTokens: ({ layer }) => takesTokens(layer),
  parameters: () => [],
  children: ({ layer }, input) => directions(layer).map((branch) => ({ ...branch, input })),
  plan: ({ layer, merge }, input, planner) => planBranches(directions(layer), merges[merge], input, planner),
  make: ({ layer, merge }, name) => bidirectional(layer, { merge, name }),
  drawing: ({ merge }) => ({ kind: "parallel", merge }),
  describe: ({ layer, merge }) => `bidirectional ${definitionOf(layer).describe(layer.config)}, ${merge}`,
};

/** Both readings; their parameters differ by what their names end in. */
function directions(layer: Layer): Branch[] {
  return [layer, reversed(layer)].map((one) => ({ path: "", layer: one }));
}

/**
 * Reads every sequence in both directions and merges the outputs of each step. The backward reading starts at each
 * sequence's true end. Its weights end in `_reverse`, as in PyTorch.
 *
 * @param layer a recurrent layer, or a sequential of such (Keras's stacked form)
 * @param options `merge`: "concat" (default; forward first), "sum", "average" or "mul". "concat" keeps both apart side by side:
 *   `columns` takes each
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
  requireOneOf("merge of bidirectional", merge, Object.keys(merges));
  reversed(layer);
  return specify(bidirectionalDefinition, { layer, merge }, name);
}
