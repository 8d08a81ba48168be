import type { CellDefinition } from "../cells/cell.js";
import { definitionOf } from "../layers/layer.js";
import type { RecurrentConfig } from "../layers/recurrentConfig.js";
import type { Plan } from "../models/plan.js";
import type { StateRows } from "../tensor/rows.js";

/** A recurrent layer of a planned network, each direction one. */
export interface RecurrentPlace {
  /** Its path in the network, "" for a network that is nothing else. */
  readonly path: string;
  /** One line for people: `lstm(64)`. */
  readonly name: string;
  readonly cell: CellDefinition;
  readonly config: RecurrentConfig;
  readonly state: StateRows;
}

/** The recurrent layers of a plan, in the order of the network. */
export function recurrentLayers(plan: Plan): RecurrentPlace[] {
  return plan.layers.flatMap(({ path, layer, run }) => {
    const { cell, describe } = definitionOf(layer);
    const [state] = run.states;
    if (cell === undefined || state === undefined) return [];
    return [{ path, name: describe(layer.config), cell, config: layer.config as RecurrentConfig, state }];
  });
}

/** Full name of one of its parameters. */
export function parameterName({ path, config }: RecurrentPlace, name: string): string {
  const suffix = config.direction === "reverse" ? "_l0_reverse" : "_l0";
  return `${path === "" ? "" : `${path}.`}${name}${suffix}`;
}
