import { describe, expect, test } from "vitest";
import {
  absoluteError,
  cosineSchedule,
  defineSchedule,
  dense,
  type EpochOutcome,
  exponentialSchedule,
  fit,
  gru,
  lastStep,
  Model,
  meanSquaredError,
  productOf,
  reduceOnPlateau,
  type Schedule,
  type ScheduleDefinition,
  type ScheduleMoment,
  sequential,
  sgd,
  stepSchedule,
  Trainer,
  warmUp,
  windows,
} from "../../src/index.js";
import { TestRandom } from "../oracle/random.js";
import { runSchedule as oracleSchedule } from "../oracle/schedules.js";
import { tensorDifference } from "../support/compare.js";
import { runSchedule } from "../support/subjectSchedules.js";

/** The oracle makes each rate of the one before, in up to 300 roundings of 1e-16. */
const CHAINED = 1e-12;

const cycle = { startDivisor: 25, endDivisor: 1e4, leastMomentum: 0.85, mostMomentum: 0.95 };
const plateau = {
  ...{ factor: 0.3, patience: 1, threshold: 0.01, thresholdIs: "relative", cooldown: 1 },
  ...{ leastRate: 0.001, leastChange: 1e-8, larger: false },
};

/** Schedules by name, each with options beside those of the reference data. */
const cases: readonly (readonly [string, object])[] = [
  ["stepSchedule", { every: 1, factor: 0.9 }],
  ["stepSchedule", { at: [1, 2, 299], factor: 3 }],
  ["stepSchedule", { at: [40, 7, 40, 12], factor: 0.6 }],
  ["exponentialSchedule", { factor: 1.01 }],
  ["exponentialSchedule", { factor: 1 }],
  ["linearSchedule", { steps: 7, from: 0, to: 2 }],
  ["linearSchedule", { steps: 300, from: 1, to: 0 }],
  ["polynomialSchedule", { steps: 250, power: 0.5 }],
  ["polynomialSchedule", { steps: 1, power: 3 }],
  ["warmUp", { steps: 1 }],
  ["warmUp", { steps: 37 }],
  ["cosineSchedule", { steps: 3, leastRate: 0.3 }],
  ["cosineRestarts", { steps: 1, growth: 1, leastRate: 0 }],
  ["cosineRestarts", { steps: 7, growth: 1, leastRate: 0 }],
  ["cosineRestarts", { steps: 2, growth: 3, leastRate: 0.01 }],
  ["oneCycle", { ...cycle, steps: 300, rise: 0.5, shape: "linear", threePhases: false }],
  ["oneCycle", { ...cycle, steps: 300, rise: 0.1, shape: "linear", threePhases: true }],
  ["oneCycle", { ...cycle, steps: 10, rise: 0.3, shape: "cosine", threePhases: false, cyclesMomentum: false }],
  ["reduceOnPlateau", plateau],
  ["reduceOnPlateau", { ...plateau, larger: true, cooldown: 0, patience: 0 }],
  ["reduceOnPlateau", { ...plateau, thresholdIs: "absolute", threshold: 0.5, leastRate: 0, factor: 0.9 }],
];

/** A walk that now and then gets better and now and then worse. */
const random = new TestRandom(8);
let level = 3;
const watched = Float64Array.from({ length: 300 }, () => {
  level *= 1 + 0.1 * (1.95 * random.unit() - 1);
  return level;
});
const scheduledRun = { updates: 300, base: 0.25, watched };

describe("schedules equal their textbook form, step by step, to the end and beyond", () => {
  test.each(cases)("%s %j", (name, given) => {
    const spec = { name, options: given as Record<string, unknown> };
    const [ours, theirs] = [runSchedule(spec, scheduledRun), oracleSchedule(spec, scheduledRun)];
    expect(tensorDifference(ours.rates, theirs.rates)).toBeLessThan(CHAINED);
    if (name === "reduceOnPlateau") expect(new Set(ours.rates).size).toBeGreaterThan(3);
    expect(ours.momentum === undefined).toBe(theirs.momentum === undefined);
    expect(tensorDifference(ours.momentum ?? [], theirs.momentum ?? [])).toBeLessThan(CHAINED);
  });

  test("products, of products too", () => {
    const [first, second, third] = ["warmUp", "reduceOnPlateau", "oneCycle"].map((name) => {
      const [, options] = cases.findLast(([other]) => other === name) as (typeof cases)[number];
      return { name, options: options as Record<string, unknown> };
    });
    const inner = { name: "productOf", options: { schedules: [second, third, second] } };
    const spec = { name: "productOf", options: { schedules: [first, inner, second] } };
    const [ours, theirs] = [runSchedule(spec, scheduledRun), oracleSchedule(spec, scheduledRun)];
    expect(tensorDifference(ours.rates, theirs.rates)).toBeLessThan(CHAINED);
  });

  test("a product of a rate of 0 is 0", () => {
    const moment = { epochs: 0, numbers: [] };
    expect(productOf(warmUp({ steps: 3 }), warmUp({ steps: 2 })).rate(1, 0, moment)).toBe(0);
  });
});

const loss = meanSquaredError;
const still = defineSchedule({ name: "still", options: {}, rate: (_update, base) => base });
const data = windows(
  Array.from({ length: 40 }, (_, index) => ((index * 7) % 13) / 13),
  { window: 4 },
);
const make = () => new Model(sequential(gru(3), lastStep(), dense(1)), { inputSize: 1, seed: 2 });

