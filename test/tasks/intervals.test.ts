import { describe, expect, it } from "vitest";
import { readSafetensors } from "../../src/formats/safetensors.js";
import { Forecaster } from "../../src/tasks/forecaster.js";
import type { ForecasterOptions, ForecasterProgress } from "../../src/tasks/forecasterOptions.js";
import type { IntervalMethod } from "../../src/tasks/intervalOptions.js";
import { SeriesTransform } from "../../src/tasks/transform.js";
import { memoryUsage } from "../../src/wasm/memory.js";
import { airlinePassengers, TRAINING_MONTHS } from "./airlinePassengers.js";

const METHODS: IntervalMethod[] = ["localConformal", "conformal", "quantile", "conformalQuantile"];
const train = airlinePassengers.slice(0, TRAINING_MONTHS);
/** Enough to check everything but accuracy: hardly trained networks, whose quantiles cross. */
const SHORT = { epochs: 2, units: 4, networks: 2, horizon: 4, interval: 0.8 } as const;

/** Independent values with a heavy tail on one side. */
function noise(length: number): number[] {
  let state = 5;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 10 - Math.log((state + 1) / 2 ** 32);
  });
}

describe("intervals hold their share of exchangeable noise", () => {
  const [length, after] = [4000, 2000];
  const series = noise(length + after);
  const plain = { log: false, season: "none", difference: "none", lookback: 6, networks: 1, units: 4 } as const;
  /**
   * Given n = 1000 calibration scores the share held has a beta distribution of variance 0.9 · 0.1 / (n + 2), and what is held
   * of 2000 values a binomial one around it: a deviation of √(0.09 / 1002 + 0.09 / 2000) = 0.0116, of which four are allowed.
   */
  const FOUR_DEVIATIONS = 0.047;

  it.each<IntervalMethod>(["localConformal", "conformal", "conformalQuantile"])("%s", async (intervalMethod) => {
    const options = {
      ...plain,
      intervalMethod,
      interval: 0.9,
      calibration: 0.25,
      horizon: 2,
      epochs: 3,
      batchSize: 64,
    };
    using forecaster = await Forecaster.train(series.slice(0, length), options);
    const { intervals } = forecaster.backtest(series).entries[0];
    for (const { coverage, width } of intervals?.byStep ?? []) {
      expect(Math.abs(coverage - 0.9)).toBeLessThan(FOUR_DEVIATIONS);
      // All but 5 % on either side of an exponential distribution of mean 1: log 20 − log (20 / 19).
      expect(width).toBeGreaterThan(2);
      expect(width).toBeLessThan(6);
    }
    expect(intervals?.byStep).toHaveLength(2);
    expect(intervals?.lower).toHaveLength(after);
  });
});

