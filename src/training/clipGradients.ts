import { type Interior, interiorOf } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { requireKnownOptions, requireNumber } from "../shape.js";
import { core } from "../wasm/core.js";

/** Keeps PyTorch's factor finite where the norm is 0. */
const TINY = 1e-6;

/** The Euclidean norm of all trainable gradients together. */
export function gradientNorm(model: Model): number {
  return normOf(interiorOf(model));
}

export function normOf(interior: Interior): number {
  const { address, count } = interior.ranges();
  return Math.sqrt(core().sumOfSquares(address, count, interior.parameters.gradients));
}

/**
 * Scales all trainable gradients by min(1, norm / (‖g‖ + 1e-6)), as PyTorch's `clip_grad_norm_`.
 *
 * @returns ‖g‖ before clipping
 * @example
 * clipGradients(model, { norm: 1 });
 * @throws ArgumentError when the norm is not a positive number
 */
export function clipGradients(model: Model, options: { readonly norm: number }): number {
  requireKnownOptions("clipGradients", options, ["norm"]);
  const most = requireNumber("norm of clipGradients", options.norm, Number.MIN_VALUE);
  const interior = interiorOf(model);
  const norm = normOf(interior);
  clipTo(interior, norm, most);
  return norm;
}

export function clipTo(interior: Interior, norm: number, most: number): void {
  const factor = most / (norm + TINY);
  if (!(factor < 1)) return;
  const { address, count } = interior.ranges();
  core().scaleRanges(address, count, interior.parameters.gradients, factor);
}
