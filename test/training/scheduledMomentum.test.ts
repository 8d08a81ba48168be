import { describe, expect, test } from "vitest";
import {
  defineSchedule,
  dense,
  fit,
  gru,
  lastStep,
  lion,
  Model,
  meanSquaredError,
  type OptimizerRule,
  oneCycle,
  rmsprop,
  sequential,
  sgd,
  windows,
} from "../../src/index.js";
import { optimizers } from "../../src/optimizers/index.js";
import { runOptimizer as oracleOptimizer } from "../oracle/optimizers.js";
import { TestRandom } from "../oracle/random.js";
import { tensorDifference } from "../support/compare.js";
import { runOptimizer } from "../support/subjectOptimizers.js";

/** Eight updates of a few float32 roundings (6e-8 each) of weights around 1. */
const FLOAT32 = 2e-6;

const random = new TestRandom(8);
const loss = meanSquaredError;
const still = defineSchedule({ name: "still", options: {}, rate: (_update, base) => base });
const data = windows(
  Array.from({ length: 40 }, (_, index) => ((index * 7) % 13) / 13),
  { window: 4 },
);
const make = () => new Model(sequential(gru(3), lastStep(), dense(1)), { inputSize: 1, seed: 2 });

describe("a momentum that moves", () => {
  test.each<[string, (momentum: number) => OptimizerRule]>([
    ["sgd", (momentum) => sgd({ momentum, nesterov: true })],
    ["rmsprop", (momentum) => rmsprop({ momentum })],
    ["lion", (beta1) => lion({ beta1 })],
  ])("that stays where it was changes nothing: %s", async (_name, rule) => {
    const [plain, moved, other] = [make(), make(), make()];
    const options = { loss, epochs: 2, batchSize: 8, optimizer: rule(0.8) };
    await fit(plain, data, options);
    await fit(moved, data, { ...options, schedule: { ...still, momentum: () => 0.8 } });
    await fit(other, data, { ...options, optimizer: rule(0.5), schedule: { ...still, momentum: () => 0.8 } });
    expect(moved.save()).toEqual(plain.save());
    expect(other.save()).toEqual(plain.save());
  });

  test.each(Object.entries(optimizers))("is that of each update, corrections included: %s", (name, make) => {
    const { hasMomentum, options } = make(["sgd", "rmsprop"].includes(name) ? { momentum: 0.5 } : {});
    expect(hasMomentum ?? false, "list a rule without a momentum here").toBe(!["adagrad", "adadelta"].includes(name));
    if (hasMomentum !== true) return;
    const momentum = Array.from({ length: 8 }, (_, update) => 0.95 - 0.1 * update);
    const [initial, ...gradients] = Array.from({ length: 9 }, () => ({ w: random.numbers(6) }));
    const spec = { name, options: { ...options, learningRate: 0.02 } };
    const ours = runOptimizer({ ...spec, schedule: { momentum } }, initial as { w: Float32Array }, gradients);
    const wide = ({ w }: { w: Float32Array }) => ({ w: Float64Array.from(w) });
    const own: Record<string, number[]> = "beta1" in options ? { beta1: momentum } : { momentum };
    const theirs = oracleOptimizer(
      { ...spec, schedule: own },
      wide(initial as { w: Float32Array }),
      gradients.map(wide),
    );
    for (const [update, { w = [] }] of ours.entries())
      expect(tensorDifference(w, theirs[update]?.w ?? []), `update ${update}`).toBeLessThan(FLOAT32);
  });

  test("one cycle and a constant are each as the field has them: the middle is fastest and least inert", () => {
    const schedule = oneCycle({ steps: 101, rise: 0.5, startDivisor: 10 });
    const moment = { epochs: 0, numbers: [] };
    const [first, peak, last] = [1, 50.5, 101].map((update) => schedule.rate(update, 2, moment));
    expect(first).toBeCloseTo(0.2, 14);
    expect(peak).toBe(2);
    expect(last).toBeCloseTo(0.2 / 1e4, 14);
    const momenta = [1, 50.5, 101].map((update) => schedule.momentum?.(update, moment));
    expect(momenta).toEqual([0.95, 0.85, 0.95]);
  });
});
