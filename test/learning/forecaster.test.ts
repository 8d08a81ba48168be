import { describe, expect, it } from "vitest";
import { ArgumentError, FormatError, StateError } from "../../src/errors.js";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors.js";
import type { Backtest } from "../../src/tasks/backtest.js";
import { Forecaster } from "../../src/tasks/forecaster.js";
import type { ForecasterOptions, ForecasterProgress } from "../../src/tasks/forecasterOptions.js";
import { airlinePassengers, TRAINING_MONTHS } from "../tasks/airlinePassengers.js";

const train = airlinePassengers.slice(0, TRAINING_MONTHS);
/** Enough to check everything but accuracy. */
const SHORT = { epochs: 3, units: 4, networks: 2 } as const;

const wave = Array.from({ length: 120 }, (_, t) => 20 + 5 * Math.sin((2 * Math.PI * t) / 8) + Math.cos(1.7 * t));

function rmse(report: Backtest, label: string, of: "oneStep" | "path" = "oneStep"): number {
  return report.entries.find((entry) => entry.label === label)?.[of].rmse ?? Number.NaN;
}

describe("forecaster: airline passengers", () => {
  it("beats every naive rule one step ahead for seeds 1 to 10: median at most 15.3, none above 18", async () => {
    const found: number[] = [];
    for (let seed = 1; seed <= 10; seed++) {
      using forecaster = await Forecaster.train(train, { seed });
      const report = forecaster.backtest(airlinePassengers);
      found.push(rmse(report, "network"));
      expect(report).toMatchObject({ from: 96, count: 48, horizon: 1, season: 12 });
      for (const rule of ["persistence", "seasonal naive", "seasonal naive with drift", "naive in the transform"]) {
        expect(rmse(report, "network")).toBeLessThan(rmse(report, rule));
      }
    }
    found.sort((a, b) => a - b);
    expect((found[4] + found[5]) / 2).toBeLessThanOrEqual(15.3);
    expect(found[9]).toBeLessThanOrEqual(18);
  });

  it("chooses from the training part alone, and reports every rule beside the network", async () => {
    using forecaster = await Forecaster.train(train, SHORT);
    expect(forecaster.settings).toMatchObject({ log: true, difference: "both", season: 12, lookback: 12 });
    const report = forecaster.backtest(airlinePassengers, { horizon: 12 });
    expect(report.entries.map(({ label }) => label)).toEqual([
      "network",
      "persistence",
      "seasonal naive",
      "seasonal naive with drift",
      "naive in the transform",
      "linear autoregression",
    ]);
    for (const { forecasts, oneStep, path } of report.entries) {
      expect(forecasts).toHaveLength(48);
      for (const value of [oneStep.rmse, oneStep.mae, oneStep.mase, path.rmse]) expect(value).toBeGreaterThan(0);
    }
    expect(rmse(report, "persistence")).toBeCloseTo(48.04, 2);
    expect(rmse(report, "linear autoregression")).toBeCloseTo(13.9, 2);
    // From every origin the seasonal naive rule repeats the last year, so the error of a path is near that of one step.
    expect(rmse(report, "seasonal naive", "path")).toBeCloseTo(41.17, 2);
  });
});

describe("forecaster: predict", () => {
  it("one-step forecasts of a backtest are what predict says at each origin", async () => {
    for (const strategy of ["recursive", "direct"] as const) {
      using forecaster = await Forecaster.train(wave.slice(0, 100), {
        ...SHORT,
        strategy,
        horizon: 3,
        difference: "first",
        season: "none",
      });
      const { forecasts } = forecaster.backtest(wave).entries[0];
      for (const i of [0, 7, 19]) expect(forecaster.predict(wave.slice(0, 100 + i))[0]).toBe(forecasts[i]);
    }
  });

  it("looks at the last values only: the same end, the same forecast", async () => {
    using forecaster = await Forecaster.train(wave, { ...SHORT, log: true, season: 8, difference: "both" });
    expect(forecaster.needs).toBe(9 + 12);
    const end = wave.slice(-forecaster.needs);
    expect(forecaster.predict([999, 1, 5, ...end], { horizon: 4 })).toEqual(forecaster.predict(end, { horizon: 4 }));
  });

  it("continues a learnt wave many steps ahead, recursively and directly", async () => {
    const clean = Array.from({ length: 160 }, (_, t) => 50 + 10 * Math.sin((2 * Math.PI * t) / 12));
    for (const strategy of ["recursive", "direct"] as const) {
      using forecaster = await Forecaster.train(clean.slice(0, 140), {
        strategy,
        horizon: 20,
        season: "none",
        difference: "none",
      });
      const ahead = forecaster.predict(clean.slice(0, 140));
      // A fifth of the amplitude; the last value held would err by up to twice the amplitude.
      for (const [i, value] of ahead.entries()) expect(Math.abs(value - clean[140 + i])).toBeLessThan(2);
    }
  });

  it("goes beyond the horizon recursively, never directly", async () => {
    using recursive = await Forecaster.train(wave, { ...SHORT, horizon: 2 });
    expect(recursive.predict(wave)).toHaveLength(2);
    expect(recursive.predict(wave, { horizon: 300 })).toHaveLength(300);
    expect(recursive.predict(wave, { horizon: 5 }).slice(0, 2)).toEqual(recursive.predict(wave));
    using direct = await Forecaster.train(wave, { ...SHORT, horizon: 6, strategy: "direct", lookback: 4 });
    expect(direct.predict(wave, { horizon: 5 })).toEqual(direct.predict(wave).slice(0, 5));
    expect(() => direct.predict(wave, { horizon: 7 })).toThrow(/trained for a horizon of 6, not 7/);
  });

  it("a constant series is forecast as it is", async () => {
    using forecaster = await Forecaster.train(new Array(60).fill(7.5), SHORT);
    for (const value of forecaster.predict(new Array(40).fill(7.5), { horizon: 3 })) expect(value).toBeCloseTo(7.5, 0);
  });
});

