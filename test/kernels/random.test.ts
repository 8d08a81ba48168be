import { describe, expect, it } from "vitest";
import { loadCore, targets } from "../support/core.js";

/** Known answers of Random123 1.14 (tests/kat_vectors, philox4x32 10): counter, key, result. */
const knownAnswers = [
  { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

const [key0, key1] = [0x1234, 0xabcd];

describe.each(targets)("random numbers, %s build", (target) => {
  const core = loadCore(target);
  const { exports } = core;

  it.each(knownAnswers)("Philox 4×32-10 gives the published words for $counter", ({ counter, key, words }) => {
    const address = exports.philox(key[0], key[1], counter[0], counter[1], counter[2], counter[3]);
    expect([...core.ints(address, 4)].map((word) => word >>> 0)).toEqual(words);
  });

  /** n numbers of a generator with these last arguments. */
  function fill(generator: string, n: number, ...rest: number[]): Float32Array {
    const out = core.allocate(n * 4);
    exports[generator](out, n, ...rest);
    return core.floats(out, n).slice();
  }

  it.each([
    ["fillUniform", [-1, 2, key0, key1, 3, 4]],
    ["fillNormal", [0.5, 2, key0, key1, 3, 4]],
    ["fillBernoulli", [0.7, 1.5, key0, key1, 3, 4, 5]],
  ] as const)("%s: an element depends on its address alone, and on every part of it", (generator, rest) => {
    const whole = fill(generator, 400, ...rest);
    for (const n of [1, 3, 4, 5, 17]) expect(fill(generator, n, ...rest)).toEqual(whole.subarray(0, n));
    for (let part = 2; part < rest.length; part++) {
      const other = rest.map((value, i) => (i === part ? value + 1 : value));
      expect(fill(generator, 400, ...other)).not.toEqual(whole);
    }
  });

  it("uniform numbers lie in [low, high), with the moments and the flatness of the distribution", () => {
    const n = 160000;
    const x = fill("fillUniform", n, -2, 6, key0, key1, 0, 0);
    const counts = new Array(16).fill(0);
    for (const value of x) {
      expect(value >= -2 && value < 6).toBe(true);
      counts[Math.floor((value + 2) * 2)]++;
    }
    // five standard deviations of the mean, whose variance is 8²/12/n
    expect(Math.abs(mean(x) - 2)).toBeLessThan(5 * Math.sqrt(64 / 12 / n));
    // χ² with 15 degrees of freedom exceeds 44.3 once in 10 000
    expect(counts.reduce((sum, count) => sum + (count - n / 16) ** 2 / (n / 16), 0)).toBeLessThan(44.3);
  });

  it("uniform never reaches high, even where rounding would", () => {
    // between 1 and 1 + 2⁻²³ there is no float32: every second number would round to high
    const x = fill("fillUniform", 1000, 1, 1 + 2 ** -23, key0, key1, 0, 0);
    expect(new Set(x)).toEqual(new Set([1]));
    const limit = Math.fround(0.1);
    expect(Math.max(...fill("fillUniform", 1000, -limit, limit, key0, key1, 0, 0))).toBeLessThan(limit);
    expect(Math.max(...fill("fillUniform", 100, -1e-45, 0, key0, key1, 0, 0))).toBeLessThan(0);
    expect(new Set(fill("fillUniform", 10, 3, 3, key0, key1, 0, 0))).toEqual(new Set([3]));
  });

  it("normal numbers have the moments of the normal distribution, far out and without correlation", () => {
    const n = 200000;
    const x = fill("fillNormal", n, 0, 1, key0, key1, 0, 0);
    const moment = (k: number) => mean(x.map((value) => value ** k));
    // five standard deviations of each sample moment: variances 1, 2, 15, 96 over n
    expect(Math.abs(moment(1))).toBeLessThan(5 * Math.sqrt(1 / n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
    const neighbours = mean(x.subarray(1).map((value, i) => value * x[i]));
    expect(Math.abs(neighbours)).toBeLessThan(5 * Math.sqrt(1 / n));
    expect(Math.max(...x.subarray(0, 100000))).toBeGreaterThan(3.5);
    expect(fill("fillNormal", 9, 5, 0, key0, key1, 0, 0)).toEqual(new Float32Array(9).fill(5));
  });

  it("masks hold scale or 0, with the given frequency; keep 1 keeps all, keep 0 none", () => {
    const n = 100000;
    const x = fill("fillBernoulli", n, 0.8, 1.25, key0, key1, 0, 0, 0);
    expect(new Set(x)).toEqual(new Set([0, 1.25]));
    // five standard deviations of a binomial proportion
    expect(Math.abs(mean(x) / 1.25 - 0.8)).toBeLessThan(5 * Math.sqrt((0.8 * 0.2) / n));
    expect(new Set(fill("fillBernoulli", 1000, 1, 1, key0, key1, 0, 0, 0))).toEqual(new Set([1]));
    expect(new Set(fill("fillBernoulli", 1000, 0, 1, key0, key1, 0, 0, 0))).toEqual(new Set([0]));
  });

  it("permutations hold every index once, and all 24 orders of 4 are equally frequent", () => {
    const out = core.allocate(1000 * 4);
    exports.fillPermutation(out, 1000, key0, key1, 0);
    const order = [...core.ints(out, 1000)];
    expect(order.toSorted((a, b) => a - b)).toEqual(order.map((_, i) => i));
    expect(order).not.toEqual(order.map((_, i) => i));
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 24000; draw++) {
      exports.fillPermutation(out, 4, key0, key1, draw);
      const name = core.ints(out, 4).join();
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // χ² with 23 degrees of freedom exceeds 56 once in 10 000
    expect([...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(56);
  });
});

function mean(x: Float32Array): number {
  let sum = 0;
  for (const value of x) sum += value;
  return sum / x.length;
}
