import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  clearGradients,
  clipGradients,
  dense,
  dropout,
  elman,
  fit,
  gru,
  lastStep,
  Model,
  StateError,
  sequential,
  sgd,
  Trainer,
  type TrainerOptions,
  truncated,
  windows,
} from "../../src/index.js";
import { expectRefusal, expectRejection, expectUntouched, stateOf } from "../support/refusal.js";
import { data, loss, make, wave } from "./trainers.js";

const any = (value: unknown) => value as never;

describe("accumulation is refused, and the model stays as it was,", () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ["of no batch", { accumulate: 0 }, ["accumulate", "received 0"]],
    ["of half a batch", { accumulate: 1.5 }, ["accumulate", "received 1.5"]],
    ["of a text", { accumulate: "4" }, ["accumulate", '"4"']],
    [
      "with truncation",
      { accumulate: 2, truncate: truncated({ every: 2 }) },
      ["accumulate", "truncate", "a larger every"],
    ],
  ])("%s", async (_name, options, texts) => {
    const model = make();
    expectUntouched(model, () => new Trainer(model, data, any({ loss, ...options })), ArgumentError, ...texts);
    const before = stateOf(model);
    await expectRejection(() => fit(model, data, any({ loss, ...options })), ArgumentError, ...texts);
    expect(stateOf(model)).toEqual(before);
    model.dispose();
  });
});

/** A training whose loss throws, or is infinite, when it is told to. */
function training(options: Partial<TrainerOptions>, network = sequential(gru(3), dropout(0.3), lastStep(), dense(1))) {
  const told = { fails: Number.POSITIVE_INFINITY, loss: 1 };
  const own: TrainerOptions["loss"] = (prediction, target) => {
    if (--told.fails === 0 && told.loss === 1) throw new RangeError("mine");
    return {
      loss: told.fails === 0 ? told.loss : 1,
      gradient: prediction.data.map((value, at) => value - (target.data[at] as number)),
    };
  };
  const model = new Model(network, { inputSize: 1, seed: 3 });
  const optimizer = sgd({ learningRate: 0.1, momentum: 0.5 });
  return { told, trainer: new Trainer(model, data, { optimizer, ...options, loss: own }) };
}

describe("what goes wrong in any of an update's batches leaves everything as after the update before", () => {
  test.each<[string, Partial<TrainerOptions>, ReturnType<typeof sequential> | undefined]>([
    ["shuffled batches with noise", { batchSize: 3, accumulate: 3 }, undefined],
    [
      "windows with a carried state",
      { batchSize: 1, accumulate: 3, carryState: true, shuffle: false },
      sequential(elman(3, { zoneout: 0.2 }), lastStep(), dense(1)),
    ],
  ])("%s", (_name, options, network) => {
    const [calm, upset] = [training(options, network), training(options, network)];
    const batches = Math.ceil(data.count / (options.batchSize as number));
    const updates = Math.ceil(batches / 3);
    for (let update = 0; update < 12; update++) {
      // An epoch's last update may have fewer batches.
      const places = Math.min(3, batches - 3 * (update % updates));
      for (let place = 1; place <= places; place++) {
        upset.told.fails = place;
        const saved = upset.trainer.save();
        expectRefusal(() => upset.trainer.run({ batches: 1 }), RangeError, "mine");
        expect(upset.trainer.save()).toEqual(saved);
        upset.told.fails = Number.POSITIVE_INFINITY;
      }
      for (const { trainer } of [calm, upset]) trainer.run({ batches: 1 });
      expect(upset.trainer.save()).toEqual(calm.trainer.save());
    }
  });

  test("a loss that is no number, too", () => {
    const { told, trainer } = training({ batchSize: 3, accumulate: 3 });
    const saved = trainer.save();
    Object.assign(told, { fails: 2, loss: Number.NaN });
    expectRefusal(() => trainer.run({ batches: 1 }), StateError, "the loss is NaN", "after 0 updates");
    expect(trainer.save()).toEqual(saved);
  });
});

test("while fit trains a model, nobody else clears or clips its gradients", async () => {
  const model = make();
  const long = windows(wave, { window: 3 });
  const first = fit(model, long, { loss, batchSize: 1, accumulate: 5, epochs: 4_000 });
  await new Promise((resolve) => setImmediate(resolve));
  expectRefusal(() => clearGradients(model), StateError, "being trained by fit");
  expectRefusal(() => clipGradients(model, { norm: 1 }), StateError, "being trained by fit");
  await first;
  clearGradients(model);
  expect(clipGradients(model, { norm: 1 })).toBe(0);
});
