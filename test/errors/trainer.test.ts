import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  defineSchedule,
  dense,
  fit,
  type LossFunction,
  lastStep,
  lstm,
  Model,
  Optimizer,
  ShapeError,
  StateError,
  sequential,
  sgd,
  Trainer,
  windows,
} from "../../src/index.js";
import { expectRefusal, expectRejection, expectUntouched, stateOf } from "../support/refusal.js";
import { begin, data, loss, make } from "./trainers.js";

const any = (value: unknown) => value as never;
const endless: Record<string, unknown> = {};
endless.self = endless;

describe("a trainer refuses, and leaves the model as it was,", () => {
  test.each<[string, unknown, unknown, abstract new (message: string) => Error, string[]]>([
    ["no options", data, undefined, ArgumentError, ["Trainer wants its options"]],
    ["an unknown option", data, { loss, batches: 4 }, ArgumentError, ['no option "batches"', "batchSize"]],
    ["no loss", data, {}, ArgumentError, ["loss must be"]],
    ["no data", undefined, { loss }, ArgumentError, ["{ input, target }"]],
    ["epochs that are none", data, { loss, epochs: 0 }, ArgumentError, ["epochs must be a whole number"]],
    ["patience alone", data, { loss, patience: 2 }, ArgumentError, ["patience needs validation"]],
    ["metrics alone", data, { loss, metrics: [] }, ArgumentError, ["metrics needs validation"]],
    [
      "improvement without patience",
      data,
      { loss, validation: 0.5, leastImprovement: 1 },
      ArgumentError,
      ["leastImprovement", "patience"],
    ],
    [
      "a share of everything",
      data,
      { loss, validation: 1 },
      ArgumentError,
      ["share above 0 and below 1", "received 1"],
    ],
    ["a share of nothing", data, { loss, validation: 0 }, ArgumentError, ["share above 0 and below 1"]],
    ["a percentage", data, { loss, validation: 20 }, ArgumentError, ["received 20"]],
    ["a share that leaves nothing", data.slice(0, 1), { loss, validation: 0.5 }, ArgumentError, ["leaves none"]],
    ["a schedule that is none", data, { loss, schedule: () => 1 }, ArgumentError, ["rate(update, base)", "a function"]],
    [
      "a metric that is none",
      data,
      { loss, validation: 0.5, metrics: ["x"] },
      ArgumentError,
      ["score(output, target)"],
    ],
    ["a callback that is none", data, { loss, onEpoch: 3 }, ArgumentError, ["onEpoch must be a function"]],
    ["extras that are no object", data, { loss, extras: [1] }, ArgumentError, ["extras must be an object"]],
    ["extras that JSON loses", data, { loss, extras: { a: { b: Number.NaN } } }, ArgumentError, ['NaN in "b"']],
    ["a function in the extras", data, { loss, extras: { f: () => 1 } }, ArgumentError, ['a function (f) in "f"']],
    ["a hole in the extras", data, { loss, extras: { a: [1, undefined] } }, ArgumentError, ['undefined in "1"']],
    ["extras that hold themselves", data, { loss, extras: endless }, ArgumentError, ["extras must be plain JSON"]],
    [
      "a schedule whose options no file holds",
      data,
      { loss, schedule: defineSchedule({ name: "own", options: { until: Infinity }, rate: () => 1 }) },
      ArgumentError,
      ["options of the schedule own", 'Infinity in "until"'],
    ],
    [
      "mismatched lengths",
      { input: [[[1], [2]], [[3]]], target: [1, 2], lengths: [1] },
      { loss },
      ShapeError,
      ["lengths", "received 1"],
    ],
    [
      "targets of another width",
      { input: [[[1], [2]]], target: [[1, 2]] },
      { loss },
      ShapeError,
      ["wants targets [batch, 1]"],
    ],
    [
      "validation of another width",
      data,
      { loss, validation: { input: [[[1, 2]]], target: [1] } },
      ShapeError,
      ["validation data must have 1 features"],
    ],
  ])("%s", (_name, given, options, kind, texts) => {
    const model = make();
    expectUntouched(model, () => new Trainer(model, any(given), any(options)), kind, ...texts);
    model.dispose();
  });

  test("to be disposed by what it calls, and goes on", () => {
    const refused: unknown[] = [];
    const trainer = begin({
      onUpdate() {
        try {
          trainer.dispose();
        } catch (error) {
          refused.push(error);
        }
      },
    });
    trainer.run({ batches: 2 });
    expect(refused).toHaveLength(2);
    for (const error of refused) expect(String(error)).toMatch(/^StateError: this trainer is in the middle of a run/);
    trainer.run({ batches: 1 });
    expect(trainer.updates).toBe(3);
    trainer.dispose();
    expectRefusal(() => trainer.run({ batches: 1 }), StateError, "disposed");
  });

  test("to be saved by a schedule that takes in the epoch's end", () => {
    let trainer: Trainer | undefined;
    const schedule = defineSchedule({
      name: "curious",
      options: {},
      rate: (_, base) => base,
      endEpoch: () => void expectRefusal(() => trainer?.save(), StateError, "between updates"),
    });
    trainer = begin({ schedule });
    trainer.run({ epochs: 1 });
    expect(trainer.save().length).toBeGreaterThan(0);
  });

  test("another optimizer's update in the middle of its own", () => {
    const model = make();
    const other = new Optimizer(model, sgd());
    const own: LossFunction = (prediction) => {
      expectRefusal(() => other.update(), StateError, "is being trained by fit");
      return { loss: 0, gradient: new Float32Array(prediction.data.length) };
    };
    new Trainer(model, data, { loss: own }).run({ batches: 1 });
    expect(other.updates).toBe(0);
  });

  test("windows longer than the series", () => {
    expectRefusal(() => windows([1, 2, 3], { window: 5 }), ArgumentError, "too short for a window of 5");
  });

  test("a layer whose name another tensor of the file needs", () => {
    const clash = sequential(lstm(2, { name: "rnn" }), lstm(2, { name: "best.rnn" }), lastStep(), dense(1));
    const model = new Model(clash, { inputSize: 1 });
    expectRefusal(() => new Trainer(model, data, { loss }), ArgumentError, '"best.rnn.weight_ih_l0" twice');
  });

  test("a model that is disposed", () => {
    const model = make();
    model.dispose();
    expectRefusal(() => new Trainer(model, data, { loss }), StateError, "was disposed");
  });
});

