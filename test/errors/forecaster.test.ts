import { describe, expect, test } from "vitest";
import { ArgumentError, Forecaster, memoryUsage, StateError } from "../../src/index.js";
import { expectRefusal, expectRejection } from "../support/refusal.js";

const wave = Array.from({ length: 60 }, (_, t) => 20 + 5 * Math.sin(t / 3) + Math.cos(1.7 * t));
const SHORT = { epochs: 2, units: 3, networks: 1, horizon: 2 } as const;

describe("Forecaster.train refuses before anything is trained", () => {
  test.each<[string, ArrayLike<number>, object, string[]]>([
    ["a listener that is none", wave, { onProgress: 5 }, ["onProgress must be a function", "5"]],
    ["a signal that is none", wave, { signal: {} }, ["signal must be an AbortSignal"]],
    ["the controller of a signal", wave, { signal: new AbortController() }, ["signal must be an AbortSignal"]],
    ["differences beyond float64", wave.map((x, t) => (t % 2 ? -1 : 1) * x * 6e306), {}, ["at index 0", "float32"]],
    ["squares beyond float64", wave.map((x) => x * 1e200), {}, ["at index 0", "float32", "other units"]],
    ["a horizon that predict refuses", wave, { horizon: 70_000 }, ["horizon", "from 1 to 65536", "70000"]],
    [
      "a seed after which there are too few",
      wave,
      { seed: Number.MAX_SAFE_INTEGER, networks: 3 },
      ["seed", "from 0 to 9007199252740985", "received 9007199254740991"],
    ],
    ["a value beyond float32", [...wave, -3.5e38], {}, ["-3.5e+38 at index 60", "3.4e38", "other units"]],
    ["one whose logarithm is none", [...wave, 1e39], { log: true }, ["1e+39 at index 60", "other units"]],
  ])("%s", async (_name, series, options, texts) => {
    const { used } = memoryUsage();
    await expectRejection(() => Forecaster.train(series, { ...SHORT, ...options }), ArgumentError, ...texts);
    expect(memoryUsage().used).toBe(used);
  });
});

test("the largest seed that leaves every network one of its own trains them all", async () => {
  const seed = Number.MAX_SAFE_INTEGER - 2 * 1_000_003;
  using forecaster = await Forecaster.train(wave, { ...SHORT, networks: 3, seed });
  expect(forecaster.models).toHaveLength(3);
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

test("after dispose plain facts can be read, and every use is refused", async () => {
  const forecaster = await Forecaster.train(wave, SHORT);
  const { settings, needs } = forecaster;
  forecaster.dispose();
  forecaster.dispose();
  expect(forecaster.settings).toEqual(settings);
  expect(forecaster.needs).toBe(needs);
  for (const use of [
    () => forecaster.models,
    () => forecaster.examples(wave),
    () => forecaster.predict(wave),
    () => forecaster.predictInterval(wave),
    () => forecaster.backtest(wave, { from: 40 }),
    () => forecaster.save(),
  ]) {
    expectRefusal(use, StateError, "this forecaster was disposed");
  }
});

describe("what float32 does not hold is said in the words of the series", () => {
  const plain = { ...SHORT, season: "none", difference: "none" } as const;

  test("values far from those trained on", async () => {
    using forecaster = await Forecaster.train(wave, { ...plain, log: false, interval: 0.8 });
    const far = [...wave.slice(0, -1), 3e39];
    for (const use of [
      () => forecaster.predict(far),
      () => forecaster.predictInterval(far),
      () => forecaster.examples(far),
      () => forecaster.backtest([...far, 1, 1], { from: 58 }),
    ]) {
      expectRefusal(use, ArgumentError, "3e+39 at index 59", "scaled like those trained on");
    }
  });

  test("forecasts beyond it are refused, never Infinity", async () => {
    using forecaster = await Forecaster.train(wave, {
      ...SHORT,
      season: "none",
      log: true,
      difference: "first",
      interval: 0.8,
    });
    const high = wave.map((x) => x * 1e40);
    for (const use of [
      () => forecaster.predict(high),
      () => forecaster.predictInterval(high),
      () => forecaster.backtest(high, { from: 50 }),
    ]) {
      expectRefusal(use, ArgumentError, "beyond float32", "other units");
    }
  });
});
