import { core } from "../wasm/core.js";
import type { RecurrentPlan as P } from "../wasm/generated/plan.js";
import { floats, ints } from "../wasm/memory.js";
import type { ParameterPlace } from "./layer.js";
import type { Geometry } from "./recurrentGeometry.js";
import { inputScratch, panelWords } from "./scratch.js";

/** Fields of the core's struct by name. */
export type Fields = Partial<Record<keyof typeof P, number>>;

/** Sizes, input, gate rows, and what one step needs. */
export function runFields({ cell, config, input, planner, ...g }: Geometry): Fields {
  const { region, training } = planner;
  const { layout } = input;
  const { capacity, first } = layout;
  const rows = training ? capacity.rows : Math.min(capacity.rows, Math.max(core().chunkRows(), capacity.sequences));
  const gates = region.words(rows * g.gateWords);
  if (training) layout.keep(gates, 4 * g.gateWords, true);
  return {
    inputSize: input.width,
    units: config.units,
    hidden: g.hidden,
    cellOffset: g.cellOffset,
    first,
    training: training ? 1 : 0,
    x: input.address,
    xStride: input.stride,
    tokens: input.tokens ?? 0,
    dX: input.gradient,
    dXStride: input.gradientStride,
    gates,
    gatesStride: 4 * g.gateWords,
    q: region.words(capacity.sequences * g.block * cell.recurrentBlocks),
    statesStride: g.stride,
  };
}

/** Room for what the way back reads and writes. */
export function trainingFields({ cell, config, input, planner, ...g }: Geometry, gates: number): Fields {
  const { region } = planner;
  const { capacity } = input.layout;
  const ownWords = g.block * cell.recurrentBlocks;
  const shared = cell.sharesGradients;
  const gateWidth = Math.max(cell.gates.length * g.block, g.hiddenBlock);
  const dQ = shared ? gates : region.words(capacity.rows * ownWords);
  const dQStride = 4 * (shared ? g.gateWords : ownWords);
  return {
    dQ,
    dQStride,
    dProductIh: gates,
    dProductIhStride: 4 * g.gateWords,
    dProductHh: dQ,
    dProductHhStride: dQStride,
    dOutput: region.words(capacity.rows * g.hiddenBlock),
    dOutputStride: 4 * g.hiddenBlock,
    dStates: region.bytes(capacity.sequences * g.stride),
    scratch: inputScratch(region, gateWidth, input, Math.max(config.units, g.hidden)),
  };
}

/** Parameters, their gradients, and room for their packed copies. */
export function parameterFields({ cell, config, input, planner, suffix, ...g }: Geometry): Fields {
  const { region, training } = planner;
  const place = (name: string, value: keyof Fields, gradient: keyof Fields) =>
    placeFields(planner.parameter(name + suffix), value, gradient);
  const gateWords = cell.gates.length * g.block;
  const recurrentWords = cell.recurrentBlocks * g.block;
  const hasRecurrence = cell.recurrentBlocks + cell.lateBlocks > 0;
  const fields: Fields = {
    ...place("weight_ih", "weightIh", "dWeightIh"),
    ...(hasRecurrence && place("weight_hh", "weightHh", "dWeightHh")),
    ...(config.bias && place("bias_ih", "biasIh", "dBiasIh")),
    ...(config.bias && hasRecurrence && place("bias_hh", "biasHh", "dBiasHh")),
    panelsIh: region.words(panelWords(gateWords, input.width)),
    panelsHh: region.words(panelWords(recurrentWords, g.hidden)),
    rowIh: region.words(gateWords),
    rowHh: region.words(recurrentWords),
  };
  if (!training) return fields;
  if (input.gradient !== 0) fields.backIh = region.words(panelWords(input.width, gateWords));
  fields.backHh = region.words(panelWords(g.hidden, recurrentWords));
  return fields;
}

/** A parameter's addresses under the names of their fields. */
function placeFields({ value, gradient }: ParameterPlace, own: keyof Fields, ofGradient: keyof Fields): Fields {
  return { [own]: value, [ofGradient]: gradient };
}

/** Vectors of the cell's own, if it has any, and its options. */
export function ownFields({ cell, config, planner, suffix, block }: Geometry): Fields {
  const { region, training } = planner;
  const fields: Fields = { options: writeWords(cell.words?.(config, training) ?? [], region) };
  const own = cell.own?.(config);
  if (own === undefined) return fields;
  const words = own.blocks * block;
  return {
    ...fields,
    ...placeFields(planner.parameter(own.name + suffix), "weightOwn", "dWeightOwn"),
    ownBlocks: own.blocks,
    own: region.words(words),
    dOwn: region.words(words),
  };
}

/** What a cell with a second product, of a gated state, needs besides. */
export function lateFields({ cell, config, input, planner, ...g }: Geometry, gates: number): Fields {
  if (cell.lateBlocks === 0) return {};
  const { region, training } = planner;
  const { layout } = input;
  const { sequences, rows } = layout.capacity;
  const lateWords = cell.lateBlocks * g.block;
  const gated = region.words((training ? rows : sequences) * g.block);
  const fields: Fields = {
    panelsLate: region.words(panelWords(lateWords, config.units)),
    rowLate: region.words(lateWords),
    late: region.words(sequences * lateWords),
    gated,
  };
  if (!training) return fields;
  layout.keep(gated, 4 * g.block);
  return {
    ...fields,
    backLate: region.words(panelWords(config.units, lateWords)),
    // The late product's gradients are the blocks of dp after the recurrent ones.
    dProductLate: gates + 4 * g.block * cell.recurrentBlocks,
    dProductLateStride: 4 * g.gateWords,
    dGated: region.words(sequences * g.block),
  };
}

/** What a projection needs besides. */
export function projectionFields({ config, input, planner, suffix, ...g }: Geometry): Fields {
  if (config.projectionSize === null) return {};
  const { region, training } = planner;
  const fields: Fields = {
    ...placeFields(planner.parameter(`weight_hr${suffix}`), "weightHr", "dWeightHr"),
    panelsHr: region.words(panelWords(g.hiddenBlock, config.units)),
  };
  if (!training) return fields;
  return {
    ...fields,
    backHr: region.words(panelWords(config.units, g.hiddenBlock)),
    dProjected: region.words(input.layout.capacity.rows * g.hiddenBlock),
  };
}

function writeWords(
  words: readonly { value: number; isFloat: boolean }[],
  region: Geometry["planner"]["region"],
): number {
  if (words.length === 0) return 0;
  const address = region.words(words.length);
  words.forEach(({ value, isFloat }, index) => {
    if (isFloat) floats[(address >> 2) + index] = value;
    else ints[(address >> 2) + index] = value;
  });
  return address;
}
