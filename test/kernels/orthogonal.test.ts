import { describe, expect, it } from "vitest";
import { type Core, loadCore, targets } from "../support/core.js";

function orthogonal(core: Core, rows: number, columns: number, gain = 1, key0 = 7, c0 = 0): Float32Array {
  const scratch = core.allocate(8 * core.exports.orthogonalScratch(rows, columns));
  const out = core.allocate(4 * rows * columns);
  core.exports.orthogonalFill(out, scratch, rows, columns, gain, key0, 5, c0);
  return core.floats(out, rows * columns).slice();
}

/** Largest |Q Qᵀ − gain² I|; of Qᵀ Q where there are more rows than columns. */
function departure(q: Float32Array, rows: number, columns: number, gain: number): number {
  const [count, length, step, inner] = rows > columns ? [columns, rows, 1, columns] : [rows, columns, columns, 1];
  let worst = 0;
  for (let a = 0; a < count; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let i = 0; i < length; i++) sum += q[a * step + i * inner] * q[b * step + i * inner];
      worst = Math.max(worst, Math.abs(sum - (a === b ? gain * gain : 0)));
    }
  }
  return worst;
}

describe.each(targets)("orthogonal matrices, %s build", (target) => {
  const core = loadCore(target);

  it.each([
    [1, 1, 1],
    [3, 3, 1],
    [5, 4, 1],
    [4, 5, 2],
    [8, 8, 0.5],
    [17, 33, 1],
    [33, 17, 1.5],
    [130, 130, 1],
  ])("[%i, %i] times %f has orthogonal rows or columns", (rows, columns, gain) => {
    // Orthonormal to 1e-15 in float64; rounding each entry to float32 moves a product of two unit vectors by ≤ 2 · 2⁻²⁴.
    const tolerance = 2.1 * 2 ** -24 * gain * gain;
    expect(departure(orthogonal(core, rows, columns, gain), rows, columns, gain)).toBeLessThanOrEqual(tolerance);
  });

  it("is the same for the same address and another for any other", () => {
    const q = orthogonal(core, 9, 9);
    expect(orthogonal(core, 9, 9)).toEqual(q);
    expect(orthogonal(core, 9, 9, 1, 8)).not.toEqual(q);
    expect(orthogonal(core, 9, 9, 1, 7, 1)).not.toEqual(q);
  });

  it("is drawn uniformly: rotations and reflections alike, the angle of a [2, 2] matrix flat on the circle", () => {
    const draws = 4000;
    const sectors = new Array(8).fill(0);
    let rotations = 0;
    for (let draw = 0; draw < draws; draw++) {
      const [a, b, c, d] = orthogonal(core, 2, 2, 1, 7, draw);
      if (a * d - b * c > 0) rotations++;
      sectors[Math.floor((Math.atan2(b, a) / Math.PI + 1) * 4) % 8]++;
    }
    // five standard deviations; χ² with 7 degrees of freedom exceeds 29.9 once in 10 000
    expect(Math.abs(rotations / draws - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / draws));
    const expected = draws / 8;
    expect(sectors.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(29.9);
  });
});
