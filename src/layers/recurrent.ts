import type { CellDefinition } from "../cells/cell.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { describe, requireInteger, requireKnownOptions } from "../shape.js";
import { type Layer, type LayerDefinition, specify } from "./layer.js";
import { commonConfig, layerOptionNames, type RecurrentConfig, type RecurrentOptions } from "./recurrentConfig.js";
import { stateParts } from "./recurrentGeometry.js";
import { recurrentParameters } from "./recurrentParameters.js";
import { planRecurrent } from "./recurrentRun.js";

/** The recurrent layer of one cell. */
export function recurrentDefinition<Own extends object>(
  cell: CellDefinition<Own>,
): LayerDefinition<RecurrentConfig & Own> {
  return {
    type: "recurrent",
    cell: cell as CellDefinition,
    output(config, input) {
      if (input.each !== "step") {
        const name = `${cell.name}(${config.units})`;
        throw new ShapeError(
          `${name} expects [batch, time, ${input.width}] but receives [batch, ${input.width}]: the steps are already gone.`,
        );
      }
      const width = config.projectionSize ?? config.units;
      return { width, each: "step", stateWidth: width };
    },
    takesTokens: () => true,
    parameters: (config, input) => recurrentParameters(cell as CellDefinition, config, input),
    states: (config) => ({
      isReversed: config.direction === "reverse",
      parts: stateParts(cell as CellDefinition, config),
    }),
    plan: (config, input, planner) => planRecurrent(cell as CellDefinition, config, input, planner),
    reverse(layer) {
      const direction = layer.config.direction === "forward" ? "reverse" : "forward";
      return specify(recurrentDefinition(cell), { ...layer.config, direction }, layer.name);
    },
    make: ({ cell: _name, units, ...options }, name) =>
      recurrent(cell, units, { ...(options as RecurrentOptions & Partial<Own>), name }),
    describe({ units, direction }) {
      const [by = cell.name, option] = cell.written ?? [];
      return `${by}(${[units, option, direction === "reverse" && "reverse"].filter(Boolean).join(", ")})`;
    },
  };
}

/**
 * A layer of any cell over time: input [batch, time, D] gives output [batch, time, units].
 *
 * @param units hidden units H
 * @example
 * const model = new Model(sequential(recurrent(cells.minGru, 32), lastStep(), dense(1)), { inputSize: 4 });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function recurrent<Own extends object>(
  cell: CellDefinition<Own>,
  units: number,
  options: RecurrentOptions & Partial<Own> = {},
): Layer<RecurrentConfig & Own> {
  if (typeof cell?.configure !== "function")
    throw new ArgumentError(`recurrent wants a cell such as cells.mgu, received ${describe(cell)}.`);
  const owner = `${cell.written?.[0] ?? cell.name}(${units})`;
  requireInteger(`units of ${cell.written?.[0] ?? cell.name}`, units, 1, 65536);
  requireKnownOptions(owner, options, [...layerOptionNames, ...cell.options]);
  const { normalizedBy } = cell;
  if (options.normalization === "layer" && normalizedBy !== undefined)
    return recurrent(normalizedBy as CellDefinition<Own>, units, options);
  const common = commonConfig(owner, cell as CellDefinition, options);
  const own = cell.configure(options as Readonly<Record<string, unknown>>);
  return specify(recurrentDefinition(cell), { cell: cell.name, units, ...common, ...own }, options.name);
}
