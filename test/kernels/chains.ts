import { expect } from "vitest";
import { TestRandom } from "../oracle/random.js";
import type { Core } from "../support/core.js";

/*
 * What the kernels' tests share: rows as they lie in memory, and the definition that every product is held to, bit for bit:
 * acc = start; acc = fround(acc + fround(a · b)), inner index ascending.
 */

export const padded = (n: number): number => (n + 3) & ~3;
/** Floats of the panels that `pack` writes for `columns` columns and `inner` steps. */
export const panelLength = (columns: number, inner: number): number => 8 * Math.ceil(columns / 8) * inner;

/** A number no sum here can give: where it still stands, nothing was written. */
export const GUARD = -123456.5;

/** `count` float32 in [−1, 1), different for every seed. */
export const numbers = (count: number, seed: number): Float32Array => new TestRandom(seed).numbers(count);

export interface Rows {
  readonly address: number;
  /** Bytes from row to row. */
  readonly stride: number;
}

/** Rows of `width` numbers, `lanes` floats apart, with `filler` in every lane between them. */
export function putRows(core: Core, values: Float32Array, width: number, lanes: number, filler: number): Rows {
  const rows = values.length / width;
  const image = new Float32Array(rows * lanes).fill(filler);
  for (let row = 0; row < rows; row++) image.set(values.subarray(row * width, (row + 1) * width), row * lanes);
  return { address: core.put(image), stride: lanes * 4 };
}

/** The float32 chain from `start`. Both operands are read through strides, so that it serves products and their transposes. */
export function chain(
  start: number,
  a: Float32Array,
  aFrom: number,
  aStep: number,
  b: Float32Array,
  bFrom: number,
  bStep: number,
  count: number,
): number {
  let sum = Math.fround(start);
  for (let k = 0, i = aFrom, j = bFrom; k < count; k++, i += aStep, j += bStep) {
    sum = Math.fround(sum + Math.fround(a[i] * b[j]));
  }
  return sum;
}

/** Fails unless both hold the same bits: +0 and −0 differ. Far quicker than an assertion an element. */
export function expectSameBits(actual: Float32Array, expected: Float32Array, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  const one = new Uint32Array(actual.buffer, actual.byteOffset, actual.length);
  const other = new Uint32Array(expected.buffer, expected.byteOffset, expected.length);
  for (let index = 0; index < one.length; index++) {
    if (one[index] !== other[index]) expect(`${what} [${index}] = ${actual[index]}`).toBe(String(expected[index]));
  }
}
