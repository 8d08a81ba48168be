import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  Forecaster,
  FormatError,
  memoryUsage,
  readSafetensors,
  writeSafetensors,
} from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";

const wave = Array.from({ length: 60 }, (_, t) => 20 + 5 * Math.sin(t / 3) + Math.cos(1.7 * t));
const SHORT = { epochs: 1, units: 2, networks: 2, horizon: 3, lookback: 4, season: "none" } as const;
const QUANTILES = { interval: 0.6, intervalMethod: "conformalQuantile" } as const;

/** A file whose settings say something else. */
function falsified(bytes: Uint8Array, changes: object): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes);
  const { settings, ...content } = JSON.parse(metadata.recurve);
  return writeSafetensors(tensors, { recurve: JSON.stringify({ ...content, settings: { ...settings, ...changes } }) });
}

describe("a forecaster's file whose settings and networks disagree is refused", () => {
  test.each<[string, object, object, string[]]>([
    ["direct, but trained recursively", {}, { strategy: "direct" }, ["tell 3 values", "tell 1."]],
    [
      "recursive, but trained directly",
      { strategy: "direct" },
      { strategy: "recursive" },
      ["tell 1 values", "tell 3."],
    ],
    ["a longer horizon", { strategy: "direct" }, { horizon: 5 }, ["tell 5 values", "tell 3."]],
    ["fewer networks", {}, { networks: 1 }, ["more networks than the 1"]],
    ["a horizon that nobody can ask for", {}, { horizon: 70_000 }, ["settings are damaged"]],
    ["more networks", {}, { networks: 3 }, ['"rnn.weight_ih_l0" is missing']],
  ])("%s", async (_name, trained, told, texts) => {
    using forecaster = await Forecaster.train(wave, { ...SHORT, ...trained });
    const file = falsified(forecaster.save(), told);
    const { used } = memoryUsage();
    expectRefusal(() => Forecaster.load(file), FormatError, ...texts);
    expect(memoryUsage().used).toBe(used);
  });

  test("a longer horizon of quantiles", async () => {
    using forecaster = await Forecaster.train(wave, { ...SHORT, ...QUANTILES });
    const { tensors, metadata } = readSafetensors(forecaster.save());
    const content = JSON.parse(metadata.recurve);
    content.settings.horizon = 4;
    content.intervals.margins.push(0);
    const file = writeSafetensors(tensors, { recurve: JSON.stringify(content) });
    const { used } = memoryUsage();
    expectRefusal(() => Forecaster.load(file), FormatError, "tell 8 values", "tell 6.");
    expect(memoryUsage().used).toBe(used);
  });
});

/** Takes a file as it is: refused, or a forecaster with finite forecasts or none. */
function attempt(bytes: Uint8Array): "refused" | "read" {
  try {
    using forecaster = Forecaster.load(bytes);
    const { needs } = forecaster;
    if (needs > wave.length) return "read";
    try {
      expect(forecaster.predict(wave).every(Number.isFinite)).toBe(true);
    } catch (error) {
      // Weights and scales as large as bytes can make them lead beyond float32.
      expect(error, `${(error as Error).stack}`).toBeInstanceOf(ArgumentError);
    }
    return "read";
  } catch (error) {
    expect(error, `${(error as Error).stack}`).toBeInstanceOf(FormatError);
    return "refused";
  }
}

test.each([
  ["plain", {}],
  ["with quantiles", QUANTILES],
])("a file with any one byte turned over is refused, or is a forecaster with finite forecasts: %s", async (_, more) => {
  using forecaster = await Forecaster.train(wave, { ...SHORT, ...more });
  const file = forecaster.save();
  const { used } = memoryUsage();
  const seen = new Set<string>();
  for (let at = 0; at < file.length; at += 3) {
    const bytes = file.slice();
    bytes[at] ^= [0x01, 0x10, 0x80, 0xff][at % 4];
    seen.add(attempt(bytes));
  }
  expect(seen).toEqual(new Set(["refused", "read"]));
  expect(memoryUsage().used).toBe(used);
});
