import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  adadelta,
  adam,
  cosineRestarts,
  cosineSchedule,
  defineSchedule,
  dense,
  exponentialSchedule,
  FormatError,
  linearSchedule,
  lstm,
  Model,
  meanSquaredError,
  memoryUsage,
  Optimizer,
  oneCycle,
  polynomialSchedule,
  productOf,
  readSafetensors,
  reduceOnPlateau,
  type Schedule,
  type ScheduleDefinition,
  StateError,
  sequential,
  sgd,
  stepSchedule,
  Trainer,
  type TrainerOptions,
  warmUp,
  writeSafetensors,
} from "../../src/index.js";
import { checksum } from "../../src/training/saveCourse.js";
import { expectRefusal, expectUntouched } from "../support/refusal.js";

/** What no type allows, but JavaScript does. */
const any = (value: unknown) => value as never;

describe("schedules refuse options that make no sense", () => {
  test.each([
    ["no options", () => cosineSchedule(any(undefined)), ["cosineSchedule", "undefined"]],
    ["an unknown option", () => warmUp(any({ updates: 5 })), ["warmUp", '"updates"', "steps"]],
    ["a total of 0", () => cosineSchedule({ steps: 0 }), ["steps of cosineSchedule", "received 0"]],
    ["half a step", () => linearSchedule({ steps: 2.5 }), ["steps of linearSchedule", "2.5"]],
    ["no total", () => polynomialSchedule(any({})), ["steps of polynomialSchedule", "undefined"]],
    ["a warm-up of nothing", () => warmUp({ steps: 0 }), ["steps of warmUp", "received 0"]],
    ["a negative least rate", () => cosineSchedule({ steps: 5, leastRate: -1 }), ["leastRate", "-1"]],
    ["a least rate of NaN", () => cosineRestarts({ steps: 5, leastRate: Number.NaN }), ["leastRate", "NaN"]],
    ["a negative factor", () => exponentialSchedule({ factor: -0.5 }), ["factor of exponentialSchedule", "-0.5"]],
    ["a factor of 0", () => stepSchedule({ every: 2, factor: 0 }), ["factor of stepSchedule", "above 0"]],
    ["no factor", () => exponentialSchedule(any({})), ["factor of exponentialSchedule", "undefined"]],
    ["both ways to fall", () => stepSchedule({ every: 2, at: [3] }), ["one of { every } and { at }", "both"]],
    ["no way to fall", () => stepSchedule({}), ["one of { every } and { at }", "none"]],
    ["an empty list", () => stepSchedule({ at: [] }), ["at of stepSchedule", "an array of 0"]],
    ["a step of 0", () => stepSchedule({ at: [0, 5] }), ["at of stepSchedule [0]", "received 0"]],
    [
      "a step that is none",
      () => stepSchedule({ every: 5, each: any("batch") }),
      ['one of "update", "epoch"', '"batch"'],
    ],
    ["a period that shrinks", () => cosineRestarts({ steps: 5, growth: 0.5 }), ["growth of cosineRestarts", "0.5"]],
    ["a negative end", () => linearSchedule({ steps: 5, to: -1 }), ["to of linearSchedule", "-1"]],
    ["a power of 0", () => polynomialSchedule({ steps: 5, power: 0 }), ["power of polynomialSchedule", "received 0"]],
    ["a rise in percent", () => oneCycle({ steps: 100, rise: 30 }), ["rise of oneCycle", "30"]],
    ["a cycle of 3 steps", () => oneCycle({ steps: 3 }), ["3 steps", "no step"]],
    ["a cycle without a fall", () => oneCycle({ steps: 100, rise: 1 }), ["a share of 1"]],
    ["no third phase", () => oneCycle({ steps: 100, rise: 0.6, threePhases: true }), ["a share of 0.6"]],
    ["a shape", () => oneCycle({ steps: 9, shape: any("cos") }), ['one of "cosine", "linear"', '"cos"']],
    ["a phase more", () => oneCycle({ steps: 9, threePhases: any(3) }), ["threePhases", "received 3"]],
    ["a start above the peak", () => oneCycle({ steps: 9, startDivisor: 0.5 }), ["startDivisor", "0.5"]],
    ["a momentum of 1", () => oneCycle({ steps: 9, mostMomentum: 1 }), ["mostMomentum", "below 1"]],
    ["momenta the wrong way", () => oneCycle({ steps: 9, leastMomentum: 0.96 }), ["leastMomentum", "0.96 and 0.95"]],
    ["a rate that stays", () => reduceOnPlateau({ factor: 1 }), ["factor of reduceOnPlateau", "below 1"]],
    ["a negative rate", () => reduceOnPlateau({ leastRate: -1e-3 }), ["leastRate", "-0.001"]],
    ["negative patience", () => reduceOnPlateau({ patience: -1 }), ["patience of reduceOnPlateau", "-1"]],
    ["a negative threshold", () => reduceOnPlateau({ threshold: -1 }), ["threshold of reduceOnPlateau", "-1"]],
    [
      "a kind of threshold",
      () => reduceOnPlateau({ thresholdIs: any("rel") }),
      ['one of "relative", "absolute"', '"rel"'],
    ],
    ["a mode", () => reduceOnPlateau({ larger: any("max") }), ["larger of reduceOnPlateau", '"max"']],
    ["a metric itself", () => reduceOnPlateau({ watch: any(Math.abs) }), ["watch of reduceOnPlateau", "a function"]],
    ["a product of nothing", () => productOf(), ["productOf", "none"]],
    ["a product of numbers", () => productOf(any(0.5)), ["rate(update, base)", "0.5"]],
    [
      "two momenta",
      () => productOf(oneCycle({ steps: 9 }), warmUp({ steps: 2 }), oneCycle({ steps: 9 })),
      ["oneCycle and oneCycle", "momentum"],
    ],
  ] as const)("%s", (_name, act, texts) => {
    const { used } = memoryUsage();
    expectRefusal(act, ArgumentError, ...texts);
    expect(memoryUsage().used).toBe(used);
  });
});

