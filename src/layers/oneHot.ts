import { tokenInput } from "../data/tokenInput.js";
import { requireInteger } from "../shape.js";
import type { Rows } from "../tensor/rows.js";
import { floats, ints } from "../wasm/memory.js";
import {
  type Layer,
  type LayerDefinition,
  type LayerRun,
  type NameOptions,
  type Planner,
  specifyNamed,
} from "./layer.js";
import { newRows, rowRange } from "./moveRows.js";
import { readTokens } from "./readTokens.js";

/** Configuration of one-hot rows as it is saved. */
export interface OneHotConfig {
  /** Features of its output: tokens are whole numbers below this. */
  readonly vocabularySize: number;
}

/** A row of zeros with a single 1 for each token. */
export const oneHotDefinition: LayerDefinition<OneHotConfig> = {
  type: "oneHot",
  inputSize: () => 1,
  reads: ({ vocabularySize }) => tokenInput(vocabularySize),
  output: ({ vocabularySize }, { each }) => ({ width: vocabularySize, each }),
  parameters: () => [],
  plan: planOneHot,
  make: ({ vocabularySize }, name) => oneHot(vocabularySize, { name }),
  describe: ({ vocabularySize }) => `oneHot(${vocabularySize})`,
};

/**
 * A row for each token that is 1 at the token's number and 0 elsewhere: token numbers [batch, time] give
 * [batch, time, vocabularySize]. It has no parameters and is a network's first layer.
 *
 * A recurrent or dense layer right behind it does not multiply with the rows, which are never written then: it takes the
 * token's column of its input weights, and adds the gradient to that column. The bits are those of the product with rows given as
 * [batch, time, vocabularySize] numbers, which stays a product: give tokens where there are any. Any other layer behind it reads the
 * rows themselves.
 *
 * @param vocabularySize tokens there are, 0 … vocabularySize − 1
 * @example
 * const characters = new Model(sequential(oneHot(64), lstm(128), dense(64)));
 * characters.predict([3, 1, 4]).shape;   // [3, 64]
 * @throws ArgumentError when the size or an option is unknown or out of range
 */
export function oneHot(vocabularySize: number, options: NameOptions = {}): Layer<OneHotConfig> {
  requireInteger("vocabularySize of oneHot", vocabularySize, 1, 65536);
  return specifyNamed(oneHotDefinition, { vocabularySize }, options);
}

function planOneHot(config: OneHotConfig, input: Rows, planner: Planner): LayerRun {
  const { vocabularySize: width } = config;
  const { layout } = input;
  const { region, skipsValues = false } = planner;
  const owner = oneHotDefinition.describe(config);
  const tokens = layout.keep(region.words(layout.capacity.rows), 4);
  const nowhere = { address: 0, gradient: 0, width, stride: 0, gradientStride: 0, layout };
  const output: Rows = { ...(skipsValues ? nowhere : newRows(region, layout, width, false)), tokens };
  return {
    output,
    states: [],
    pack() {},
    begin() {},
    forward(from, to) {
      const [first, count] = rowRange(layout, from, to);
      readTokens(owner, width, input, tokens + 4 * first, first, count);
      if (!skipsValues) writeOnes(output, first, count);
    },
    backward() {},
    gradients() {},
  };
}

/** The rows themselves, for whoever reads more than their tokens. */
function writeOnes({ address, stride, tokens = 0 }: Rows, first: number, count: number): void {
  const at = (row: number): number => (address + row * stride) >> 2;
  floats.fill(0, at(first), at(first + count));
  for (let row = first; row < first + count; row++) floats[at(row) + (ints[(tokens >> 2) + row] as number)] = 1;
}
