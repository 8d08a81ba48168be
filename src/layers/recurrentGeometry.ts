import type { CellDefinition } from "../cells/cell.js";
import { padded, type Rows, type StatePart } from "../tensor/rows.js";
import type { Planner } from "./layer.js";
import type { RecurrentConfig } from "./recurrentConfig.js";

/** Everything that the plan of a recurrent layer in one direction is made from, and the sizes that follow from it. */
export interface Geometry {
  readonly cell: CellDefinition;
  readonly config: RecurrentConfig;
  readonly input: Rows;
  readonly planner: Planner;
  /** What its parameters' names end in. */
  readonly suffix: string;
  /** Width of the hidden state that goes on. */
  readonly hidden: number;
  /** Floats of a block of the cell, and of a hidden state, padded. */
  readonly block: number;
  readonly hiddenBlock: number;
  /** Floats of the cell's own states. */
  readonly cellWords: number;
  /** Bytes from a state row to the cell's own states in it. */
  readonly cellOffset: number;
  /** Bytes of a state row. */
  readonly stride: number;
  /** Floats of a gate row. */
  readonly gateWords: number;
  /** The state that is normalised on its way to the output, if one is. */
  readonly normalizedState: string | undefined;
}

export function geometry(
  cell: CellDefinition,
  config: RecurrentConfig,
  input: Rows,
  planner: Planner,
  suffix: string,
): Geometry {
  const hidden = config.projectionSize ?? config.units;
  const [block, hiddenBlock] = [padded(config.units), padded(hidden)];
  const normalizedState = config.normalization === "layer" ? cell.normalizedState : undefined;
  // Behind what it saves a kernel keeps the normalised state, 1/σ, and the gradient of what is normalised.
  const normWords = normalizedState === undefined ? 0 : block + padded(1) + block;
  const cellWords = block * cell.states.length;
  const cellOffset = config.projectionSize === null ? 0 : 4 * hiddenBlock;
  return {
    cell,
    config,
    input,
    planner,
    suffix,
    hidden,
    block,
    hiddenBlock,
    cellWords,
    cellOffset,
    stride: cellOffset + 4 * cellWords,
    gateWords: block * Math.max(cell.gates.length, cell.saved) + normWords,
    normalizedState,
  };
}

/** The vectors of a state row. With a projection the cell's own h is one of them only where the next step reads it. */
export function stateParts(cell: CellDefinition, { units, projectionSize, zoneout }: RecurrentConfig): StatePart[] {
  const bytes = 4 * padded(units);
  const own = cell.states.map((name, index) => ({ name, offset: index * bytes, units }));
  if (projectionSize === null) return own;
  const offset = 4 * padded(projectionSize);
  const moved = own.map((part) => ({ ...part, offset: part.offset + offset }));
  const isRead = cell.readsHidden || (zoneout[own[0]?.name as string] as number) > 0;
  const raw = isRead ? [{ ...(moved[0] as StatePart), name: "raw" }] : [];
  return [{ name: "h", offset: 0, units: projectionSize }, ...raw, ...moved.slice(1)];
}