const loss = meanSquaredError;
const data = {
  input: [
    [[1], [2]],
    [[3], [4]],
  ],
  target: [
    [[1], [0]],
    [[0], [1]],
  ],
};
const make = () => new Model(sequential(lstm(2), dense(1)), { inputSize: 1 });
const own: ScheduleDefinition = { name: "own", options: {}, rate: (_update, base) => base };

describe("a schedule of one's own is refused", () => {
  test.each<[string, unknown, string[]]>([
    ["that is none", 3, ["defineSchedule wants { name, options, rate(update, base) }", "3"]],
    ["without a rate", { ...own, rate: undefined }, ["rate(update, base)"]],
    ["with numbers that are none", { ...own, start: [Number.NaN] }, ["start of the schedule own"]],
    ["with an ear that is none", { ...own, endEpoch: 3 }, ["endEpoch of the schedule own", "3"]],
    ["with options that are none", { ...own, options: "x" }, ["options of the schedule own"]],
    ["with the name of a metric", { ...own, watches: "accuracy" }, ["watches of the schedule own", "list"]],
  ])("%s", (_name, definition, texts) => {
    expectRefusal(() => defineSchedule(any(definition)), ArgumentError, ...texts);
  });
});

describe("a training refuses a schedule that does not fit it, before it begins", () => {
  test.each<[string, Partial<TrainerOptions>, string[]]>([
    ["no momentum to move", { schedule: oneCycle({ steps: 9 }), optimizer: sgd() }, ["sgd", "cyclesMomentum: false"]],
    ["none at all", { schedule: oneCycle({ steps: 9 }), optimizer: adadelta() }, ["oneCycle", "adadelta has none"]],
    ["a metric not measured", { schedule: reduceOnPlateau({ watch: "accuracy" }) }, ['"accuracy"', "metrics"]],
    [
      "one within a product",
      { schedule: productOf(warmUp({ steps: 2 }), reduceOnPlateau({ watch: "accuracy" })) },
      ['"accuracy"'],
    ],
    ["a plain object", { schedule: own as Schedule }, ["such as oneCycle({ steps: 500 })", "defineSchedule({ name"]],
  ])("%s", (_name, options, texts) => {
    const model = make();
    expectUntouched(model, () => new Trainer(model, data, { loss, ...options }), ArgumentError, ...texts);
  });

  test("what no file could keep of an epoch, when it ends", () => {
    for (const change of [(numbers: number[]) => numbers.push(1), (numbers: number[]) => numbers.fill(Infinity)]) {
      const schedule = defineSchedule({ ...own, start: [2], endEpoch: (_outcome, numbers) => change(numbers) });
      const trainer = new Trainer(make(), data, { loss, schedule });
      expectRefusal(() => trainer.run({ epochs: 1 }), ArgumentError, "the schedule own", "1 finite numbers");
      expect(Trainer.resume(trainer.save(), data, { schedules: { own: () => schedule } }).epochs).toBe(1);
    }
  });

  test("and a training whose last epoch that was is over", () => {
    const schedule = defineSchedule({ ...own, start: [2], endEpoch: (_outcome, numbers) => numbers.push(1) });
    const trainer = new Trainer(make(), data, { loss, schedule, epochs: 1 });
    expectRefusal(() => trainer.run({ epochs: 1 }), ArgumentError, "1 finite numbers");
    expect([trainer.epochs, trainer.stopped]).toEqual([1, "finished"]);
    expectRefusal(() => trainer.run({ epochs: 1 }), StateError, "this training is over");
  });

  test.each([-1, Number.NaN, Infinity])("a rate of %d, when an update is due: all is as before it", (rate) => {
    const schedule = defineSchedule({ ...own, rate: (update, base) => (update === 2 ? rate : base) });
    const trainer = new Trainer(make(), data, { loss, schedule });
    trainer.run({ batches: 1 });
    const saved = trainer.save();
    const kind = rate === Infinity ? StateError : ArgumentError;
    expectUntouched(trainer.model, () => trainer.run({ batches: 1 }), kind, String(rate));
    expect([trainer.updates, trainer.save()]).toEqual([1, saved]);
  });

  test("a momentum out of range, or where there is none", () => {
    const model = make();
    const optimizer = new Optimizer(model, adam());
    for (const momentum of [1, -0.1, Number.NaN]) {
      optimizer.momentum = momentum;
      expectUntouched(model, () => optimizer.update(), ArgumentError, "momentum", String(momentum));
    }
    const without = new Optimizer(model, sgd());
    without.momentum = 0.5;
    expectUntouched(model, () => without.update(), ArgumentError, "this sgd has no momentum");
    expect([optimizer.updates, without.updates]).toEqual([0, 0]);
  });
});

