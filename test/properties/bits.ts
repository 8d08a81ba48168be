import { expect } from "vitest";

/** Expects two arrays to be equal bit for bit; −0 is not +0, every NaN is the one NaN. */
export function expectSameBits(actual: ArrayLike<number>, expected: ArrayLike<number>, label: string): void {
  expect(actual.length, label).toBe(expected.length);
  const different: string[] = [];
  for (let index = 0; index < expected.length; index++) {
    if (!Object.is(actual[index], expected[index]))
      different.push(`[${index}] ${actual[index]} is not ${expected[index]}`);
  }
  expect(different.slice(0, 5), `${label}: ${different.length} of ${expected.length} differ`).toEqual([]);
}

/** Rows [from, to) of a matrix of that width. */
export function rows(values: Float32Array, width: number, from: number, to: number): Float32Array {
  return values.slice(from * width, to * width);
}
