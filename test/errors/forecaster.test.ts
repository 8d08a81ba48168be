import { describe, expect, test } from "vitest";
import { ArgumentError, Forecaster, memoryUsage } from "../../src/index.js";
import { expectRejection } from "../support/refusal.js";

const wave = Array.from({ length: 60 }, (_, t) => 20 + 5 * Math.sin(t / 3) + Math.cos(1.7 * t));
const SHORT = { epochs: 2, units: 3, networks: 1, horizon: 2 } as const;

describe("Forecaster.train refuses before anything is trained", () => {
  test.each<[string, ArrayLike<number>, object, string[]]>([
    ["a listener that is none", wave, { onProgress: 5 }, ["onProgress must be a function", "5"]],
    ["a signal that is none", wave, { signal: {} }, ["signal must be an AbortSignal"]],
    ["the controller of a signal", wave, { signal: new AbortController() }, ["signal must be an AbortSignal"]],
    ["differences beyond float64", wave.map((x, t) => (t % 2 ? -1 : 1) * x * 6e306), {}, ["more than a float64 holds"]],
    ["squares beyond float64", wave.map((x) => x * 1e200), {}, ["more than a float64 holds", "Scale it down"]],
  ])("%s", async (_name, series, options, texts) => {
    const { used } = memoryUsage();
    await expectRejection(() => Forecaster.train(series, { ...SHORT, ...options }), ArgumentError, ...texts);
    expect(memoryUsage().used).toBe(used);
  });
});

test("a series that never changes has the unit 1, however its mean is rounded", async () => {
  // The mean of 80 times 0.1 is another number than 0.1, by 2 · 10⁻¹⁶.
  const series = new Array(80).fill(0.1);
  const told: number[][] = [];
  for (const difference of ["none", "first"] as const) {
    using forecaster = await Forecaster.train(series, { ...SHORT, log: false, difference });
    told.push([...forecaster.predict(series)]);
    const { input } = forecaster.examples(series.map((x) => x + 1));
    // One step up is one unit up, or no change at all.
    expect(input.values[0]).toBe(difference === "none" ? 1 : 0);
  }
  for (const forecast of told.flat()) expect(forecast).toBe(Math.fround(0.1));
});