describe("run refuses, and nothing is trained,", () => {
  test.each<[string, unknown, string]>([
    ["nothing", {}, "one of { batches }, { epochs } and { work }, received none"],
    ["two lengths", { batches: 1, epochs: 1 }, "received several"],
    ["no batch", { batches: 0 }, "batches of run must be a whole number"],
    ["half an epoch", { epochs: 0.5 }, "epochs of run must be a whole number"],
    ["no work", { work: 0 }, "work of run must be"],
    ["endless work", { work: Number.POSITIVE_INFINITY }, "work of run must be"],
    ["an unknown length", { updates: 3 }, 'no option "updates"'],
    ["a bare number", 3, "wants its options as an object"],
  ])("%s", (_name, length, text) => {
    const trainer = begin();
    expectUntouched(trainer.model, () => trainer.run(any(length)), ArgumentError, text);
    expect(trainer.updates).toBe(0);
  });

  test("while fit trains the model, and fit while a run does", async () => {
    const trainer = begin();
    const { model } = trainer;
    const stop = new AbortController();
    // Longer than any machine takes to its first breath.
    const running = fit(model, data, { loss, epochs: 1_000_000, signal: stop.signal });
    await new Promise((resolve) => setImmediate(resolve));
    expectRefusal(() => trainer.run({ batches: 1 }), StateError, "already being trained");
    expectRefusal(() => new Trainer(model, data, { loss }), StateError, "already being trained");
    stop.abort();
    await running;
    const refusals: Promise<void>[] = [];
    const busy = new Trainer(model, data, {
      loss,
      onUpdate() {
        expectRefusal(() => busy.run({ batches: 1 }), StateError, "already being trained");
        refusals.push(expectRejection(() => fit(model, data, { loss }), StateError, "already being trained"));
      },
    });
    busy.run({ batches: 1 });
    await Promise.all(refusals);
    expect([refusals.length, busy.updates]).toEqual([1, 1]);
  });

  test("after the end, and after dispose", () => {
    const trainer = begin({ epochs: 1 });
    expect(trainer.run({ epochs: 5 })).toMatchObject({ epochs: 1, stopped: "finished" });
    expectRefusal(() => trainer.run({ batches: 1 }), StateError, "over (finished) after 1 epochs");
    trainer.dispose();
    expectRefusal(() => trainer.run({ batches: 1 }), StateError, "this trainer was disposed");
    expectRefusal(() => trainer.save(), StateError, "this trainer was disposed");
    const other = begin();
    other.model.dispose();
    expectRefusal(() => other.run({ batches: 1 }), StateError, "model was disposed");
    expectRefusal(() => other.save(), StateError, "model was disposed");
  });

  test("a learning rate that is none", () => {
    const trainer = begin();
    expectRefusal(() => (trainer.learningRate = -1), ArgumentError, "learningRate");
    const bad = begin({ schedule: defineSchedule({ name: "bad", options: {}, rate: () => Number.NaN }) });
    expectRefusal(() => bad.run({ batches: 1 }), ArgumentError, "learningRate", "NaN");
    expect(stateOf(bad.model).isBusy).toBe(false);
  });

  test("an error in a callback leaves a training that goes on as if there had been none", () => {
    const [calm, upset] = [begin(), begin()];
    let isUpset = true;
    const thrower = new Trainer(upset.model, data, {
      loss,
      batchSize: 4,
      onUpdate: (_loss, update) => {
        // The last update of an epoch: its end is due when the run goes on.
        if (isUpset && update === 7) throw new RangeError("mine");
      },
    });
    expectRefusal(() => thrower.run({ epochs: 2 }), RangeError as never, "mine");
    isUpset = false;
    expect(thrower.run({ epochs: 2 })).toMatchObject({ epochs: 2, batches: 7 });
    calm.run({ epochs: 2 });
    expect(thrower.save()).toEqual(calm.save());
  });
});

describe("saving in the middle of an update is refused", () => {
  test("from a loss or a schedule", () => {
    for (const where of ["loss", "schedule"]) {
      const trainer: Trainer = begin({
        loss: (prediction) => {
          if (where === "loss") trainer.save();
          return { loss: 1, gradient: prediction.data };
        },
        schedule: defineSchedule({ name: "nosy", options: {}, rate: (update) => trainer.save().length + update }),
      });
      expectRefusal(() => trainer.run({ batches: 1 }), StateError, "between updates");
    }
  });
});
