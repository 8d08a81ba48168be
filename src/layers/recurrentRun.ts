import type { CellDefinition } from "../cells/cell.js";
import { core } from "../wasm/core.js";
import { RecurrentPlan as P } from "../wasm/generated/plan.js";
import { floats, ints } from "../wasm/memory.js";
import type { LayerRun, Planner } from "./layer.js";
import { type Rows, padded, type StateRows } from "../tensor/rows.js";
import type { Layout } from "../tensor/layout.js";
import type { RecurrentConfig } from "./recurrent.js";
import { reversal } from "./reversal.js";
import { gradientScratch } from "./scratch.js";

/** Plans one recurrent layer in one direction: memory, the core's struct, and the calls. */
export function planRecurrent(cell: CellDefinition, config: RecurrentConfig, input: Rows, planner: Planner): LayerRun {
  if (config.direction === "reverse") {
    return reversal(input, planner, (reversed) => planForward(cell, config, reversed, planner, "_l0_reverse"));
  }
  return planForward(cell, config, input, planner, "_l0");
}

function planForward(cell: CellDefinition, config: RecurrentConfig, input: Rows, planner: Planner, suffix: string): LayerRun {
  const { layout } = input;
  const plan = writePlan(cell, config, input, planner, suffix);
  const { forward, backward } = cell.kernels(core(), config);
  const { recurrentPack, recurrentGradients } = core();
  const [gates, recurrent] = [cell.gates.length, cell.recurrentBlocks];
  const states = [stateRows(cell, plan, config, layout, planner)];
  const word = plan.address >> 2;
  return {
    output: outputRows(plan, config, layout, planner, states),
    states,
    pack: () => recurrentPack(plan.address, gates, recurrent, planner.training ? 1 : 0),
    begin() {
      const { sequences } = layout;
      const initial = plan.output - sequences * plan.stride;
      ints[word + P.sequences] = sequences;
      ints[word + P.states] = initial;
      floats.fill(0, initial >> 2, plan.output >> 2);
      if (planner.training) floats.fill(0, plan.dStates >> 2, (plan.dStates + sequences * plan.stride) >> 2);
    },
    forward: (from, to) => forward(plan.address, from, to),
    backward: (from, to) => backward(plan.address, from, to),
    gradients: (from, to) => recurrentGradients(plan.address, gates, recurrent, from, to),
  };
}

/** Addresses of a planned layer that the facade itself reads and writes. */
interface PlannedMemory {
  readonly address: number;
  /** State rows of the first step; the initial states lie right before them, one row for each sequence of the batch. */
  readonly output: number;
  readonly dStates: number;
  readonly dOutput: number;
  /** Bytes of a state row. */
  readonly stride: number;
}

/** Fields of the core's struct by name. */
type Fields = Partial<Record<keyof typeof P, number>>;

function writePlan(cell: CellDefinition, config: RecurrentConfig, input: Rows, planner: Planner, suffix: string): PlannedMemory {
  const { region, training } = planner;
  const { capacity } = input.layout;
  const block = padded(config.units);
  const gateBlocks = cell.gates.length;
  const stride = 4 * block * cell.states.length;
  const output = region.bytes((capacity.sequences + capacity.rows) * stride) + capacity.sequences * stride;
  const gateWords = block * Math.max(gateBlocks, cell.saved);
  const rows = training ? capacity.rows : Math.min(capacity.rows, Math.max(core().chunkRows(), capacity.sequences));
  const gates = region.words(rows * gateWords);
  const fields: Fields = {
    inputSize: input.width,
    units: config.units,
    first: input.layout.first,
    training: training ? 1 : 0,
    x: input.address,
    xStride: input.stride,
    dX: input.gradient,
    dXStride: input.gradientStride,
    gates,
    gatesStride: 4 * gateWords,
    q: region.words(capacity.sequences * block * cell.recurrentBlocks),
    statesStride: stride,
    options: writeOptions(cell, config, planner),
    ...parameterFields(cell, config, input, planner, suffix),
  };
  Object.assign(fields, lateFields(cell, config, input, planner, gates, 4 * gateWords));
  const dOutput = training ? region.words(capacity.rows * block) : 0;
  const dStates = training ? region.bytes(capacity.sequences * stride) : 0;
  if (training) {
    const ownWords = block * cell.recurrentBlocks;
    const shared = cell.sharesGradients;
    Object.assign(fields, {
      dQ: shared ? gates : region.words(capacity.rows * ownWords),
      dQStride: 4 * (shared ? gateWords : ownWords),
      dOutput,
      dOutputStride: 4 * block,
      dStates,
      scratch: gradientScratch(region, gateBlocks * block, Math.max(input.width, config.units), capacity.rows),
    } satisfies Fields);
  }
  const address = region.words(P.size);
  for (const [name, value] of Object.entries(fields)) ints[(address >> 2) + P[name as keyof typeof P]] = value as number;
  return { address, output, dStates, dOutput, stride };
}

