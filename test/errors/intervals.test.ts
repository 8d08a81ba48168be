import { describe, expect, it } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors.js";
import { ArgumentError, Forecaster, FormatError, memoryUsage, StateError } from "../../src/index.js";
import { expectRefusal, expectRejection } from "../support/refusal.js";

const wave = Array.from({ length: 120 }, (_, t) => 20 + 5 * Math.sin((2 * Math.PI * t) / 8) + Math.cos(1.7 * t));
const SHORT = { epochs: 2, units: 4, networks: 1, horizon: 3 } as const;

describe("intervals refuse bad wishes before anything is trained", () => {
  it.each<[string, object, string[]]>([
    ["an interval of 0", { interval: 0 }, ["interval must be above 0 and below 1", "received 0"]],
    ["an interval of 1", { interval: 1 }, ["interval must be above 0 and below 1", "received 1"]],
    ["percent", { interval: 90 }, ["interval must be a number between 0 and 1", "received 90"]],
    ["NaN", { interval: Number.NaN }, ["interval must be", "received NaN"]],
    ["text", { interval: "0.9" }, ["interval must be", 'received "0.9"']],
    [
      "an unknown method",
      { interval: 0.9, intervalMethod: "gaussian" },
      ['intervalMethod must be one of "localConformal", "conformal", "quantile", "conformalQuantile"', '"gaussian"'],
    ],
    ["a method without interval", { intervalMethod: "conformal" }, ["intervalMethod", "Give interval, such as 0.9"]],
    ["a calibration without interval", { calibration: 0.3 }, ["calibration", "Give interval, such as 0.9"]],
    ["all of it for calibration", { interval: 0.9, calibration: 1 }, ["calibration must be", "0 and 0.5"]],
    [
      "a calibration of quantiles that have none",
      { interval: 0.9, intervalMethod: "quantile", calibration: 0.2 },
      ["are not calibrated", "Leave calibration out"],
    ],
    [
      "a calibration part too short for the share",
      { interval: 0.9, calibration: 0.08 },
      ["intervals of 0.9 at 3 steps ahead need 11 values", "10 of 120"],
    ],
    ["a share that half the series cannot show", { interval: 0.999 }, ["need 1001 values", "60 of 120"]],
    [
      "too little left to learn from",
      { interval: 0.9, calibration: 0.5, lookback: 60, season: "none" },
      ["has 120 values", "60 for calibration"],
    ],
  ])("%s", async (_, options, texts) => {
    const before = memoryUsage().used;
    const onProgress = () => expect.unreachable("a training began");
    await expectRejection(() => Forecaster.train(wave, { ...SHORT, ...options, onProgress }), ArgumentError, ...texts);
    expect(memoryUsage().used).toBe(before);
  });
});

describe("intervals afterwards", () => {
  it("are refused where there are none, beyond their horizon, and after dispose", async () => {
    using without = await Forecaster.train(wave, SHORT);
    expectRefusal(() => without.predictInterval(wave), StateError, "no intervals", "interval: 0.9");
    const forecaster = await Forecaster.train(wave, { ...SHORT, interval: 0.9 });
    expectRefusal(
      () => forecaster.predictInterval(wave, { horizon: 4 }),
      ArgumentError,
      "trained for a horizon of 3, not 4",
    );
    expectRefusal(() => forecaster.predictInterval(wave.slice(0, 9)), ArgumentError, "has 9 values");
    expectRefusal(() => forecaster.predictInterval([...wave, Number.NaN]), ArgumentError, "NaN at index 120");
    expectRefusal(() => forecaster.predictInterval(wave, { level: 0.5 } as object), ArgumentError, '"level"');
    forecaster.dispose();
    expectRefusal(() => forecaster.predictInterval(wave), StateError, "disposed");
  });

  it.each([
    ["conformal" as const, [{ intervals: { margins: [1, 2, 3], quantiles: {} } }]],
    [
      "conformalQuantile" as const,
      [
        { intervals: { margins: [1, 2, 3] } },
        { intervals: { margins: [1, 2, 3], quantiles: { lookback: 0 } } },
        { intervals: { margins: [1, 2, 3], quantiles: { lookback: 12, transform: { scale: 0 } } } },
        { intervalNetwork: undefined },
        { intervalNetwork: { type: "sequential" } },
      ],
    ],
  ])("of a damaged file are refused, and no memory is kept: %s", async (intervalMethod, more) => {
    using forecaster = await Forecaster.train(wave, { ...SHORT, interval: 0.9, intervalMethod });
    const { tensors, metadata } = readSafetensors(forecaster.save());
    const content = JSON.parse(metadata.recurve);
    const { intervals, settings } = content;
    const rewritten =
      (changes: object, kept = tensors) =>
      () =>
        Forecaster.load(writeSafetensors(kept, { recurve: JSON.stringify({ ...content, ...changes }) }));
    const before = memoryUsage().used;
    for (const changes of [
      { intervals: undefined },
      { intervals: { ...intervals, margins: [1] } },
      { intervals: { ...intervals, margins: [1, null, 2] } },
      { settings: { ...settings, interval: 2 } },
      { settings: { ...settings, interval: undefined } },
      { settings: { ...settings, intervalMethod: "quantil" } },
      ...more,
    ]) {
      expect(rewritten(changes), JSON.stringify(changes)).toThrow(FormatError);
    }
    const without = new Map([...tensors].filter(([name]) => !name.endsWith("0.head.weight")));
    expect(without.size).toBeLessThan(tensors.size);
    expect(rewritten({}, without)).toThrow(FormatError);
    expect(memoryUsage().used).toBe(before);
    expect(rewritten({})).not.toThrow();
  });
});
