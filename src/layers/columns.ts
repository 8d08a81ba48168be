import { ArgumentError, ShapeError } from "../errors.js";
import { requireInteger } from "../shape.js";
import type { Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import { floats } from "../wasm/memory.js";
import {
  type Layer,
  type LayerDefinition,
  type LayerRun,
  type NameOptions,
  type Planner,
  specifyNamed,
} from "./layer.js";
import { newRows, rowRange } from "./moveRows.js";

/** Configuration of a choice of features. */
export interface ColumnsConfig {
  /** The first feature that is kept, from 0. */
  readonly from: number;
  /** The feature after the last that is kept. */
  readonly to: number;
}

/** Some features of every row. */
export const columnsDefinition: LayerDefinition<ColumnsConfig> = {
  type: "columns",
  passesFrom: ({ from }) => from,
  output({ from, to }, { width, each }) {
    if (to <= width) return { width: to - from, each };
    throw new ShapeError(`columns(${from}, ${to}) wants an input of at least ${to} features, received ${width}.`);
  },
  parameters: () => [],
  plan: planColumns,
  reverse: (layer) => layer,
  make: ({ from, to }, name) => columns(from, to, { name }),
  describe: ({ from, to }) => `columns(${from}, ${to})`,
};

/**
 * The features from … to − 1 of every step: [batch, time, D] gives [batch, time, to − from]. With it a branch of
 * `concatenate` reads one of several inputs, and each direction of a bidirectional layer can go its own way.
 *
 * @example
 * sequential(bidirectional(lstm(8)), concatenate(sequential(columns(0, 8), dense(2)), sequential(columns(8, 16), dense(2))));
 * @throws ArgumentError when the range is empty or an option is unknown
 */
export function columns(from: number, to: number, options: NameOptions = {}): Layer<ColumnsConfig> {
  requireInteger("from of columns", from, 0);
  requireInteger("to of columns", to, 1);
  if (to <= from) throw new ArgumentError(`columns(${from}, ${to}) is empty: it takes the features from … to − 1.`);
  return specifyNamed(columnsDefinition, { from, to }, options);
}

function planColumns({ from: first, to: end }: ColumnsConfig, input: Rows, { region }: Planner): LayerRun {
  const { layout } = input;
  const width = end - first;
  const output = newRows(region, layout, width, input.gradient !== 0);
  const { address, gradient, stride } = output;
  return {
    output,
    states: [],
    pack() {},
    begin() {},
    forward(from, to) {
      const [start, rows] = rowRange(layout, from, to);
      const chosen = input.address + start * input.stride + 4 * first;
      core().copyRows(address + start * stride, stride, chosen, input.stride, rows, 4 * width);
    },
    backward(from, to) {
      if (gradient === 0) return;
      const [start, rows] = rowRange(layout, from, to);
      const at = input.gradient + start * input.gradientStride;
      floats.fill(0, at >> 2, (at + rows * input.gradientStride) >> 2);
      core().copyRows(at + 4 * first, input.gradientStride, gradient + start * stride, stride, rows, 4 * width);
    },
    gradients() {},
  };
}