/** A schedule that writes down what another one gives. */
function observed(schedule: Schedule) {
  const rates: number[] = [];
  const rate: Schedule["rate"] = (...given) => {
    rates.push(schedule.rate(...given));
    return rates.at(-1) as number;
  };
  return { rates, schedule: { ...schedule, rate } };
}

describe("a training under a schedule", () => {
  test("counts updates, or epochs", async () => {
    const byUpdate = observed(stepSchedule({ every: 2, factor: 0.5 }));
    const byEpoch = observed(stepSchedule({ every: 2, factor: 0.5, each: "epoch" }));
    const optimizer = sgd({ learningRate: 0.1 });
    for (const { schedule } of [byUpdate, byEpoch])
      await fit(make(), data, { loss, batchSize: 12, epochs: 4, optimizer, schedule });
    expect(byUpdate.rates).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5].map((falls) => 0.1 * 0.5 ** falls));
    expect(byEpoch.rates).toEqual(Array.from({ length: 12 }, (_, update) => (update < 6 ? 0.1 : 0.05)));
  });

  test("follows the rate that is set between runs", () => {
    const { rates, schedule } = observed(exponentialSchedule({ factor: 0.5 }));
    const trainer = new Trainer(make(), data, {
      loss,
      batchSize: 12,
      optimizer: sgd({ learningRate: 1 / 8 }),
      schedule,
    });
    trainer.run({ batches: 1 });
    trainer.learningRate = 1 / 2;
    trainer.run({ batches: 1 });
    expect(rates).toEqual([1 / 8, 1 / 4]);
  });

  test("of one's own class, with numbers of its own from epoch to epoch", () => {
    class Falling implements ScheduleDefinition {
      readonly name = "falling";
      readonly options = {};
      readonly start = [0];
      #falls(numbers: readonly number[]) {
        return numbers[0] as number;
      }
      rate(_update: number, base: number, { numbers }: ScheduleMoment) {
        return base / (1 + this.#falls(numbers));
      }
      endEpoch({ loss: seen }: EpochOutcome, numbers: number[]) {
        numbers[0] = this.#falls(numbers) + (seen > 0 ? 1 : 0);
      }
    }
    const options = {
      loss,
      batchSize: 20,
      optimizer: sgd({ learningRate: 0.5 }),
      schedule: defineSchedule(new Falling()),
    };
    const trainer = new Trainer(make(), data, options);
    trainer.run({ epochs: 2 });
    const twin = Trainer.resume(trainer.save(), data, { schedules: { falling: () => defineSchedule(new Falling()) } });
    for (const each of [trainer, twin]) each.run({ epochs: 1 });
    expect(twin.save()).toEqual(trainer.save());
    // The rates of three epochs: whole, half, a third.
    const falling = [0.5, 0.5 / 2, 0.5 / 3];
    const byHand = new Trainer(make(), data, {
      ...options,
      schedule: { ...still, rate: (update) => falling[Math.floor((update - 1) / 2)] as number },
    });
    byHand.run({ epochs: 3 });
    expect(byHand.model.save()).toEqual(trainer.model.save());
  });

  test("falls on plateaus of the validation loss, without it of the training loss, or of a metric", async () => {
    const settings = { patience: 0, threshold: 0, factor: 0.5 };
    const options = { loss, epochs: 12, batchSize: 36, optimizer: sgd({ learningRate: 0.9 }), validation: 0.3 };
    const expected = (watched: readonly number[]) =>
      oracleSchedule(
        { name: "reduceOnPlateau", options: { ...plateau, ...settings, cooldown: 0, leastRate: 0 } },
        { updates: 12, base: 0.9, watched },
      ).rates;
    const validated = observed(reduceOnPlateau(settings));
    const { validationLosses } = await fit(make(), data, { ...options, schedule: validated.schedule });
    expect(validated.rates).toEqual(expected(validationLosses));
    expect(new Set(validated.rates).size).toBeGreaterThan(1);

    const { validation: _, ...alone } = options;
    const trained = observed(reduceOnPlateau(settings));
    const { losses } = await fit(make(), data, { ...alone, schedule: trained.schedule });
    expect(trained.rates).toEqual(expected(losses));

    const errors: number[] = [];
    const measured = observed(reduceOnPlateau({ ...settings, watch: "absoluteError" }));
    await fit(make(), data, {
      ...{ ...options, schedule: measured.schedule, metrics: [absoluteError] },
      onEpoch: ({ metrics }) => errors.push(metrics?.absoluteError as number),
    });
    expect(measured.rates).toEqual(expected(errors));
  });

  test("a loss that is not finite is no better one, and what is kept stays a number", () => {
    const schedule = reduceOnPlateau({ patience: 1, larger: true });
    const numbers = [...(schedule.start ?? [])];
    for (const value of [Infinity, Number.NaN, Infinity]) schedule.endEpoch?.({ loss: value }, numbers);
    expect(numbers).toEqual([1, 1, 0, 0, 0]);
  });
});

test("nobody can change a schedule", () => {
  const schedule = cosineSchedule({ steps: 5 });
  expect(() => Object.assign(schedule, { rate: () => 1 })).toThrow(TypeError);
  expect(() => Object.assign(schedule.options, { steps: 1 })).toThrow(TypeError);
  const steps = stepSchedule({ at: [1, 2] });
  expect(() => Object.assign(steps.options.at as object, [5])).toThrow(TypeError);
});
