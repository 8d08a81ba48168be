import { describe, expect, test, vi } from "vitest";
import { optimizers } from "../../src/optimizers/index.js";
import type { OptimizerRule } from "../../src/optimizers/optimizerRule.js";
import { OracleOptimizer } from "../oracle/optimizers.js";
import { type Core, loadCore, targets } from "../support/core.js";
import { GUARD, numbers, padded } from "./chains.js";

/** The core that the facade's rules call: each build in turn. */
const present = vi.hoisted(() => ({ exports: {} as object }));
vi.mock("../../src/wasm/core.js", () => ({ core: () => present.exports }));

/** Parameters of these lengths lie one after the other, padded to 4 with zeros. */
const lengths = [5, 16, 1, 9, 4];
const STEPS = 6;
const LEARNING_RATE = 0.05;
/** Parameters of size 1 after 6 updates of a handful of float32 roundings (6e-8 each). */
const ROUNDING = 3e-6;

/** Parameters of a range, its rate factor and its decay; parameter 2 is frozen: in no range. */
const ranges = [
  { parameters: [0, 1], rate: 1, decay: 0.01 },
  { parameters: [3], rate: 0.25, decay: 0 },
  { parameters: [4], rate: 2, decay: 0.1 },
];

const offsets = lengths.map((_, index) => lengths.slice(0, index).reduce((sum, length) => sum + padded(length), 0));
const TOTAL = lengths.reduce((sum, length) => sum + padded(length), 0);

/** The numbers of all parameters in the block's layout. */
function block(seed: number): Float32Array {
  const values = new Float32Array(TOTAL);
  lengths.forEach((length, index) => {
    values.set(numbers(length, seed + index), offsets[index]);
  });
  return values;
}

/** The three ranges as the core reads them. */
function putRanges(core: Core): number {
  const address = core.allocate(16 * ranges.length);
  ranges.forEach(({ parameters, rate, decay }, index) => {
    const last = parameters[parameters.length - 1];
    const length = offsets[last] + padded(lengths[last]) - offsets[parameters[0]];
    core.ints(address + 16 * index, 2).set([offsets[parameters[0]], length]);
    core.floats(address + 16 * index + 8, 2).set([rate, decay]);
  });
  return address;
}

interface Blocks {
  readonly ranges: number;
  readonly parameters: number;
  readonly gradients: number;
  readonly slots: readonly [number, number, number];
}

type Step = (core: Core, blocks: Blocks, step: number) => void;

/** Runs STEPS updates on the core; between the blocks stand guards. */
function runCore(core: Core, update: Step): Float32Array {
  const guarded = (values: Float32Array) => {
    const address = core.put(Float32Array.from([...values, GUARD, GUARD, GUARD, GUARD]));
    return address;
  };
  const empty = new Float32Array(TOTAL);
  const blocks: Blocks = {
    ranges: putRanges(core),
    parameters: guarded(block(100)),
    gradients: guarded(empty),
    slots: [guarded(empty), guarded(empty), guarded(empty)],
  };
  for (let step = 0; step < STEPS; step++) {
    core.floats(blocks.gradients, TOTAL).set(block(1000 * (step + 1)));
    update(core, blocks, step);
  }
  for (const address of [blocks.parameters, blocks.gradients, ...blocks.slots]) {
    expect([...core.floats(address + 4 * TOTAL, 4)]).toEqual(new Array(4).fill(GUARD));
  }
  return core.floats(blocks.parameters, TOTAL);
}

/** Options as the oracle has them: flags are 0 and 1. */
const flags = (options: Record<string, number | boolean>) =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [name, Number(value)]));

/** The same in float64, range by range; frozen parameters stay. */
function runOracle(name: string, options: Record<string, number>): Float64Array {
  const values = Float64Array.from(block(100));
  for (const { parameters, rate, decay } of ranges) {
    const learningRate = LEARNING_RATE * rate;
    const optimizer = new OracleOptimizer({ name, options: { ...options, learningRate, weightDecay: decay } });
    for (let step = 0; step < STEPS; step++) {
      const gradients = Float64Array.from(block(1000 * (step + 1)));
      const slice = (of: Float64Array, index: number) => of.slice(offsets[index], offsets[index] + lengths[index]);
      const named = (of: Float64Array) => Object.fromEntries(parameters.map((index) => [index, slice(of, index)]));
      const updated = optimizer.update(named(values), named(gradients));
      for (const index of parameters) values.set(updated[index], offsets[index]);
    }
  }
  return values;
}

function expectClose(actual: Float32Array, expected: Float64Array): void {
  const worst = actual.reduce((most, value, index) => Math.max(most, Math.abs(value - expected[index])), 0);
  expect(worst).toBeLessThan(ROUNDING);
  expect(worst).not.toBeNaN();
  lengths.forEach((length, index) => {
    const padding = actual.subarray(offsets[index] + length, offsets[index] + padded(length));
    expect([...padding].every((value) => value === 0)).toBe(true);
  });
  const [frozen, before] = [
    actual.subarray(offsets[2], offsets[2] + 1),
    block(100).subarray(offsets[2], offsets[2] + 1),
  ];
  expect([...frozen]).toEqual([...before]);
}