/** Parameters, their gradients, and room for their packed copies. */
function parameterFields(cell: CellDefinition, config: RecurrentConfig, input: Rows, planner: Planner, suffix: string): Fields {
  const { region, training } = planner;
  const { units, bias } = config;
  const block = padded(units);
  const gates = cell.gates.length;
  const panels = (blocks: number, inner: number): number => region.words(Math.ceil((blocks * block) / 8) * 8 * inner);
  const backPanels = (width: number, blocks: number): number => region.words(Math.ceil(width / 8) * 8 * blocks * block);
  const place = (name: string) => planner.parameter(name + suffix);
  const fields: Fields = {
    weightIh: place("weight_ih").value,
    weightHh: place("weight_hh").value,
    dWeightIh: place("weight_ih").gradient,
    dWeightHh: place("weight_hh").gradient,
    panelsIh: panels(gates, input.width),
    panelsHh: panels(cell.recurrentBlocks, units),
    rowIh: region.words(gates * block),
    rowHh: region.words(Math.max(1, cell.recurrentBlocks) * block),
  };
  if (bias) {
    fields.biasIh = place("bias_ih").value;
    fields.biasHh = place("bias_hh").value;
    fields.dBiasIh = place("bias_ih").gradient;
    fields.dBiasHh = place("bias_hh").gradient;
  }
  if (training) {
    if (input.gradient !== 0) fields.backIh = backPanels(input.width, gates);
    fields.backHh = backPanels(units, cell.recurrentBlocks);
  }
  return fields;
}

/** What a cell with a second product, of a gated state, needs besides. */
function lateFields(
  cell: CellDefinition,
  config: RecurrentConfig,
  input: Rows,
  planner: Planner,
  gates: number,
  gatesStride: number,
): Fields {
  const late = cell.gates.length - cell.recurrentBlocks;
  if (late === 0) return {};
  const { region, training } = planner;
  const { capacity } = input.layout;
  const block = padded(config.units);
  const fields: Fields = {
    panelsLate: region.words(Math.ceil((late * block) / 8) * 8 * config.units),
    rowLate: region.words(late * block),
    late: region.words(capacity.sequences * late * block),
    gated: region.words((training ? capacity.rows : capacity.sequences) * block),
  };
  if (!training) return fields;
  fields.backLate = region.words(Math.ceil(config.units / 8) * 8 * late * block);
  // The late product's gradients are the blocks of dp after the recurrent ones.
  fields.dLate = gates + 4 * block * cell.recurrentBlocks;
  fields.dLateStride = gatesStride;
  fields.dGated = region.words(capacity.sequences * block);
  return fields;
}

function writeOptions(cell: CellDefinition, config: RecurrentConfig, planner: Planner): number {
  const words = cell.words?.(config) ?? [];
  if (words.length === 0) return 0;
  const address = planner.region.words(words.length);
  words.forEach(({ value, isFloat }, index) => {
    if (isFloat) floats[(address >> 2) + index] = value;
    else ints[(address >> 2) + index] = value;
  });
  return address;
}

function outputRows(
  plan: PlannedMemory,
  config: RecurrentConfig,
  layout: Layout,
  planner: Planner,
  states: readonly StateRows[],
): Rows {
  return {
    address: plan.output,
    gradient: planner.training ? plan.dOutput : 0,
    width: config.units,
    stride: plan.stride,
    gradientStride: 4 * padded(config.units),
    layout,
    states,
  };
}

function stateRows(cell: CellDefinition, plan: PlannedMemory, config: RecurrentConfig, layout: Layout, planner: Planner): StateRows {
  let probe = 0;
  return {
    names: cell.states,
    units: config.units,
    stride: plan.stride,
    blockStride: 4 * padded(config.units),
    initial: (rank) => plan.output + (rank - layout.sequences) * plan.stride,
    final(rank) {
      const row = layout.lastRow(rank);
      return plan.output + (row < 0 ? rank - layout.sequences : row) * plan.stride;
    },
    gradient: (rank) => plan.dStates + rank * plan.stride,
    probe() {
      if (probe === 0) {
        probe = planner.region.bytes(8 * cell.states.length * layout.capacity.steps);
        ints[(plan.address >> 2) + P.probe] = probe;
      }
      return probe;
    },
  };
}
