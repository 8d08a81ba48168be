import { layerNorm, layerNormBackward } from "../layerNorm.js";
import { affine, affineBackward, type Vector } from "../linear.js";
import type { CellWeights } from "./cell.js";

/** Parameters of a product, or the gradients of these: W x + b, or gain ⊙ LN(W x) + b in a normalised layer. */
export interface Projection {
  readonly weight: Float64Array;
  readonly bias: Float64Array | undefined;
  readonly gain: Float64Array | undefined;
  /** W x as it was computed, in a normalised layer: what is undone may be of weights that have moved on since. */
  product?: Float64Array;
}

/** That of the input, p. */
export function inputProjection(weights: CellWeights): Projection {
  return projectionOf(weights, "ih");
}

/** That of the hidden state, q, in a cell where all blocks of W_hh act on h itself. */
export function recurrentProjection(weights: CellWeights): Projection {
  return projectionOf(weights, "hh");
}

/**
 * The leading blocks of the recurrent parameters, which act on h, and the last one, which acts on a gated state; each of the two
 * is normalised by itself.
 * @param leading how many act on h
 */
export function splitRecurrentProjection(
  weights: CellWeights,
  leading: number,
  units: number,
): Record<"early" | "late", Projection> {
  const { weight, bias, gain } = projectionOf(weights, "hh");
  const rows = leading * units;
  return {
    early: { weight: weight.subarray(0, rows * units), bias: bias?.subarray(0, rows), gain: gain?.subarray(0, rows) },
    late: { weight: weight.subarray(rows * units), bias: bias?.subarray(rows), gain: gain?.subarray(rows) },
  };
}

function projectionOf(weights: CellWeights, name: "ih" | "hh"): Projection {
  const { [`weight_${name}`]: weight, [`bias_${name}`]: bias, [`norm_${name}`]: gain } = weights;
  return { weight, bias, gain };
}

/** The value of a projection. */
export function project(of: Projection, x: Vector): Float64Array {
  const { weight, bias, gain } = of;
  const rows = weight.length / x.length;
  if (gain === undefined) return affine(weight, bias, x, rows);
  of.product = affine(weight, undefined, x, rows);
  return layerNorm(gain, bias, of.product);
}

/** Undoes it for a given dy: adds to the gradients, returns dx. */
export function projectBackward(of: Projection, into: Projection, x: Vector, dy: Vector): Float64Array {
  const { weight, gain, product = [] } = of;
  if (gain === undefined) return affineBackward(weight, x, dy, into.weight, into.bias);
  const dProduct = layerNormBackward(gain, product, dy, into.gain as Float64Array, into.bias);
  return affineBackward(weight, x, dProduct, into.weight, undefined);
}
