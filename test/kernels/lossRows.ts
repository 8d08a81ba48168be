import { expect } from "vitest";
import type { Core } from "../support/core.js";
import { GUARD, padded, putRows } from "./chains.js";

/* Kernels of losses on rows as they lie in memory. */

export interface Result {
  readonly loss: number;
  readonly gradient: Float32Array;
}

export type Kernel = (dY: number, dYStride: number, y: number, yStride: number) => number;

/** Runs a kernel on predictions whose padding is a trap; checks that the gradient's padding is 0 and the guards stand. */
export function run(core: Core, y: Float32Array, width: number, kernel: Kernel): Result {
  const lanes = padded(width) + 4;
  const rows = y.length / width;
  const prediction = putRows(core, y, width, lanes, Number.NaN);
  const dY = core.put(new Float32Array(rows * lanes).fill(GUARD));
  const loss = kernel(dY, lanes * 4, prediction.address, prediction.stride);
  const image = core.floats(dY, rows * lanes);
  const gradient = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    gradient.set(image.subarray(row * lanes, row * lanes + width), row * width);
    expect([...image.subarray(row * lanes + width, row * lanes + padded(width))].every((value) => value === 0)).toBe(
      true,
    );
    expect([...image.subarray(row * lanes + padded(width), (row + 1) * lanes)]).toEqual(new Array(4).fill(GUARD));
  }
  return { loss, gradient };
}

export const double = (values: Float32Array) => Float64Array.from(values);

/** Largest |a − factor · b|. */
export function away(actual: Float32Array, expected: Float64Array, factor: number): number {
  return actual.reduce((worst, value, index) => Math.max(worst, Math.abs(value - factor * expected[index])), 0);
}
