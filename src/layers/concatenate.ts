import { columnInput, tokenInput } from "../data/tokenInput.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { requireInteger } from "../shape.js";
import { type Branch, branchFlows, planBranches } from "./branches.js";
import { definitionOf, type Flow, type Layer, type LayerDefinition, reversed, specify, takesTokens } from "./layer.js";
import { merges } from "./merge.js";

/** Configuration of layers side by side. */
export interface ConcatenateConfig {
  /** What reads the same input; outputs lie side by side in this order. */
  readonly layers: readonly Layer[];
}

/** Layers over the same input, their outputs side by side. */
export const concatenateDefinition: LayerDefinition<ConcatenateConfig> = {
  type: "concatenate",
  reads({ layers }) {
    const kinds = layers.flatMap((layer) => definitionOf(layer).reads?.(layer.config) ?? []);
    const sizes = kinds.flatMap(({ vocabularySize }) => vocabularySize ?? []);
    // A layer that reads the whole input as tokens: so do all.
    if (sizes.length > 0) return tokenInput(Math.min(...sizes));
    return kinds.length === 0 ? undefined : columnInput(kinds.flatMap(({ tokenColumns }) => tokenColumns));
  },
  takesTokens: ({ layers }) => layers.every(takesTokens),
  output: (config, input) => sideBySide(branchFlows(branchesOf(config), input)),
  parameters: () => [],
  children: (config, input) => branchesOf(config).map((branch) => ({ ...branch, input })),
  plan: (config, input, planner) => planBranches(branchesOf(config), merges.concat, input, planner),
  reverse: ({ config, name }) => concatenationOf(config.layers.map(reversed), name),
  make: ({ layers }, name) => concatenationOf(layers, name),
  describe: ({ layers }) => `concatenate of ${layers.length}`,
  drawing: () => ({ kind: "parallel", merge: "concat" }),
};

/**
 * Layers that read the same input, their outputs side by side: [batch, time, D] gives [batch, time, Σ widths]. With `columns`
 * each reads a part of it, so that a network has several inputs: `joinFeatures` makes one of them. Paths of their parameters
 * begin with each layer's name, or else its place, as in `sequential`.
 *
 * @example
 * const words = sequential(columns(0, 1), embedding(1000, 64));
 * const tagger = sequential(concatenate(words, sequential(columns(1, 4), dense(8))), bidirectional(lstm(32)), dense(17));
 * @throws ArgumentError when there is no layer, or two have one name
 */
export function concatenate(...layers: readonly Layer[]): Layer<ConcatenateConfig> {
  return concatenationOf(layers);
}

function concatenationOf(layers: readonly Layer[], name?: string): Layer<ConcatenateConfig> {
  if (!Array.isArray(layers) || layers.length === 0) throw new ArgumentError("concatenate needs at least one layer.");
  const paths = new Set<string>();
  for (const { path, layer } of branchesOf({ layers })) {
    definitionOf(layer);
    if (paths.has(path))
      throw new ArgumentError(`concatenate has two layers named "${path}"; names within it must differ.`);
    paths.add(path);
  }
  return specify(concatenateDefinition, { layers: Object.freeze([...layers]) }, name);
}

function branchesOf({ layers }: ConcatenateConfig): Branch[] {
  return layers.map((layer, index) => ({ path: layer?.name ?? String(index), layer }));
}

/** More than a network has: layers one behind the other could double them again and again. */
export const MOST_FEATURES = 0x10_0000;

/** @throws ShapeError when some give one row a step and others one a sequence, ArgumentError for too many features */
function sideBySide(flows: readonly Flow[]): Flow {
  const [{ each }] = flows as [Flow];
  if (flows.some((flow) => flow.each !== each))
    throw new ShapeError(
      "concatenate puts outputs side by side, but some layers give one a step and others one a sequence.",
    );
  const width = merges.concat.width(flows.map((flow) => flow.width));
  requireInteger("the number of features of concatenate", width, 1, MOST_FEATURES);
  const states = flows.map((flow) => flow.stateWidth);
  if (states.some((state) => state === undefined)) return { width, each };
  return { width, each, stateWidth: merges.concat.width(states as number[]) };
}
