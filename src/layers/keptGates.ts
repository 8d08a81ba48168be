import type { GateRows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import { RecurrentPlan as P } from "../wasm/generated/plan.js";
import { ints } from "../wasm/memory.js";
import type { Geometry } from "./recurrentGeometry.js";

/** A recurrent layer's way forward that keeps what every gate was at every row, and where it keeps it. */
export interface KeptGates {
  readonly rows: GateRows;
  forward(from: number, to: number): void;
}

/** What makes it of a planned layer: diagnoses that look at gates bring it. */
export type KeepGates = typeof keptGates;

/**
 * Steps through a layer one by one and copies the gates after each: a prediction keeps those of the last step alone.
 * @param plan address of the core's struct
 * @param output address of the state rows
 */
export function keptGates({ cell, config, input, planner, ...g }: Geometry, plan: number, output: number): KeptGates {
  const { layout } = input;
  const word = plan >> 2;
  const field = (name: keyof typeof P) => ints[word + P[name]] as number;
  const stride = 4 * g.block * cell.gates.length;
  const address = planner.region.bytes(layout.capacity.rows * stride);
  const { recurrentForward, copyRows } = core();
  const keep = (row: number, rows: number) => {
    const to = address + row * stride;
    if (cell.gateValues !== "state") copyRows(to, stride, field("gates"), field("gatesStride"), rows, stride);
    else if (field("zoneout") !== 0) copyRows(to, stride, field("raw"), 4 * g.cellWords, rows, stride);
    else copyRows(to, stride, output + row * g.stride + g.cellOffset, g.stride, rows, stride);
  };
  return {
    rows: {
      address,
      stride,
      parts: cell.gates.map((name, index) => ({ name, offset: 4 * index * g.block, units: config.units })),
    },
    forward(from, to) {
      for (let step = from; step < to; step++) {
        recurrentForward(plan, step, step + 1);
        const row = layout.firstRow(step);
        keep(row, layout.firstRow(step + 1) - row);
      }
    },
  };
}
