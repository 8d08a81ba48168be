import type { CellDefinition } from "../cells/cell.js";
import { type Rows, type StateRows, statePath } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import { RecurrentPlan as P } from "../wasm/generated/plan.js";
import { ints } from "../wasm/memory.js";
import type { LayerRun, Planner } from "./layer.js";
import { learnedState } from "./learnedState.js";
import { rearranged } from "./rearranged.js";
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
import { addNormGradients, normalizations, packNorms } from "./recurrentNorm.js";
import { type Drawn, recurrentDropout, zoneout } from "./recurrentRandom.js";
import { writeStruct } from "./writeStruct.js";

/** Plans one recurrent layer in one direction: memory, the core's struct, and the calls. */
export function planRecurrent(cell: CellDefinition, config: RecurrentConfig, input: Rows, planner: Planner): LayerRun {
  const isReversed = config.direction === "reverse";
  const suffix = isReversed ? "_l0_reverse" : "_l0";
  const plan = (rows: Rows) => planForward(geometry(cell, config, rows, planner, suffix));
  const reading = input.layout.reading(isReversed);
  return reading === undefined ? plan(input) : rearranged(reading, input, planner, plan);
}

function planForward(g: Geometry): LayerRun {
  const { layout } = g.input;
  const { training } = g.planner;
  const [dropped, zoned] = [recurrentDropout(g), zoneout(g)];
  const plan = writePlan(g, { ...dropped.fields, ...zoned.fields });
  const kept = g.planner.keepGates?.(g, plan.address, plan.output);
  const states = { ...stateRows(g, plan), ...(kept && { gates: kept.rows }) };
  const learned = learnedState(g, states);
  const { recurrentPack, recurrentBegin, recurrentBackward, recurrentGradients } = core();
  return {
    output: outputRows(g, plan, states),
    states: [states],
    pack() {
      recurrentPack(plan.address, training ? 1 : 0);
      packNorms(plan.norms);
    },
    begin() {
      const { sequences, steps } = layout;
      recurrentBegin(plan.address, sequences, plan.output - sequences * g.stride);
      learned?.begin();
      if (training) dropped.draw?.(0, steps);
    },
    forward: kept?.forward ?? forwardOf(plan.address, zoned),
    backward: (from, to) => recurrentBackward(plan.address, from, to),
    gradients(from, to) {
      recurrentGradients(plan.address, from, to);
      addNormGradients(plan.norms, layout, from, to);
      learned?.gradients();
    },
  };
}

/** The way forward, with what is drawn for its steps. A single step of a session takes it too. */
function forwardOf(plan: number, { draw }: Drawn): LayerRun["forward"] {
  const { recurrentForward } = core();
  if (draw === undefined) return (from, to) => recurrentForward(plan, from, to);
  return (from, to) => {
    draw(from, to);
    recurrentForward(plan, from, to);
  };
}

/** Addresses of a planned layer that the facade itself reads and writes. */
interface PlannedMemory {
  readonly address: number;
  /** State rows of the first step; the initial states lie right before them, one row for each sequence of the batch. */
  readonly output: number;
  readonly dStates: number;
  readonly dOutput: number;
  /** The core's plans of normalisations. */
  readonly norms: readonly number[];
}

function writePlan(g: Geometry, drawn: Fields): PlannedMemory {
  const { region, training } = g.planner;
  const { capacity } = g.input.layout;
  const output = region.bytes((capacity.sequences + capacity.rows) * g.stride) + capacity.sequences * g.stride;
  g.input.layout.keep(output, g.stride);
  const run = runFields(g);
  const gates = run.gates as number;
  const plain: Fields = {
    ...run,
    ...parameterFields(g),
    ...ownFields(g),
    ...lateFields(g, gates),
    ...projectionFields(g),
    ...(training ? trainingFields(g, gates) : {}),
    ...drawn,
  };
  const norms = normalizations(g, plain);
  const fields = { ...plain, ...norms.fields };
  const address = writeStruct(region, P, fields);
  g.cell.kernel(g.config)(address);
  return { address, output, dStates: fields.dStates ?? 0, dOutput: fields.dOutput ?? 0, norms: norms.addresses };
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
  const isReversed = config.direction === "reverse";
  return {
    path: statePath(planner.path, isReversed),
    layout,
    address: plan.output,
    given: new Set(),
    parts: stateParts(cell, config),
    stride,
    isReversed,
    initial: (rank) => plan.output + (rank - layout.sequences) * stride,
    final(rank) {
      const row = layout.lastRow(rank);
      return plan.output + (row < 0 ? rank - layout.sequences : row) * stride;
    },
    gradient: planner.training ? (rank) => startGradients(plan) + rank * stride : () => 0,
    probe(isOn) {
      if (probe === 0) probe = planner.region.bytes(8 * cell.states.length * layout.capacity.steps);
      ints[(plan.address >> 2) + P.probe] = isOn ? probe : 0;
      return probe;
    },
  };
}

/** Address of the gradients of initial states, completed if `backward` has come down to them. */
function startGradients({ address, dStates }: PlannedMemory): number {
  core().recurrentStartBackward(address);
  return dStates;
}
