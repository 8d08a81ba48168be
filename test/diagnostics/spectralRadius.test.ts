import { describe, expect, test } from "vitest";
import { spectralRadius } from "../../src/diagnostics/spectralRadius.js";

/** [a, −b; b, a] has the eigenvalues a ± bi. */
const turn = (a: number, b: number) => [a, -b, b, a];

/** Companion matrix of a monic polynomial: its eigenvalues are the roots. @param roots the real ones */
function companion(roots: readonly number[]): { matrix: number[]; size: number } {
  let coefficients = [1];
  for (const root of roots)
    coefficients = [...coefficients, 0].map((value, index) => value - root * (coefficients[index - 1] ?? 0));
  const size = roots.length;
  const matrix = new Array<number>(size * size).fill(0);
  for (let column = 0; column < size; column++) matrix[column] = -(coefficients[column + 1] as number);
  for (let row = 1; row < size; row++) matrix[row * size + row - 1] = 1;
  return { matrix, size };
}

describe("the spectral radius", () => {
  const cases: [name: string, matrix: number[], size: number, radius: number, tolerance: number][] = [
    ["of a diagonal", [2, 0, 0, 0, -3, 0, 0, 0, 1], 3, 3, 1e-6],
    ["of a rotation that shrinks: a complex pair", turn(0.6, 0.3), 2, Math.hypot(0.6, 0.3), 1e-12],
    ["of an orthogonal matrix", [0, 1, 0, 0, 0, 1, 1, 0, 0], 3, 1, 1e-12],
    ["of two eigenvalues of one size and opposite sign", [0, 4, 1, 0], 2, 2, 1e-6],
    ["of zeros", [0, 0, 0, 0], 2, 0, 0],
    ["of a nilpotent matrix", [0, 1, 5, 0, 0, 1, 0, 0, 0], 3, 0, 0],
    ["of a Jordan block, to n ln 2 / 65536", [0.9, 1, 0, 0.9], 2, 0.9, 2.2e-5],
    ["of a far from normal matrix", [0.5, 1000, 0, 0.4], 2, 0.5, 1e-4],
    ["of tiny numbers", [1e-200, 0, 0, 3e-200], 2, 3e-200, 1e-6],
    ["of a single number", [-0.7], 1, 0.7, 1e-12],
  ];
  test.each(cases)("%s", (_, matrix, size, radius, tolerance) => {
    const found = spectralRadius(matrix, size);
    if (radius === 0) expect(found).toBe(0);
    else expect(Math.abs(found / radius - 1)).toBeLessThanOrEqual(tolerance);
  });

  test("of companion matrices is the largest root", () => {
    for (const roots of [
      [0.9, -0.5, 0.3, 0.1],
      [1.2, 1.1, -0.7, 0.2, -0.1],
    ]) {
      const { matrix, size } = companion(roots);
      const largest = Math.max(...roots.map(Math.abs));
      // ln κ / m where two estimates in a row agree to 1e-6.
      expect(Math.abs(spectralRadius(matrix, size) / largest - 1)).toBeLessThan(1e-5);
    }
  });
});
