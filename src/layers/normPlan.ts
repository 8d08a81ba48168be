import type { Layout } from "../tensor/layout.js";
import type { ParameterSpec } from "../tensor/parameters.js";
import { padded } from "../tensor/rows.js";
import { NormPlan as N } from "../wasm/generated/plan.js";
import { floats } from "../wasm/memory.js";
import type { ParameterPlace, Planner } from "./layer.js";
import { writeStruct } from "./writeStruct.js";

/** Rows somewhere in memory. */
export interface Place {
  readonly address: number;
  readonly stride: number;
}

/** What one layer normalisation works on: `assembly/layers/layerNorm.ts`. */
export interface NormParts {
  /** Blocks of `units` numbers, normalised together. */
  readonly blocks: number;
  readonly units: number;
  /** What is added to the variance. */
  readonly epsilon: number;
  /** Addresses of the parameters and their gradients; 0 for a bias that is not there. */
  readonly gain: ParameterPlace;
  readonly bias: ParameterPlace;
  /** Padded room for the bias; 0 where there is none. */
  readonly biasRow: number;
  readonly hat: Place;
  readonly dY: Place;
  readonly dA: Place;
}

/** A parameter that is not there, and rows that nobody wants. */
export const absent: ParameterPlace = { value: 0, gradient: 0 };
export const nowhere: Place = { address: 0, stride: 0 };

/** A gain, which begins as 1. */
export function gainSpec(name: string, size: number): ParameterSpec {
  return { name, shape: [size], initialize: (address) => void floats.fill(1, address >> 2, (address >> 2) + size) };
}

/** Writes the core's struct. @returns its address */
export function writeNorm({ region, training }: Planner, parts: NormParts): number {
  const { blocks, units, epsilon, gain, bias, biasRow, hat, dY, dA } = parts;
  const block = padded(units);
  const ones = region.words(blocks * block);
  for (let at = ones >> 2; at < (ones >> 2) + blocks * block; at += block) floats.fill(1, at, at + units);
  const plan = writeStruct(region, N, {
    blocks,
    units,
    weightGain: gain.value,
    dWeightGain: gain.gradient,
    weightBias: bias.value,
    dWeightBias: bias.gradient,
    gain: region.words(blocks * block),
    dGain: training ? region.words(blocks * block) : 0,
    bias: biasRow,
    ones,
    hat: hat.address,
    hatStride: hat.stride,
    dY: dY.address,
    dYStride: dY.stride,
    dA: dA.address,
    dAStride: dA.stride,
  });
  floats[(plan >> 2) + N.epsilon] = epsilon;
  return plan;
}

/** Room for what is kept of `width` numbers of every row of a layout: one row for all where no way back is planned. */
export function hatRows({ region, training }: Planner, layout: Layout, width: number): Place {
  const stride = 4 * (width + padded(1));
  if (!training) return { address: region.bytes(stride), stride: 0 };
  return { address: layout.keep(region.bytes(layout.capacity.rows * stride), stride), stride };
}
