import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadCore, targets } from "../support/core.js";

/** name → rows of arguments and the result, rounded to float64 from a 300-bit computation (mpmath). */
const references = JSON.parse(
  readFileSync(new URL("../fixtures/float64/elementary.json", import.meta.url), "utf8"),
) as Record<string, number[][]>;

/** An error below 1 ulp of the exact value is at most one step away from the rounded one. */
const steps = 1;

const bits = new BigInt64Array(1);
const double = new Float64Array(bits.buffer);
/** How many float64 lie between two of the same sign. */
function distance(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  double[0] = a;
  const first = bits[0];
  double[0] = b;
  return Math.abs(Number(first - bits[0]));
}

describe.each(targets)("float64 functions, %s build", (target) => {
  const { exports } = loadCore(target);

  it.each(Object.entries(references))("%s is within one step of the reference", (name, rows) => {
    expect(rows.length).toBeGreaterThan(100);
    for (const row of rows) {
      const [exact] = row.slice(-1);
      expect(distance(exports[name](...row.slice(0, -1)), exact), `${name}(${row})`).toBeLessThanOrEqual(steps);
    }
  });

  it("has JavaScript's values at the edges", () => {
    const edges = [0, -0, 0.5, 1, -1, 2, -2, 3, -3, 2.5, -2.5, 1e300, -1e300, Infinity, -Infinity, Number.NaN];
    for (const x of [Infinity, -Infinity, 0, -0, Number.NaN, 710, -746]) {
      expect(exports.exp64(x), `exp64(${x})`).toBe(Math.exp(x));
    }
    for (const x of [Infinity, -Infinity, 0, -0, Number.NaN, -1, 1]) {
      expect(exports.log64(x), `log64(${x})`).toBe(Math.log(x));
    }
    for (const x of edges) {
      for (const y of edges) {
        const expected = x ** y;
        if (Number.isInteger(expected) && Math.abs(expected) < 1e6)
          expect(exports.pow64(x, y), `${x}^${y}`).toBe(expected);
        else if (!Number.isFinite(expected)) expect(exports.pow64(x, y), `${x}^${y}`).toBe(expected);
      }
    }
    expect([exports.cos64(0), exports.cos64(-0), exports.exp64(0), exports.log64(1)]).toEqual([1, 1, 1, 0]);
  });

  it("refuses cosines whose argument it cannot reduce exactly", () => {
    for (const x of [1e6 + 1, -1e9, Infinity, -Infinity, Number.NaN]) expect(exports.cos64(x)).toBeNaN();
  });
});