describe.each(METHODS)("%s intervals", (intervalMethod) => {
  const options: ForecasterOptions = { ...SHORT, intervalMethod };

  it("leave the forecast as it is without them, and lie around it", async () => {
    using alone = await Forecaster.train(train, { ...SHORT, interval: undefined });
    using forecaster = await Forecaster.train(train, options);
    const { forecast, lower, upper } = forecaster.predictInterval(airlinePassengers);
    expect(forecast).toEqual(alone.predict(airlinePassengers));
    expect(forecaster.predict(airlinePassengers)).toEqual(forecast);
    expect([lower.length, upper.length]).toEqual([4, 4]);
    for (const [h, value] of forecast.entries()) {
      expect(lower[h] > 0 && lower[h] <= value && value <= upper[h] && lower[h] < upper[h]).toBe(true);
    }
    const short = forecaster.predictInterval(airlinePassengers, { horizon: 2 });
    expect(short).toEqual({ forecast: forecast.slice(0, 2), lower: lower.slice(0, 2), upper: upper.slice(0, 2) });
  });

  it("have the same bits for the same seed, and after save and load", async () => {
    for (const strategy of ["recursive", "direct"] as const) {
      using forecaster = await Forecaster.train(train, { ...options, strategy });
      using again = await Forecaster.train(train, { ...options, strategy });
      using other = await Forecaster.train(train, { ...options, strategy, seed: 2 });
      const bytes = forecaster.save();
      using twin = Forecaster.load(bytes);
      const told = forecaster.predictInterval(airlinePassengers);
      expect(again.predictInterval(airlinePassengers)).toEqual(told);
      expect(twin.predictInterval(airlinePassengers)).toEqual(told);
      expect(other.predictInterval(airlinePassengers)).not.toEqual(told);
      expect(twin.backtest(airlinePassengers)).toEqual(forecaster.backtest(airlinePassengers));
      expect(twin.settings).toEqual(forecaster.settings);
      expect(twin.save()).toEqual(bytes);
    }
  });

  it("of a backtest are those that are predicted at each origin", async () => {
    using forecaster = await Forecaster.train(train, options);
    const { entries } = forecaster.backtest(airlinePassengers, { horizon: 6 });
    const { intervals } = entries[0];
    for (const i of [0, 17, 42]) {
      const { lower, upper } = forecaster.predictInterval(airlinePassengers.slice(0, TRAINING_MONTHS + i));
      expect([lower[0], upper[0]]).toEqual([intervals?.lower[i], intervals?.upper[i]]);
    }
    // Beyond the horizon trained for there are forecasts but no intervals.
    expect(intervals?.byStep).toHaveLength(4);
    expect(entries.slice(1).every((entry) => entry.intervals === undefined)).toBe(true);
  });

  /** What is reported of each network that is trained for the intervals, one after the other. */
  async function intervalRuns(series: number[]) {
    const runs: number[][] = [];
    let running = 0;
    const onProgress = ({ stage, network, epoch, loss, validationLoss = 0 }: ForecasterProgress) => {
      if (stage !== "interval") return;
      if (network !== running) runs.push([]);
      running = network;
      // The last of an epoch: on a slow machine there are others before it.
      runs.at(-1)?.splice(2 * epoch - 2, 2, loss, validationLoss);
    };
    // Changed months must not change the choices, which are made on all of them.
    const fixed = { log: true, difference: "both", season: 12, networks: 2 } as const;
    using forecaster = await Forecaster.train(series, { ...options, ...fixed, onProgress });
    return { runs, margins: JSON.parse(readSafetensors(forecaster.save()).metadata.recurve).intervals.margins };
  }

  it.each([
    // Two networks look for the epochs and are trained anew, before 24 months; conformal ones once more before the last 12.
    { months: 24, blind: { localConformal: 4, conformal: 4, quantile: 0, conformalQuantile: 4 } },
    { months: 12, blind: { localConformal: 6, conformal: 6, quantile: 0, conformalQuantile: 4 } },
  ])("rest on networks that saw nothing of what they are calibrated on: $months months changed", async (changes) => {
    const first = TRAINING_MONTHS - changes.months;
    const changed = train.map((value, month) => (month < first ? value : value * (1 + (month % 3))));
    const [one, other] = [await intervalRuns(train), await intervalRuns(changed)];
    const same = one.runs.map((losses, run) => losses.every((loss, at) => loss === other.runs[run][at]));
    const blind = changes.blind[intervalMethod];
    expect(same).toEqual(Array.from({ length: intervalMethod.endsWith("onformal") ? 6 : 4 }, (_, run) => run < blind));
    if (blind > 0) expect(one.margins).not.toEqual(other.margins);
  });
});

