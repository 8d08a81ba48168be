import { describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors.js";
import {
  ArgumentError,
  bidirectional,
  ctc,
  type Data,
  dense,
  encoderDecoder,
  FormatError,
  finalState,
  fit,
  gru,
  type Layer,
  lastStep,
  lstm,
  Model,
  max,
  mean,
  meanSquaredError,
  oneToMany,
  ShapeError,
  StateError,
  sequential,
  sgd,
  streams,
  Tensor,
  Trainer,
  type TrainerOptions,
  truncated,
} from "../../src/index.js";
import { checksum } from "../../src/training/saveCourse.js";
import { expectRefusal, expectUntouched } from "../support/refusal.js";

const any = (value: unknown) => value as never;
const loss = meanSquaredError;
const truncate = truncated({ every: 2, window: 5 });
const wave = Array.from({ length: 41 }, (_, index) => ((index * index) % 7) / 7);
const data = streams(wave, { batchSize: 2 });
const network = sequential(lstm(3), gru(2), dense(1));
const model = (layer: Layer = network) => new Model(layer, { inputSize: 1 });

describe("truncate is refused, and the model stays as it was,", () => {
  test.each<[string, unknown, string[]]>([
    ["as a number", 10, ["truncate must be such as truncated({ every: 20, window: 40 })", "10"]],
    ["as null", null, ["truncate must be such as truncated("]],
    ["as a plain object", { every: 2, window: 5 }, ["truncate must be such as truncated(", "every, window"]],
  ])("%s", (_name, given, texts) => {
    const one = model();
    expectUntouched(one, () => new Trainer(one, data, { loss, truncate: any(given) }), ArgumentError, ...texts);
    one.dispose();
  });

  test.each<[string, unknown, string[]]>([
    ["as nothing", undefined, ["truncated wants its options as an object"]],
    ["without every", {}, ["every of truncated must be a whole number"]],
    ["with no step", { every: 0 }, ["every of truncated"]],
    ["with half a step", { every: 2.5 }, ["every of truncated"]],
    ["with a window of text", { every: 2, window: "5" }, ["window of truncated"]],
    ["with a shorter window", { every: 5, window: 3 }, ["window (k2) is 3, every (k1) is 5", "the first 2"]],
    ["with an unknown option", { every: 2, k2: 5 }, ['no option "k2"', "window"]],
  ])("%s", (_name, given, texts) => {
    expectRefusal(() => truncated(any(given)), ArgumentError, ...texts);
  });

  const rows = [[[0.1], [0.2], [0.3]]];
  const perStep: Data = { input: rows, target: rows };
  const perSequence: Data = { input: rows, target: [[1]] };
  test.each<[string, Layer, Data, string[]]>([
    [
      "a reverse layer",
      sequential(gru(3, { direction: "reverse" }), dense(1)),
      perStep,
      ["gru(3, reverse)", "from its end"],
    ],
    ["a bidirectional one", sequential(bidirectional(gru(3)), dense(1)), perStep, ["gru(3, reverse)", "yet to come"]],
    ["a mean over time", sequential(gru(3), mean(), dense(1)), perSequence, ["mean cannot", "all steps"]],
    ["a maximum over time", sequential(gru(3), max(), dense(1)), perSequence, ["max cannot", "all steps"]],
    [
      "the last step alone",
      sequential(gru(3), lastStep(), dense(1)),
      perSequence,
      ["output for every step", "lastStep"],
    ],
    ["the final state alone", sequential(gru(3), finalState(), dense(1)), perSequence, ["output for every step"]],
  ])("for %s", (_name, layer, examples, texts) => {
    const one = model(layer);
    expectUntouched(one, () => new Trainer(one, examples, { loss, truncate }), ArgumentError, ...texts);
    one.dispose();
  });

  test("for networks that answer at steps of their own", () => {
    const answering: (readonly [Model, number[][] | number[][][]])[] = [
      [new Model(oneToMany({ inputSize: 1, units: 3, outputSize: 1, steps: 3, cell: "gru" })), [[0.1]]],
      [new Model(encoderDecoder({ inputSize: 1, units: 3, outputSize: 1, steps: 3, cell: "gru" })), rows],
    ];
    for (const [one, input] of answering) {
      const examples = { input, target: rows };
      expectUntouched(one, () => new Trainer(one, examples, { loss, truncate }), ArgumentError, "steps of its own");
      one.dispose();
    }
  });

  test("together with a mask, carried states, or a loss of labels", () => {
    const one = model();
    const masked = { ...perStep, mask: [[1, 0, 1]] };
    expectUntouched(one, () => new Trainer(one, masked, { loss, truncate }), ArgumentError, "no mask", "lengths");
    const carrying = { loss, truncate, carryState: true, batchSize: 1, shuffle: false };
    expectUntouched(one, () => new Trainer(one, data, carrying), ArgumentError, "carryState and truncate both");
    one.dispose();
    const labels = model(sequential(lstm(3), dense(4)));
    const labelled = { input: rows, target: [[1]] };
    const listening = { loss: ctc(), truncate };
    expectUntouched(
      labels,
      () => new Trainer(labels, labelled, listening),
      ArgumentError,
      "ctc judges whole sequences",
    );
    labels.dispose();
  });

  test("by fit too, before anything has begun", async () => {
    using one = model();
    await expect(fit(one, data, { loss, truncate: any({ every: 3, window: 2 }) })).rejects.toThrow(ArgumentError);
  });
});

describe("streams are refused", () => {
  test.each<[string, unknown, unknown, abstract new (message: string) => Error, string]>([
    ["of nothing", [], {}, ArgumentError, "is empty"],
    ["of three axes", [[[1]]], {}, ShapeError, "[time] or [time, features]"],
    ["of no numbers", [1, Number.NaN, 3], {}, ArgumentError, "NaN at step 1"],
    ["that are too short", [1, 2, 3], { batchSize: 3 }, ArgumentError, "3 steps is too short for 3 streams"],
    ["with a horizon beyond", [1, 2, 3], { horizon: 3 }, ArgumentError, "a horizon of 3: 4 are needed"],
    ["with a shorter target", [1, 2, 3], { target: [1, 2] }, ShapeError, "has 3 steps, its target 2"],
    [
      "with a target of no numbers",
      [1, 2],
      { target: [1, Infinity] },
      ArgumentError,
      "the target of streams must be finite",
    ],
    ["in no number", [1, 2, 3], { batchSize: 0 }, ArgumentError, "batchSize of streams"],
    ["with an unknown option", [1, 2, 3], { steps: 2 }, ArgumentError, 'no option "steps"'],
  ])("%s", (_name, series, options, kind, text) => {
    expectRefusal(() => streams(any(series), any(options)), kind, text);
  });
});

/** A training in the midst of its streams. */
function underWay(options: Partial<TrainerOptions> = {}, layer = network): Trainer {
  const trainer = new Trainer(model(layer), data, { loss, batchSize: 2, truncate, ...options });
  trainer.run({ batches: 4 });
  return trainer;
}

describe("what goes wrong in an update leaves the window as it was", () => {
  test("a step beyond float32: with a lower rate it goes on as if nothing had been", () => {
    const optimizer = sgd({ learningRate: 0.01 });
    const [calm, upset] = [underWay({ optimizer }), underWay({ optimizer })];
    upset.learningRate = 1e38;
    expectRefusal(() => upset.run({ batches: 1 }), StateError, "an update of the size");
    upset.learningRate = 0.01;
    expect(upset.save()).toEqual(calm.save());
    for (const trainer of [calm, upset]) trainer.run({ batches: 5 });
    expect(upset.save()).toEqual(calm.save());
    for (const trainer of [calm, upset]) trainer.model.dispose();
  });

  test("a loss of one's own that throws, at any update", () => {
    let fails = false;
    const own: TrainerOptions["loss"] = (prediction) => {
      if (fails) throw new RangeError("mine");
      return { loss: 1, gradient: prediction.data };
    };
    const whole = new Trainer(model(), data, { loss: own, batchSize: 2, truncate });
    const pieces = new Trainer(model(), data, { loss: own, batchSize: 2, truncate });
    for (let update = 0; update < 14; update++) {
      whole.run({ batches: 1 });
      fails = true;
      expectRefusal(() => pieces.run({ batches: 1 }), RangeError as never, "mine");
      fails = false;
      pieces.run({ batches: 1 });
      expect(pieces.save(), `update ${update}`).toEqual(whole.save());
    }
    for (const trainer of [whole, pieces]) trainer.model.dispose();
  });

  test("what is not finite is reported with its step of the stream, not of the window", () => {
    const trainer = underWay({}, sequential(gru(2), dense(3), dense(1)));
    for (const weight of trainer.model.parameters.slice(-4))
      weight.write(new Tensor(weight.read().data.fill(1e30), weight.shape));
    let message = "";
    try {
      trainer.run({ batches: 1 });
    } catch (error) {
      message = (error as Error).message;
    }
    const [, layer, step] = /output that is not finite is of layer "(\d)" .* at step (\d+)/.exec(message) ?? [];
    expect([layer, step]).toEqual(["2", "8"]);
    trainer.model.dispose();
  });

  test("another training of the model between two runs", () => {
    const [calm, mixed] = [underWay({}, sequential(gru(3), dense(1))), underWay({}, sequential(gru(3), dense(1)))];
    // It uses the model's own plan; the trainer's window is another.
    mixed.model.predict([[1], [2]]);
    for (const trainer of [calm, mixed]) trainer.run({ batches: 3 });
    expect(mixed.save()).toEqual(calm.save());
    for (const trainer of [calm, mixed]) trainer.model.dispose();
  });
});

describe("a trainer's file in the midst of streams is refused when it lies", () => {
  /** The file with other metadata or tensors, its checksum made good. */
  function changed(change: (content: Record<string, unknown>, tensors: Map<string, never>) => void): Uint8Array {
    const trainer = underWay();
    const { tensors, metadata } = readSafetensors(trainer.save(), "file");
    trainer.model.dispose();
    const content = JSON.parse(metadata.recurve as string);
    const copies = new Map(tensors) as Map<string, never>;
    change(content, copies);
    const text = JSON.stringify(content);
    return writeSafetensors(copies, { recurve: text, checksum: checksum(text, copies) });
  }

  test.each<[string, (content: Record<string, unknown>, tensors: Map<string, never>) => void, string]>([
    ["about its steps", (content) => (content.window = { steps: -1, draws: 0 }), '"window" is damaged'],
    ["about its end", (content) => (content.window = { steps: 20, draws: 0 }), "no sequences are under way after 20"],
    ["about its rows", (_, tensors) => tensors.delete("window.2"), 'tensor "window.2" is missing'],
    [
      "about its window",
      (content) => Object.assign(content.settings as object, { truncate: { every: 3, window: 2 } }),
      '"settings.truncate" is damaged',
    ],
    [
      "by another window",
      (content) => Object.assign(content.settings as object, { truncate: { every: 2, window: 9 } }),
      "has shape",
    ],
    [
      "without truncation",
      (content) => Object.assign(content.settings as object, { truncate: null }),
      "no sequences are under way",
    ],
  ])("%s", (_name, change, text) => {
    expectRefusal(() => Trainer.resume(changed(change), data), FormatError, text);
  });
});
