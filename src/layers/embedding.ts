import { tokenInput } from "../data/tokenInput.js";
import { elements, requireInteger, requireKnownOptions } from "../shape.js";
import { padded, type Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import { floats, ints } from "../wasm/memory.js";
import { type Layer, type LayerDefinition, type LayerRun, type Planner, specify } from "./layer.js";
import { newRows, rowRange } from "./moveRows.js";
import { readTokens } from "./readTokens.js";

/** Options of an embedding. */
export interface EmbeddingOptions {
  /** Name in paths and files. */
  readonly name?: string;
  /**
   * Token whose row begins as 0 and is never trained; default none. Other layers with the same table, by `tied`, train it all the
   * same, and it begins as 0 only where the table is this layer's own.
   */
  readonly paddingIndex?: number;
}

/** Configuration of an embedding as it is saved. */
export interface EmbeddingConfig {
  /** Rows of the table: tokens are whole numbers below this. */
  readonly vocabularySize: number;
  /** Features of a token's row. */
  readonly size: number;
  /** The token whose row stays 0, as PyTorch's `padding_idx`; `null` for none. */
  readonly paddingIndex: number | null;
}

/** A row of a table for each token. */
export const embeddingDefinition: LayerDefinition<EmbeddingConfig> = {
  type: "embedding",
  inputSize: () => 1,
  reads: ({ vocabularySize }) => tokenInput(vocabularySize),
  output: ({ size }, input) => ({ width: size, each: input.each }),
  parameters: ({ vocabularySize, size, paddingIndex }) => [
    {
      name: "weight",
      shape: [vocabularySize, size],
      initialize(address, shape, [low, high]) {
        core().fillNormal(address, elements(shape), 0, 1, low, high, 0, 0);
        const row = (address >> 2) + (paddingIndex ?? 0) * size;
        if (paddingIndex !== null) floats.fill(0, row, row + size);
      },
      ...(paddingIndex !== null && { pinned: [paddingIndex * size, (paddingIndex + 1) * size] as const }),
    },
  ],
  products: () => 0,
  plan: planEmbedding,
  make: ({ vocabularySize, size, paddingIndex }, name) =>
    embedding(vocabularySize, size, { ...(paddingIndex === null ? {} : { paddingIndex }), name }),
  describe: ({ vocabularySize, size }) => `embedding(${vocabularySize}, ${size})`,
};

/**
 * A learned vector for each token: token numbers [batch, time] give [batch, time, size], row `token` of the table
 * `weight` [vocabularySize, size]. Initial values are N(0, 1), as PyTorch's. It is a network's first layer; the input has
 * no gradient.
 *
 * @param vocabularySize tokens there are, 0 … vocabularySize − 1
 * @param size width of a token's vector
 * @example
 * const tagger = new Model(sequential(embedding(1000, 64), bidirectional(lstm(128)), dense(17)));
 * tagger.predict([3, 1, 4]).shape;   // [3, 17]
 * @throws ArgumentError when a size or an option is unknown or out of range
 */
export function embedding(
  vocabularySize: number,
  size: number,
  options: EmbeddingOptions = {},
): Layer<EmbeddingConfig> {
  requireInteger("vocabularySize of embedding", vocabularySize);
  requireInteger("size of embedding", size, 1, 65536);
  const owner = `embedding(${vocabularySize}, ${size})`;
  requireKnownOptions(owner, options, ["name", "paddingIndex"]);
  const { paddingIndex, name } = options;
  if (paddingIndex !== undefined) requireInteger(`paddingIndex of ${owner}`, paddingIndex, 0, vocabularySize - 1);
  return specify(embeddingDefinition, { vocabularySize, size, paddingIndex: paddingIndex ?? null }, name);
}

function planEmbedding(config: EmbeddingConfig, input: Rows, planner: Planner): LayerRun {
  const { region, training } = planner;
  const { layout } = input;
  const { value, gradient } = planner.parameter("weight");
  const [bytes, stride] = [4 * config.size, 4 * padded(config.size)];
  const owner = embeddingDefinition.describe(config);
  const index = layout.keep(region.words(layout.capacity.rows), 4);
  const output = newRows(region, layout, config.size, training);
  return {
    output,
    states: [],
    pack() {},
    begin() {},
    forward(from, to) {
      const [first, count] = rowRange(layout, from, to);
      const at = index + 4 * first;
      readTokens(owner, config.vocabularySize, input, at, first, count);
      core().gatherRows(output.address + first * stride, stride, value, bytes, at, count, bytes);
    },
    backward() {},
    gradients(from, to) {
      const [first, count] = rowRange(layout, from, to);
      const at = index + 4 * first;
      if (config.paddingIndex !== null) dropToken(at, count, config.paddingIndex);
      core().scatterAddRows(gradient, bytes, output.gradient + first * stride, stride, at, count, bytes);
    },
  };
}

/** A row that goes nowhere in place of each of a token's. */
function dropToken(index: number, count: number, token: number): void {
  for (let row = index >> 2; row < (index >> 2) + count; row++) if (ints[row] === token) ints[row] = -1;
}