describe("intervals", () => {
  it("are wider for a larger share, and wider further ahead on a random walk", async () => {
    let level = 0;
    const walk = noise(700).map((value) => (level += value - 11));
    const width = async (interval: number) => {
      using forecaster = await Forecaster.train(walk, { epochs: 2, networks: 1, units: 4, horizon: 8, interval });
      const { lower, upper } = forecaster.predictInterval(walk);
      return Array.from(upper, (end, h) => end - lower[h]);
    };
    const [narrow, wide] = [await width(0.5), await width(0.9)];
    for (const [h, size] of narrow.entries()) expect(size).toBeLessThan(wide[h]);
    // The deviation of a sum of 8 independent steps is √8 times that of one.
    expect(wide[7] / wide[0]).toBeGreaterThan(2);
    expect(wide[7] / wide[0]).toBeLessThan(4);
  });

  it("widen in lively times and narrow in quiet ones where they are local, else not", async () => {
    // Sixty quiet steps, sixty lively ones of ten times the size, and so on.
    const series = noise(1200).map((value, t) => (t % 120 < 60 ? 0.2 : 2) * (value - 11));
    const ratio = async (intervalMethod: IntervalMethod) => {
      const options = { difference: "none", season: "none", lookback: 20, epochs: 2, networks: 1 } as const;
      using forecaster = await Forecaster.train(series, { ...options, intervalMethod, interval: 0.9 });
      const [quiet, lively] = [1020, 1080].map((end) => {
        const { lower, upper } = forecaster.predictInterval(series.slice(0, end));
        return upper[0] - lower[0];
      });
      return lively / quiet;
    };
    // Of a deviation of 1 over all, lively steps have √2 · 10 / √101 = 1.41 and quiet ones a tenth: (1 + 1.41) / (1 + 0.14) = 2.1.
    expect(await ratio("localConformal")).toBeGreaterThan(1.6);
    expect(await ratio("localConformal")).toBeLessThan(2.7);
    // One width for all, but for the rounding of its ends to float32.
    expect(await ratio("conformal")).toBeCloseTo(1, 5);
  });

  it("report their stage, progress that only grows, and leave no memory when they are aborted", async () => {
    const seen: ForecasterProgress[] = [];
    const before = memoryUsage().used;
    using forecaster = await Forecaster.train(train, { ...SHORT, onProgress: (progress) => seen.push(progress) });
    expect(new Set(seen.map(({ stage }) => stage))).toEqual(new Set(["validate", "fit", "interval"]));
    for (const [i, { done }] of seen.slice(1).entries()) expect(done).toBeGreaterThanOrEqual(seen[i].done);
    expect(seen.at(-1)?.done).toBe(1);
    forecaster.dispose();
    const controller = new AbortController();
    const onProgress = ({ stage }: ForecasterProgress) => stage === "interval" && controller.abort(new Error("enough"));
    const aborted = Forecaster.train(train, {
      ...SHORT,
      signal: controller.signal,
      onProgress: (p) => void onProgress(p),
    });
    await expect(aborted).rejects.toThrow("enough");
    expect(memoryUsage().used).toBe(before);
  });

  it.each(["localConformal", "conformal"] as const)(
    "%s: lie in the middle, and need no networks later",
    async (method) => {
      using forecaster = await Forecaster.train(train, { ...SHORT, intervalMethod: method });
      const { forecast, lower, upper } = forecaster.predictInterval(airlinePassengers);
      const { entries } = forecaster.backtest(airlinePassengers);
      // Of the logarithm, which this series is forecast in; the three are rounded to float32, 2⁻²⁴ of their size each.
      const shift = (forecast: number, lower: number, upper: number) =>
        Math.log(lower * upper) / 2 - Math.log(forecast);
      for (const [h, value] of forecast.entries())
        expect(Math.abs(shift(value, lower[h], upper[h]))).toBeLessThan(3 * 2 ** -24);
      for (const [i, value] of entries[0].forecasts.entries()) {
        const { lower = [], upper = [] } = entries[0].intervals ?? {};
        expect(Math.abs(shift(value, lower[i], upper[i]))).toBeLessThan(3 * 2 ** -24);
      }
      const names = [...readSafetensors(forecaster.save()).tensors.keys()];
      expect(names.every((name) => name.startsWith("network"))).toBe(true);
    },
  );

  it("calibrate on a fifth in whole seasons, and on as much as the last step needs", async () => {
    const calibration = async (length: number, options: ForecasterOptions) => {
      using forecaster = await Forecaster.train(train.slice(0, length), { ...SHORT, interval: 0.9, ...options });
      return forecaster.settings.calibration;
    };
    expect(await calibration(96, {})).toBe(24);
    // Two years would be more than a quarter.
    expect(await calibration(90, {})).toBe(18);
    expect(await calibration(96, { season: "none" })).toBe(19);
    expect(await calibration(96, { calibration: 0.2 })).toBe(19);
    // Of n origins n − 14 have a value 15 steps ahead, and 9 scores are the fewest for 0.9.
    expect(await calibration(96, { horizon: 15, season: "none" })).toBe(9 + 14);
  });
});

describe("levels of a transform", () => {
  it.each(["none", "first", "seasonal", "both"] as const)(
    "%s: steps add the same wherever they start",
    (difference) => {
      for (const log of [false, true]) {
        const series = Float64Array.from(airlinePassengers);
        const transform = SeriesTransform.fit(series, { log, difference, season: 12 });
        const steps = Array.from({ length: 30 }, (_, h) => Math.sin(5 * h));
        const added = transform.accumulate(steps);
        for (const end of [20, 96]) {
          const history = series.subarray(0, end);
          const [moved, still] = [steps, new Float64Array(30)].map((z) => transform.levelsAhead(history, z));
          // Levels grow to some 10⁴ in 30 steps of second differences, each rounded to 2⁻⁵² of its size.
          for (const [h, level] of moved.entries())
            expect(Math.abs(level - still[h] - transform.state.scale * added[h])).toBeLessThan(1e4 * 30 * 2 ** -50);
        }
      }
    },
  );
});