/** Steps of a rule through its own `apply`, on the kernels of the core under test. */
const rule = (name: string, options: Record<string, unknown>): Step => {
  const make = optimizers[name as keyof typeof optimizers] as (options: object) => OptimizerRule;
  const { slots: kept, start, apply } = make({ ...options, learningRate: LEARNING_RATE });
  const numbers = [...start];
  return (core, { ranges: list, parameters, gradients, slots }, step) => {
    const blocks = {
      ranges: list,
      rangeCount: ranges.length,
      parameters,
      gradients,
      slots: slots.slice(0, kept.length),
    };
    present.exports = core.exports;
    apply(blocks, LEARNING_RATE, numbers, step + 1);
  };
};

const cases: [string, Record<string, number | boolean>][] = [
  ["sgd", {}],
  ["sgd", { momentum: 0.9 }],
  ["sgd", { momentum: 0.9, dampening: 0.3 }],
  ["sgd", { momentum: 0.9, nesterov: true }],
  ["adam", { beta1: 0.8, beta2: 0.95 }],
  ["adam", { beta1: 0.8, beta2: 0.95, epsilon: 1e-2 }],
  ["adam", { beta2: 0.9, amsgrad: true }],
  ["adamW", { beta1: 0.8, beta2: 0.95 }],
  // Without momentum there is no look-ahead to divide by.
  ["adam", { beta1: 0, beta2: 0 }],
  ["adamax", { beta1: 0, beta2: 0.9 }],
  ["nadam", { beta1: 0, beta2: 0.95 }],
  ["radam", { beta1: 0, beta2: 0.6 }],
  ["nadam", { beta2: 0.95, momentumDecay: 0.1 }],
  ["radam", { beta2: 0.6 }],
  ["radam", {}],
  ["adamax", { beta2: 0.9 }],
  ["rmsprop", { alpha: 0.9 }],
  ["rmsprop", { alpha: 0.9, centered: true, momentum: 0.5, epsilon: 1e-2 }],
  ["adagrad", { learningRateDecay: 0.1, initialSum: 0.2 }],
  ["adadelta", { rho: 0.8, epsilon: 1e-3 }],
  ["lion", { beta1: 0.8, beta2: 0.95 }],
];

describe.each(targets)("optimizers over ranges (%s)", (target) => {
  test.each(cases)("moveParameters: %s %o", (name, options) => {
    expectClose(runCore(loadCore(target), rule(name, options)), runOracle(name, flags(options)));
  });

  test("every registered optimizer is tried", () => {
    const tried = new Set(cases.map(([name]) => name));
    expect(Object.keys(optimizers).filter((name) => !tried.has(name))).toEqual([]);
  });

  test("the first velocity comes from the gradient, whatever the slot holds", () => {
    const update = rule("sgd", { momentum: 0.9 });
    const stale: Step = (core, blocks, step) => {
      if (step === 0) core.floats(blocks.slots[0], TOTAL).fill(3);
      update(core, blocks, step);
      if (step === 0)
        lengths.forEach((length, i) =>
          core.floats(blocks.slots[0], TOTAL).fill(0, offsets[i] + length, offsets[i] + padded(length)),
        );
    };
    expectClose(runCore(loadCore(target), stale), runOracle("sgd", { momentum: 0.9 }));
  });

  test("clampRanges bounds the ranges only, and keeps NaN", () => {
    const core = loadCore(target);
    const values = block(7);
    values[0] = Number.NaN;
    const gradients = core.put(values);
    core.exports.clampRanges(putRanges(core), ranges.length, gradients, 0.25);
    const expected = values.map((value, index) =>
      index >= offsets[2] && index < offsets[3] ? value : Math.max(-0.25, Math.min(0.25, value)),
    );
    expect([...core.floats(gradients, TOTAL)]).toEqual([...expected]);
  });

  test("sumOfSquares counts the ranges only, in float64", () => {
    const core = loadCore(target);
    const values = block(7);
    const gradients = core.put(values);
    const list = putRanges(core);
    let expected = 0;
    for (const index of ranges.flatMap(({ parameters }) => parameters)) {
      for (const value of values.subarray(offsets[index], offsets[index] + lengths[index])) expected += value * value;
    }
    // Two partial sums instead of one: the order of float64 additions differs.
    expect(Math.abs(core.exports.sumOfSquares(list, ranges.length, gradients) / expected - 1)).toBeLessThan(1e-14);
    for (const bad of [Number.NaN, Infinity]) {
      core.floats(gradients, TOTAL)[offsets[4] + 3] = bad;
      expect(Number.isFinite(core.exports.sumOfSquares(list, ranges.length, gradients))).toBe(false);
    }
  });

  test("scaleRanges scales the ranges only", () => {
    const core = loadCore(target);
    const gradients = core.put(block(7));
    core.exports.scaleRanges(putRanges(core), ranges.length, gradients, 0.3);
    const factor = Math.fround(0.3);
    const expected = block(7).map((value, index) =>
      index >= offsets[2] && index < offsets[3] ? value : value * factor,
    );
    expect([...core.floats(gradients, TOTAL)]).toEqual([...expected]);
  });
});
