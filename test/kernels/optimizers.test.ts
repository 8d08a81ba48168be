import { describe, expect, test } from "vitest";
import { OracleOptimizer } from "../oracle/optimizers.js";
import { type Core, loadCore, targets } from "../support/core.js";
import { GUARD, numbers, padded } from "./chains.js";

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
  readonly slots: readonly [number, number];
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
    slots: [guarded(empty), guarded(empty)],
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

/** The same in float64, range by range; frozen parameters stay. */
function runOracle(name: string, options: Record<string, number>, decoupled: boolean): Float64Array {
  const values = Float64Array.from(block(100));
  for (const { parameters, rate, decay } of ranges) {
    const learningRate = LEARNING_RATE * rate;
    // Decoupled decay is W ·= 1 − rate · decay before an update without decay.
    const optimizer = new OracleOptimizer({
      name,
      options: { ...options, learningRate, weightDecay: decoupled ? 0 : decay },
    });
    for (let step = 0; step < STEPS; step++) {
      const gradients = Float64Array.from(block(1000 * (step + 1)));
      const slice = (of: Float64Array, index: number) => of.slice(offsets[index], offsets[index] + lengths[index]);
      const named = (of: Float64Array) => Object.fromEntries(parameters.map((index) => [index, slice(of, index)]));
      const keep = decoupled ? 1 - learningRate * decay : 1;
      const shrunk = values.map((value) => value * keep);
      const updated = optimizer.update(named(shrunk), named(gradients));
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

const [MOMENTUM, BETA1, BETA2] = [0.9, 0.8, 0.95];

const momentum =
  (nesterov: number): Step =>
  (core, { ranges: list, parameters, gradients, slots }, step) =>
    core.exports.momentumUpdate(
      list,
      ranges.length,
      parameters,
      gradients,
      slots[0],
      LEARNING_RATE,
      MOMENTUM,
      nesterov,
      step === 0 ? 1 : 0,
    );

const adam =
  (epsilon: number, decoupled: number): Step =>
  (core, { ranges: list, parameters, gradients, slots }, step) =>
    core.exports.adamUpdate(
      list,
      ranges.length,
      parameters,
      gradients,
      slots[0],
      slots[1],
      LEARNING_RATE,
      BETA1,
      BETA2,
      epsilon,
      1 - BETA1 ** (step + 1),
      1 - BETA2 ** (step + 1),
      decoupled,
    );

const betas = { beta1: BETA1, beta2: BETA2 };

describe.each(targets)("optimizers over ranges (%s)", (target) => {
  test("sgdUpdate", () => {
    const step: Step = (core, { ranges: list, parameters, gradients }) =>
      core.exports.sgdUpdate(list, ranges.length, parameters, gradients, LEARNING_RATE);
    expectClose(runCore(loadCore(target), step), runOracle("sgd", {}, false));
  });

  test.each([0, 1])("momentumUpdate, nesterov %i", (nesterov) => {
    const expected = runOracle("sgd", { momentum: MOMENTUM, nesterov }, false);
    expectClose(runCore(loadCore(target), momentum(nesterov)), expected);
  });

  test("momentumUpdate takes the first velocity from the gradient, whatever the slot holds", () => {
    const expected = runOracle("sgd", { momentum: MOMENTUM, nesterov: 0 }, false);
    const update = momentum(0);
    const stale: Step = (core, blocks, step) => {
      if (step === 0) core.floats(blocks.slots[0], TOTAL).fill(3);
      update(core, blocks, step);
      if (step === 0)
        lengths.forEach((length, i) =>
          core.floats(blocks.slots[0], TOTAL).fill(0, offsets[i] + length, offsets[i] + padded(length)),
        );
    };
    expectClose(runCore(loadCore(target), stale), expected);
  });

  test.each([1e-8, 1e-2])("adamUpdate with coupled decay, epsilon %f", (epsilon) => {
    expectClose(runCore(loadCore(target), adam(epsilon, 0)), runOracle("adam", { ...betas, epsilon }, false));
  });

  test("adamUpdate with decoupled decay (AdamW)", () => {
    expectClose(runCore(loadCore(target), adam(1e-8, 1)), runOracle("adam", { ...betas, epsilon: 1e-8 }, true));
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
