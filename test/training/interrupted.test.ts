import { describe, expect, test } from "vitest";
import {
  dense,
  dropout,
  ema,
  gru,
  type Layer,
  type LossFunction,
  lastStep,
  lstm,
  Model,
  sequential,
  Trainer,
  type TrainerOptions,
  truncated,
} from "../../src/index.js";
import { data, ragged } from "./samples.js";

/** Errors that a caller's own functions throw; no two trainings throw them at the same places. */
const mine = new RangeError("mine");

/** The squared error, and what may happen instead of it. */
const judge =
  (trouble: () => "error" | "NaN" | undefined): LossFunction =>
  (prediction, target) => {
    const happened = trouble();
    if (happened === "error") throw mine;
    const count = prediction.data.length;
    const errors = prediction.data.map((value, at) => value - (target.data[at] as number));
    const loss = errors.reduce((sum, error) => sum + error * error, 0) / count;
    return { loss: happened === "NaN" ? Number.NaN : loss, gradient: errors.map((error) => (2 * error) / count) };
  };

const answered = sequential(lstm(4, { recurrentDropout: 0.2 }), dropout(0.3), lastStep(), dense(1));
const streamed = sequential(gru(4, { zoneout: 0.2, initialState: "learned" }), dropout(0.3), dense(1));

describe("a training that a caller's errors interrupt again and again, and that goes on, ends with the same bits", () => {
  test.each<[string, Layer, object, Partial<TrainerOptions>]>([
    ["batches with noise", answered, data, { batchSize: 8 }],
    ["several batches an update", answered, data, { batchSize: 5, accumulate: 3 }],
    ["a state that is carried", sequential(lstm(4), lastStep(), dense(1)), data, { batchSize: 1, carryState: true }],
    ["the same, several windows an update", answered, data, { batchSize: 1, carryState: true, accumulate: 4 }],
    ["truncated windows", streamed, ragged, { batchSize: 3, truncate: truncated({ every: 1 }) }],
    [
      "truncated windows that overlap",
      streamed,
      ragged,
      { batchSize: 3, truncate: truncated({ every: 2, window: 4 }) },
    ],
  ])("%s", (_name, network, given, options) => {
    const train = (trouble: () => "error" | "NaN" | undefined, rude: () => boolean) => {
      const listen = () => {
        if (rude()) throw mine;
      };
      const rate = (update: number, base: number) => (rude() ? Number.NaN : base / update);
      const model = new Model(network, { inputSize: 1, seed: 4 });
      const trainer = new Trainer(model, given as never, {
        ...{ loss: judge(trouble), epochs: 2, shuffle: false, averaging: ema({ decay: 0.5 }), ...options },
        ...{ schedule: { name: "own", options: {}, rate }, onUpdate: listen, onEpoch: listen },
      });
      let errors = 0;
      // One update at a time: an endless one would show as a test that never ends.
      for (let run = 0; trainer.stopped === undefined && run < 2000; run++) {
        try {
          trainer.run({ batches: 1 });
        } catch (error) {
          expect(String(error)).toMatch(/mine|diverged|learningRate/);
          errors++;
        }
      }
      expect(trainer.stopped).toBe("finished");
      return { saved: trainer.save(), errors };
    };
    let [calls, listened] = [0, 0];
    const calm = train(
      () => undefined,
      () => false,
    );
    const wild = train(
      () => (["error", "NaN"] as const)[calls++ % 7],
      () => listened++ % 3 === 1,
    );
    expect(calm.errors).toBe(0);
    expect(wild.errors).toBeGreaterThan(10);
    expect(wild.saved).toEqual(calm.saved);
  });
});
