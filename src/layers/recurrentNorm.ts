import type { Layout } from "../tensor/layout.js";
import { padded } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import type { ParameterPlace } from "./layer.js";
import { rowRange } from "./moveRows.js";
import { absent, hatRows, nowhere, type Place, writeNorm } from "./normPlan.js";
import type { Fields } from "./recurrentFields.js";
import type { Geometry } from "./recurrentGeometry.js";

/** Layer normalisation of a recurrent layer: what it changes in the layer's plan, and the plans of its own. */
export interface Norms {
  readonly fields: Fields;
  readonly addresses: readonly number[];
}

/** Added to the variance, as `nn.LayerNorm` of PyTorch does where nothing else is said. */
const EPSILON = 1e-5;

/**
 * Normalises the products, and the state where there is one to be normalised: products start from 0, the biases are added
 * behind the gain, and the gradients of the products lie apart from those of p and q.
 * @param fields of the plan without normalisation
 */
export function normalizations(g: Geometry, fields: Fields): Norms {
  if (g.config.normalization === "none") return { fields: {}, addresses: [] };
  const { gates, recurrentBlocks, lateBlocks } = g.cell;
  const { gates: dP = 0, gatesStride: dPStride = 0, dQ = 0, dQStride = 0, rowIh = 0, rowHh = 0, rowLate = 0 } = fields;
  const input = product(g, "ih", 0, gates.length, rowIh, { address: dP, stride: dPStride });
  const changed: Fields = { ...without, normIh: input.address, dProductIh: input.dA, dProductIhStride: input.dAStride };
  const addresses = [input.address];
  if (recurrentBlocks > 0) {
    const recurrent = product(g, "hh", 0, recurrentBlocks, rowHh, { address: dQ, stride: dQStride });
    Object.assign(changed, {
      normHh: recurrent.address,
      dProductHh: recurrent.dA,
      dProductHhStride: recurrent.dAStride,
    });
    addresses.push(recurrent.address);
  }
  if (lateBlocks > 0) {
    const dLate = { address: fields.dProductLate ?? 0, stride: dPStride };
    const late = product(g, "hh", recurrentBlocks, lateBlocks, rowLate, dLate);
    Object.assign(changed, { normLate: late.address, dProductLate: late.dA, dProductLateStride: late.dAStride });
    addresses.push(late.address);
  }
  if (g.normalizedState !== undefined) {
    changed.normState = normalizedState(g, g.normalizedState, dP);
    addresses.push(changed.normState);
  }
  return { fields: changed, addresses };
}

/** Biases and the rows that products start from: they belong to the normalisations. */
const without: Fields = { biasIh: 0, biasHh: 0, dBiasIh: 0, dBiasHh: 0, rowIh: 0, rowHh: 0, rowLate: 0 };

/** One product, whose parameters begin at a block of `norm_…` and `bias_…`. */
function product(g: Geometry, name: string, first: number, blocks: number, biasRow: number, dY: Place) {
  const { region, training } = g.planner;
  const { layout } = g.input;
  const width = blocks * g.block;
  const dA = training ? { address: region.words(layout.capacity.rows * width), stride: 4 * width } : nowhere;
  const address = writeNorm(g.planner, {
    ...{ blocks, units: g.config.units, epsilon: EPSILON },
    gain: parameter(g, `norm_${name}`, first),
    bias: g.config.bias ? parameter(g, `bias_${name}`, first) : absent,
    biasRow,
    hat: hatRows(g.planner, layout, width),
    dY,
    dA,
  });
  return { address, dA: dA.address, dAStride: dA.stride };
}

/**
 * A state on its way to the output. What is kept of it lies in the gate rows behind the saved blocks
 * (`assembly/normalizedOutput.ts`).
 */
function normalizedState(g: Geometry, name: string, gates: number): number {
  const stride = 4 * g.gateWords;
  const kept = gates + 4 * g.block * g.cell.saved;
  return writeNorm(g.planner, {
    ...{ blocks: 1, units: g.config.units, epsilon: EPSILON },
    gain: parameter(g, `norm_${name}`, 0),
    bias: g.config.bias ? parameter(g, `norm_${name}_bias`, 0) : absent,
    biasRow: g.planner.region.words(g.block),
    hat: { address: kept, stride },
    dY: { address: kept + 4 * (g.block + padded(1)), stride },
    dA: nowhere,
  });
}

function parameter({ planner, config, suffix }: Geometry, name: string, block: number): ParameterPlace {
  const { value, gradient } = planner.parameter(name + suffix);
  const offset = 4 * block * config.units;
  return { value: value + offset, gradient: gradient + offset };
}

/** After every change of the parameters. */
export function packNorms(addresses: readonly number[]): void {
  for (const address of addresses) core().layerNormPack(address);
}

/** Gradients of gains and shifts over the steps from … to − 1. */
export function addNormGradients(addresses: readonly number[], layout: Layout, from: number, to: number): void {
  for (const address of addresses) core().layerNormGradients(address, ...rowRange(layout, from, to));
}
