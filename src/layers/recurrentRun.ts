import type { CellDefinition } from "../cells/cell.js";
import type { Rows, StateRows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import { RecurrentPlan as P } from "../wasm/generated/plan.js";
import { floats, ints } from "../wasm/memory.js";
import type { LayerRun, Planner } from "./layer.js";
import { learnedState } from "./learnedState.js";
import type { RecurrentConfig } from "./recurrentConfig.js";
import {
  type Fields,
  lateFields,
  ownFields,
  parameterFields,
  projectionFields,
  runFields,
  trainingFields,
} from "./recurrentFields.js";
import { type Geometry, geometry, stateParts } from "./recurrentGeometry.js";
import { recurrentDropout, zoneout } from "./recurrentRandom.js";
import { reversal } from "./reversal.js";

/** Plans one recurrent layer in one direction: memory, the core's struct, and the calls. */
export function planRecurrent(cell: CellDefinition, config: RecurrentConfig, input: Rows, planner: Planner): LayerRun {
  const plan = (rows: Rows, suffix: string) => planForward(geometry(cell, config, rows, planner, suffix));
  if (config.direction === "forward") return plan(input, "_l0");
  return reversal(input, planner, (reversed) => plan(reversed, "_l0_reverse"));
}

function planForward(g: Geometry): LayerRun {
  const { layout } = g.input;
  const { training } = g.planner;
  const drawn = [recurrentDropout(g), zoneout(g)];
  const plan = writePlan(g, Object.assign({}, ...drawn.map(({ fields }) => fields)));
  const states = stateRows(g, plan);
  const learned = learnedState(g, states);
  const { recurrentPack, recurrentForward, recurrentBackward, recurrentGradients } = core();
  const word = plan.address >> 2;
  return {
    output: outputRows(g, plan, states),
    states: [states],
    pack: () => recurrentPack(plan.address, training ? 1 : 0),
    begin() {
      const { sequences } = layout;
      const initial = plan.output - sequences * g.stride;
      ints[word + P.sequences] = sequences;
      ints[word + P.states] = initial;
      floats.fill(0, initial >> 2, plan.output >> 2);
      learned?.begin();
      if (!training) return;
      floats.fill(0, plan.dStates >> 2, (plan.dStates + sequences * g.stride) >> 2);
      for (const { draw } of drawn) draw();
    },
    forward: (from, to) => recurrentForward(plan.address, from, to),
    backward: (from, to) => recurrentBackward(plan.address, from, to),
    gradients(from, to) {
      recurrentGradients(plan.address, from, to);
      learned?.gradients();
    },
  };
}

/** Addresses of a planned layer that the facade itself reads and writes. */
interface PlannedMemory {
  readonly address: number;
  /** State rows of the first step; the initial states lie right before them, one row for each sequence of the batch. */
  readonly output: number;
  readonly dStates: number;
  readonly dOutput: number;
}

function writePlan(g: Geometry, drawn: Fields): PlannedMemory {
  const { region, training } = g.planner;
  const { capacity } = g.input.layout;
  const output = region.bytes((capacity.sequences + capacity.rows) * g.stride) + capacity.sequences * g.stride;
  const run = runFields(g);
  const gates = run.gates as number;
  const fields: Fields = {
    ...run,
    ...parameterFields(g),
    ...ownFields(g),
    ...lateFields(g, gates),
    ...projectionFields(g),
    ...(training ? trainingFields(g, gates) : {}),
    ...drawn,
  };
  const address = region.words(P.size);
  for (const [name, value] of Object.entries(fields))
    ints[(address >> 2) + P[name as keyof typeof P]] = value as number;
  g.cell.kernel(core(), g.config)(address);
  return { address, output, dStates: fields.dStates ?? 0, dOutput: fields.dOutput ?? 0 };
}

function outputRows(g: Geometry, plan: PlannedMemory, states: StateRows): Rows {
  return {
    address: plan.output,
    gradient: plan.dOutput,
    width: g.hidden,
    stride: g.stride,
    gradientStride: 4 * g.hiddenBlock,
    layout: g.input.layout,
    states: [states],
  };
}

function stateRows({ cell, config, planner, stride, input }: Geometry, plan: PlannedMemory): StateRows {
  const { layout } = input;
  let probe = 0;
  return {
    parts: stateParts(cell, config),
    stride,
    isReversed: config.direction === "reverse",
    initial: (rank) => plan.output + (rank - layout.sequences) * stride,
    final(rank) {
      const row = layout.lastRow(rank);
      return plan.output + (row < 0 ? rank - layout.sequences : row) * stride;
    },
    gradient: (rank) => plan.dStates + rank * stride,
    probe(isOn) {
      if (probe === 0) probe = planner.region.bytes(8 * cell.states.length * layout.capacity.steps);
      ints[(plan.address >> 2) + P.probe] = isOn ? probe : 0;
      return probe;
    },
  };
}
