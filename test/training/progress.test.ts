import { afterEach, describe, expect, test, vi } from "vitest";
import { type FitProgress, fit, meanSquaredError, type tensor, windows } from "../../src/index.js";

import { data, make } from "./samples.js";

afterEach(() => vi.unstubAllGlobals());

describe("progress", () => {
  test("is told after each epoch, and its numbers fit each other", async () => {
    const reports: FitProgress[] = [];
    const updates: [number, number][] = [];
    const model = make();
    const { losses, validationLosses } = await fit(model, data, {
      loss: meanSquaredError,
      epochs: 4,
      batchSize: 20,
      validation: data,
      onProgress: (report) => reports.push(report),
      onUpdate: (loss, update) => updates.push([loss, update]),
    });
    const ends = reports.filter(({ examples, of }) => examples === of);
    expect(ends.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(ends.map(({ loss }) => loss)).toEqual(losses);
    expect(ends.map(({ validationLoss }) => validationLoss)).toEqual(validationLosses);
    expect(updates.map(([, update]) => update)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect(updates.slice(0, 3).reduce((sum, [loss], index) => sum + loss * (index < 2 ? 20 : 14), 0) / 54).toBe(
      losses[0],
    );
    for (const report of reports) {
      expect(report).toMatchObject({ epochs: 4, of: 54 });
      expect(report.gradientNorm).toBeGreaterThan(0);
      expect(report.examplesPerSecond).toBeGreaterThan(0);
      expect(report.secondsLeft).toBeGreaterThanOrEqual(0);
    }
    expect(reports.at(-1)?.secondsLeft).toBe(0);
  });

  test("the event loop keeps turning while a run takes long, in training and in validation", async () => {
    let [turns, time] = [0, 1000];
    vi.stubGlobal("performance", { now: () => time });
    let next: NodeJS.Immediate;
    const turn = () => {
      turns++;
      next = setImmediate(turn);
    };
    next = setImmediate(turn);
    const seen: number[] = [];
    /** A step that takes longer, by a clock that is set by hand, than a page may be held up. */
    const slow = (prediction: ReturnType<typeof tensor>) => {
      seen.push(turns);
      time += 30;
      return { loss: 1, gradient: prediction.data };
    };
    const long = windows(
      Array.from({ length: 200 }, (_, index) => (index % 19) / 19),
      { window: 5 },
    );
    await fit(make(), long, { loss: slow, batchSize: 64, validation: long });
    clearImmediate(next);
    // Four batches of training, four of validation, and between any two of them a turn.
    expect(seen).toHaveLength(8);
    expect(new Set(seen).size).toBe(8);
  });
});
