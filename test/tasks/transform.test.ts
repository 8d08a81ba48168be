import { describe, expect, it } from "vitest";
import { ArgumentError, FormatError } from "../../src/errors.js";
import { chooseTransform } from "../../src/tasks/chooseTransform.js";
import { detectSeason } from "../../src/tasks/season.js";
import { deviation } from "../../src/tasks/series.js";
import { type Difference, SeriesTransform, type TransformState } from "../../src/tasks/transform.js";
import { airlinePassengers, TRAINING_MONTHS } from "./airlinePassengers.js";

const series = Float64Array.from(airlinePassengers);
const train = series.slice(0, TRAINING_MONTHS);
const DIFFERENCES: Difference[] = ["none", "first", "seasonal", "both"];
const AUTO = { log: "auto", difference: "auto" } as const;

/** Uniform in [−0.5, 0.5), the same on every run. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

describe("series transform", () => {
  it("is log, seasonal difference, first difference, scaling, by definition", () => {
    const transform = SeriesTransform.fit(train, { log: true, difference: "both", season: 12 });
    const { state } = transform;
    const steps = transform.forward(train);
    const y = [...train].map(Math.log);
    const t = 40;
    const w = y[t] - y[t - 12] - (y[t - 1] - y[t - 13]);
    // Math.log and the core's logarithm may differ in the last bit of values near 6; differences are near 0.05.
    expect(steps[t - 13]).toBeCloseTo((w - state.shift) / state.scale, 10);
    expect(steps.length).toBe(96 - 13);
    expect(deviation(steps)).toBeCloseTo(1, 12);
  });

  it.each(DIFFERENCES)("%s: the inverse gives the series back from any point on", (difference) => {
    for (const log of [false, true]) {
      const transform = SeriesTransform.fit(train, { log, difference, season: 12 });
      const steps = transform.forward(series);
      for (const from of [Math.max(transform.lost, 1), 60, 143]) {
        const ahead = transform.inverse(series.subarray(0, from), steps.subarray(from - transform.lost));
        expect(ahead.length).toBe(144 - from);
        // A sum over up to 144 steps of values up to 622, each rounded to 2⁻⁵² of its size, through exp's slope.
        const tolerance = 622 * 144 * 4 * 2 ** -52;
        for (const [i, value] of ahead.entries()) expect(Math.abs(value - series[from + i])).toBeLessThan(tolerance);
      }
    }
  });

  it("comes back from JSON and refuses what is none", () => {
    const transform = SeriesTransform.fit(train, { log: true, difference: "both", season: 12 });
    const twin = SeriesTransform.fromJSON(JSON.parse(JSON.stringify(transform.state)));
    expect(twin.forward(series)).toEqual(transform.forward(series));
    const good = transform.state;
    const damaged = [
      null,
      {},
      { ...good, scale: 0 },
      { ...good, season: 0 },
      { ...good, difference: "third" },
      { ...good, log: 1 },
      { ...good, shift: null },
    ];
    for (const state of damaged) expect(() => SeriesTransform.fromJSON(state as TransformState)).toThrow(FormatError);
  });

  it("names the value whose logarithm there is not, and the length it needs", () => {
    const transform = SeriesTransform.fit(train, { log: true, difference: "first", season: 1 });
    expect(() => transform.forward(new Float64Array([5, 4, 0, 3]))).toThrow(ArgumentError);
    expect(() => transform.forward(new Float64Array([5, 4, -1, 3]), 10)).toThrow(
      /received -1 at index 12. Give log: false/,
    );
    expect(() => transform.forward(new Float64Array([5]))).toThrow(/uses up 1 steps: 2 are needed, received 1/);
  });

  it("a constant series does not divide by zero", () => {
    const flat = new Float64Array(40).fill(7);
    const transform = chooseTransform(flat, detectSeason(flat), AUTO, 20);
    expect([...transform.forward(flat)]).toEqual(new Array(40).fill(0));
    expect([...transform.inverse(flat, [0, 0])]).toEqual([7, 7]);
  });
});

describe("season", () => {
  it("finds the year in the airline passengers, from the training part alone", () => {
    expect(detectSeason(train)).toBe(12);
  });

  it("finds the period of a noisy sine under a trend", () => {
    const random = noise(3);
    const wave = Float64Array.from({ length: 200 }, (_, t) => 0.1 * t + 3 * Math.sin((2 * Math.PI * t) / 7) + random());
    expect(detectSeason(wave)).toBe(7);
  });

  it("finds none in noise, a random walk, a trend, a smooth drift, or a handful of values", () => {
    const random = noise(5);
    const white = Float64Array.from({ length: 300 }, random);
    let level = 0;
    let slope = 0;
    const walk = Float64Array.from({ length: 300 }, () => (level += random()));
    level = 0;
    const drift = Float64Array.from({ length: 300 }, () => (level += slope = 0.9 * slope + random()));
    for (const plain of [
      white,
      walk,
      drift,
      Float64Array.from({ length: 50 }, (_, t) => t),
      Float64Array.of(1, 2, 1, 2),
    ]) {
      expect(detectSeason(plain)).toBe(1);
    }
  });
});

describe("rounding is no season", () => {
  const none = [
    ...[0.3, 0.1, 1 / 3, -0.7].map((slope) => ({ level: 20, slope })),
    { level: 1e9, slope: 0.01 },
    { level: -3e-9, slope: 1e-10 },
    { level: 0, slope: 0.1 },
  ];

  it.each(none)("a straight line from $level by $slope has none", ({ level, slope }) => {
    for (const length of [30, 60, 120, 500, 2000]) {
      const line = Float64Array.from({ length }, (_, t) => level + slope * t);
      expect(detectSeason(line)).toBe(1);
      let sum = level;
      expect(detectSeason(line.map(() => (sum += slope)))).toBe(1);
    }
  });

  it("a faint season on a high level is one all the same", () => {
    const faint = Float64Array.from({ length: 200 }, (_, t) => 1e6 + 0.3 * t + 1e-6 * ((t * 3) % 7));
    expect(detectSeason(faint)).toBe(7);
  });
});

describe("choice of the transform", () => {
  it("airline passengers: log and both differences", () => {
    expect(chooseTransform(train, 12, AUTO, 60).state).toMatchObject({ log: true, difference: "both", season: 12 });
  });

  it("takes the logarithm of growth in proportion, not of steady or non-positive series", () => {
    const random = noise(9);
    const steady = Float64Array.from({ length: 120 }, (_, t) => 100 + 0.5 * t + 10 * random());
    const growing = Float64Array.from({ length: 120 }, (_, t) => 10 * 1.03 ** t * (1 + 0.3 * random()));
    expect(chooseTransform(steady, 1, AUTO, 60).state.log).toBe(false);
    expect(chooseTransform(growing, 1, AUTO, 60).state.log).toBe(true);
    expect(
      chooseTransform(
        growing.map((value) => value - 10),
        1,
        AUTO,
        60,
      ).state.log,
    ).toBe(false);
  });

  it("leaves noise alone, differences a walk once, and a seasonal pattern by season", () => {
    const random = noise(11);
    let level = 0;
    const white = Float64Array.from({ length: 200 }, random);
    const walk = Float64Array.from({ length: 200 }, () => (level += random()));
    const pattern = Float64Array.from({ length: 200 }, (_, t) => 10 * ((t * 5) % 12) + random());
    expect(chooseTransform(white, 1, AUTO, 100).state.difference).toBe("none");
    expect(chooseTransform(walk, 1, AUTO, 100).state.difference).toBe("first");
    expect(chooseTransform(pattern, 12, AUTO, 100).state.difference).toBe("seasonal");
  });

  it("never uses up more than the caller can spare, and does what it is told", () => {
    expect(chooseTransform(train, 12, AUTO, 12).state.difference).not.toBe("both");
    expect(chooseTransform(train, 12, AUTO, 0).state.difference).toBe("none");
    expect(chooseTransform(train, 12, { log: false, difference: "first" }, 60).state).toMatchObject({
      log: false,
      difference: "first",
    });
  });
});
