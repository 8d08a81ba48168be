import { describe, expect, it } from "vitest";
import { conformalMargin, conformalRank, fewestScores } from "../../src/tasks/conformal.js";
import { measureIntervals } from "../../src/tasks/coverage.js";

describe("conformal margin", () => {
  it("is the score of rank ⌈(n + 1) · level⌉, exactly where float64 would round up", () => {
    expect(conformalRank(19, 0.9)).toBe(18);
    expect(conformalRank(99, 0.95)).toBe(95);
    expect(conformalRank(100, 0.9)).toBe(91);
    // 100 · 0.07 is 7.000000000000001 in float64.
    expect(conformalRank(99, 0.07)).toBe(7);
    expect(conformalMargin(Float64Array.of(5, 1, 4, 2, 3, 9, 8, 7, 6), 0.9)).toBe(9);
    expect(conformalMargin(Float64Array.of(-3, 2, -1), 0.5)).toBe(-1);
  });

  it.each([0.5, 0.8, 0.9, 0.95, 0.99])("of exchangeable scores the next is within it with at least %d", (level) => {
    for (const count of [fewestScores(level), fewestScores(level) + 3, 150]) {
      // Each of the count + 1 ranks is equally likely to be the one that comes last.
      let within = 0;
      for (let next = 0; next <= count; next++) {
        const others = Array.from({ length: count + 1 }, (_, score) => score).filter((score) => score !== next);
        if (next <= conformalMargin(Float64Array.from(others.reverse()), level)) within++;
      }
      expect(within / (count + 1)).toBeGreaterThanOrEqual(level - 1e-9);
      expect(within / (count + 1)).toBeLessThanOrEqual(level + 1 / (count + 1));
    }
  });

  it("the fewest scores are the fewest of which one is large enough", () => {
    for (const level of [0.01, 0.3, 0.5, 0.8, 0.9, 0.95, 0.99]) {
      const count = fewestScores(level);
      expect(conformalRank(count, level)).toBeLessThanOrEqual(count);
      if (count > 1) expect(conformalRank(count - 1, level)).toBeGreaterThan(count - 1);
    }
    expect(fewestScores(0.9)).toBe(9);
  });
});

describe("measured intervals", () => {
  it("are shares and mean widths by definition, ends included; paths from origins with all their steps", () => {
    // Three origins, two steps ahead; the last has no second value to measure.
    const lower = Float32Array.of(0, 0, 1, 1, 2, 2);
    const upper = Float32Array.of(1, 4, 2, 5, 9, 9);
    const series = [1, 3, 2];
    const report = measureIntervals(0.8, { lower, upper }, 3, 2, (origin, ahead) => series[origin + ahead]);
    expect(report).toEqual({
      interval: 0.8,
      lower: Float32Array.of(0, 1, 2),
      upper: Float32Array.of(1, 2, 9),
      oneStep: { coverage: 2 / 3, width: 3 },
      byStep: [
        { coverage: 1 / 2, width: 1 },
        { coverage: 1, width: 4 },
      ],
      path: { coverage: 3 / 4, width: 2.5 },
    });
  });
});