describe("forecaster: the same bits", () => {
  it("for the same seed, others for another", async () => {
    const run = async (seed: number) => {
      using forecaster = await Forecaster.train(wave, { ...SHORT, seed, horizon: 5 });
      return forecaster.predict(wave);
    };
    const [first, again, other] = [await run(3), await run(3), await run(4)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it("after save and load, in one safetensors file", async () => {
    using forecaster = await Forecaster.train(train, {
      ...SHORT,
      horizon: 12,
      cell: "lstm",
      layers: 2,
      strategy: "direct",
    });
    const bytes = forecaster.save();
    using twin = Forecaster.load(bytes);
    expect(twin.predict(airlinePassengers)).toEqual(forecaster.predict(airlinePassengers));
    expect(twin.backtest(airlinePassengers)).toEqual(forecaster.backtest(airlinePassengers));
    expect(twin.settings).toEqual(forecaster.settings);
    expect(twin.save()).toEqual(bytes);
    expect(readSafetensors(bytes).tensors.has("network1.head.weight")).toBe(true);
  });
});

describe("forecaster: training", () => {
  it("reports both stages, progress that only grows, and time left", async () => {
    const seen: ForecasterProgress[] = [];
    using forecaster = await Forecaster.train(wave, { ...SHORT, onProgress: (progress) => seen.push(progress) });
    expect(new Set(seen.map(({ stage, network }) => `${stage} ${network}`))).toEqual(
      new Set(["validate 1", "validate 2", "fit 1", "fit 2"]),
    );
    for (const [i, { done }] of seen.slice(1).entries()) expect(done).toBeGreaterThanOrEqual(seen[i].done);
    expect(seen.at(-1)?.done).toBe(1);
    expect(seen.at(-1)?.epochs).toBe(forecaster.settings.epochs);
    for (const { loss, secondsLeft } of seen) expect(loss > 0 && secondsLeft >= 0).toBe(true);
    // A slow machine reports within the first epoch too, before anything is validated.
    expect(seen.find(({ validationLoss }) => validationLoss !== undefined)?.validationLoss).toBeGreaterThan(0);
  });

  it("without a validation part trains for the epochs given", async () => {
    const stages = new Set<string>();
    using forecaster = await Forecaster.train(wave, {
      ...SHORT,
      validation: 0,
      epochs: 2,
      onProgress: ({ stage }) => stages.add(stage),
    });
    expect([...stages]).toEqual(["fit"]);
    expect(forecaster.settings.epochs).toBe(2);
  });

  it("ends with the signal's reason when aborted, before or on the way", async () => {
    await expect(Forecaster.train(wave, { signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow("before");
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error("enough"));
    await expect(Forecaster.train(wave, { signal: controller.signal, onProgress })).rejects.toThrow("enough");
  });

  it("hands out its networks and what they see", async () => {
    using forecaster = await Forecaster.train(train, SHORT);
    expect(forecaster.models).toHaveLength(2);
    const { input, count } = forecaster.examples(train);
    expect([count, input.width]).toEqual([96 - 13 - 12, 1]);
  });

  it.each<[string, ArrayLike<number>, ForecasterOptions, RegExp]>([
    ["an empty series", [], {}, /it is empty/],
    ["no series", "12" as unknown as number[], {}, /wants a series/],
    ["NaN", [1, 2, Number.NaN], {}, /received NaN at index 2/],
    ["infinity", [1, Infinity], {}, /received Infinity at index 1/],
    ["text", [1, "2"] as unknown as number[], {}, /received "2" at index 1. Make numbers of text/],
    ["too few values", wave.slice(0, 40), { lookback: 36, season: "none" }, /has 40 values, but 41 are needed/],
    [
      "too few for a season",
      wave.slice(0, 40),
      { lookback: 12, season: 30, difference: "both" },
      /but 48 are needed: 31 for differencing/,
    ],
    ["a logarithm of zero", [0, ...wave], { log: true }, /received 0 at index 0/],
    ["an unknown option", wave, { lookBack: 3 } as object, /knows no option "lookBack"/],
    ["a season of 1", wave, { season: 1 }, /season must be a whole number of 2 or more, received 1/],
    ["a seasonal difference without season", wave, { season: "none", difference: "seasonal" }, /needs a season/],
    ["an unknown cell", wave, { cell: "rnn" as "gru" }, /cell must be one of/],
    ["an unknown difference", wave, { difference: "second" as "first" }, /difference must be one of/],
    ["a horizon of 0", wave, { horizon: 0 }, /horizon must be a whole number from 1 to 65536/],
    ["a negative lookback", wave, { lookback: -1 }, /lookback must be a whole number/],
    ["a negative seed", wave, { seed: -1 }, /seed must be/],
    ["a learning rate of 0", wave, { learningRate: 0 }, /learningRate must be above 0/],
    ["all of it for validation", wave, { validation: 1 }, /validation must be a number between 0 and 0.5/],
    ["weight decay below 0", wave, { weightDecay: -1 }, /weightDecay/],
  ])("refuses %s", async (_, series, options, message) => {
    await expect(Forecaster.train(series, options)).rejects.toThrow(message);
    await expect(Forecaster.train(series, options)).rejects.toThrow(ArgumentError);
  });
});

describe("forecaster: refusals afterwards", () => {
  it("of a forecaster that was not trained", () => {
    const Public = Forecaster as unknown as new (series?: number[]) => Forecaster;
    for (const make of [() => new Public(), () => new Public(wave)])
      expect(make).toThrow(/made by Forecaster.train\(series, options\)/);
  });

  it("of series that do not fit", async () => {
    using forecaster = await Forecaster.train(train, SHORT);
    expect(() => forecaster.predict(train.slice(0, 20))).toThrow(/has 20 values, but 25 are needed/);
    expect(() => forecaster.predict([])).toThrow(/it is empty/);
    expect(() => forecaster.predict([...train, Number.NaN])).toThrow(/NaN at index 96/);
    expect(() => forecaster.predict([...train.slice(0, 95), -1])).toThrow(/positive values, received -1 at index 95/);
    expect(() => forecaster.predict(train, { horizn: 2 } as object)).toThrow(/knows no option/);
    expect(() => forecaster.backtest(train)).toThrow(/97 are needed/);
    expect(() => forecaster.backtest(airlinePassengers, { from: 10 })).toThrow(
      /25 values are needed before the first forecast/,
    );
    expect(() => forecaster.backtest(airlinePassengers, { from: 140, horizon: 5 })).toThrow(/145 are needed/);
  });

  it("of use after dispose", async () => {
    const forecaster = await Forecaster.train(wave, SHORT);
    forecaster.dispose();
    forecaster.dispose();
    for (const use of [() => forecaster.predict(wave), () => forecaster.save(), () => forecaster.backtest(wave)])
      expect(use).toThrow(StateError);
  });

  it("of files that are damaged, foreign, newer, or of another kind", async () => {
    using forecaster = await Forecaster.train(wave, SHORT);
    const { tensors, metadata } = readSafetensors(forecaster.save());
    const content = JSON.parse(metadata.recurve);
    const rewritten = (changes: object) => () =>
      Forecaster.load(writeSafetensors(tensors, { recurve: JSON.stringify({ ...content, ...changes }) }));
    expect(rewritten({})).not.toThrow();
    expect(() => Forecaster.load(writeSafetensors(tensors))).toThrow(FormatError);
    for (const changes of [
      { format: 99 },
      { kind: "model" },
      { settings: undefined },
      { settings: { ...content.settings, networks: 3 } },
      { settings: { ...content.settings, networks: 1e9 } },
      { settings: { ...content.settings, lookback: 0 } },
      { transform: { ...content.transform, scale: -1 } },
      { linear: [1] },
      { unit: "x" },
      { trainedOn: null },
      { network: { type: "sequential" } },
    ]) {
      expect(rewritten(changes), JSON.stringify(changes)).toThrow(FormatError);
    }
    const bytes = forecaster.save();
    for (let length = 0; length < bytes.length; length += 97)
      expect(() => Forecaster.load(bytes.subarray(0, length))).toThrow(FormatError);
  });
});