test("a plateau is not looked for in what was not measured", () => {
  const schedule = reduceOnPlateau({ watch: "accuracy" });
  const numbers = [...(schedule.start ?? [])];
  const act = () => schedule.endEpoch?.({ loss: 1, metrics: { other: 1 } }, numbers);
  expectRefusal(act, ArgumentError, 'watches the metric "accuracy", which was not measured');
  expect(numbers).toEqual(schedule.start);
});

describe("a file whose schedule was changed", () => {
  const schedule = productOf(warmUp({ steps: 3 }), reduceOnPlateau());
  const { tensors, metadata } = readSafetensors(new Trainer(make(), data, { loss, schedule }).save());
  const forged = (change: (content: { schedule: Record<string, unknown> }) => void) => {
    const content = JSON.parse(metadata.recurve as string);
    change(content);
    const text = JSON.stringify(content);
    return writeSafetensors(tensors, { recurve: text, checksum: checksum(text, tensors) });
  };

  test.each<[string, (content: { schedule: Record<string, unknown> }) => void, string[]]>([
    ["without its numbers", ({ schedule: saved }) => delete saved.numbers, ['"schedule" is damaged']],
    ["with fewer numbers", ({ schedule: saved }) => (saved.numbers = [1]), ["keeps 5 numbers", "has 1"]],
    ["of no list", ({ schedule: saved }) => (saved.options = { schedules: 3 }), ["must be a list"]],
    ["of nothing", ({ schedule: saved }) => (saved.options = { schedules: [] }), ["schedule cannot be", "none"]],
    [
      "of an unknown one",
      ({ schedule: saved }) => (saved.options = { schedules: [{ name: "up" }] }),
      ['"up" is not known'],
    ],
    ["of one that is none", ({ schedule: saved }) => (saved.options = { schedules: [7] }), ["schedule"]],
    [
      "of one with senseless options",
      ({ schedule: saved }) => (saved.options = { schedules: [{ name: "warmUp", options: { steps: 0 } }] }),
      ["steps of warmUp"],
    ],
  ])("%s", (_name, change, texts) => {
    const { used } = memoryUsage();
    expectRefusal(() => Trainer.resume(forged(change), data), FormatError, ...texts);
    expect(memoryUsage().used).toBe(used);
  });
});
