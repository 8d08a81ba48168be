import { describe, expect, test } from "vitest";
import { type CellName, cells } from "../../src/cells/index.js";
import {
  dense,
  Model,
  meanSquaredError,
  recurrent,
  sequential,
  sgd,
  fit as train,
  truncated,
} from "../../src/index.js";
import { randomKey } from "../../src/tensor/seed.js";
import { core } from "../../src/wasm/core.js";
import { floats } from "../../src/wasm/memory.js";
import { Region } from "../../src/wasm/region.js";
import { type CellVariant, cellVariants } from "../oracle/cellVariants.js";
import { type StackedLayer, trainTruncated } from "../oracle/truncated.js";
import { tensorDifference } from "../support/compare.js";

/**
 * Float32 against float64 after up to 13 updates, over the largest value of a tensor: a gradient may be off by 1e-5 (gradient
 * tests), and a plain update adds it at a rate of 0.05.
 */
const TOLERANCE = 1e-5;
const LEARNING_RATE = 0.05;
const SEED = 9;
const INPUT_SIZE = 2;

/** Not a multiple of most windows; two sequences that end early, one that is empty. */
const LENGTHS = [13, 5, 0, 13, 8];
const value = (sequence: number, step: number, feature: number) =>
  Math.fround(Math.sin(1.7 * sequence + 0.9 * step + 2.3 * feature + 0.13 * step * step));
const input = LENGTHS.map((length, sequence) =>
  Array.from({ length }, (_, step) => [value(sequence, step, 0), value(sequence, step, 1)]),
);
const target = input.map((rows) => rows.map(([a, b]) => [Math.fround(a * b), Math.fround(a - b)]));

interface Trained {
  readonly loss: readonly number[];
  readonly final: Readonly<Record<string, ArrayLike<number>>>;
}

/** Both engines from the same weights. */
async function trainBoth(layers: readonly StackedLayer[], every: number, window: number): Promise<[Trained, Trained]> {
  const stack = layers.map(({ cell, options = {}, units, projectionSize }) =>
    recurrent(cells[cell as CellName], units, { ...options, ...(projectionSize && { projectionSize }) } as object),
  );
  using model = new Model(sequential(...stack, dense(2)), { inputSize: INPUT_SIZE, seed: SEED });
  const weights = () =>
    Object.fromEntries(model.parameters.map((one) => [one.name, Float64Array.from(one.read().data)]));
  const optimizer = { name: "sgd", options: { learningRate: LEARNING_RATE } };
  const expected = trainTruncated({ layers, optimizer, initial: weights(), input, target, every, window });
  const loss: number[] = [];
  await train(
    model,
    { input, target },
    {
      ...{ loss: meanSquaredError, optimizer: sgd({ learningRate: LEARNING_RATE }), batchSize: 5, shuffle: false },
      ...{ truncate: truncated({ every, window }), onUpdate: (one: number) => loss.push(one) },
    },
  );
  return [{ loss, final: weights() }, expected];
}

async function expectOracle(layers: readonly StackedLayer[], every: number, window: number): Promise<Trained> {
  const [actual, expected] = await trainBoth(layers, every, window);
  expect(actual.loss).toHaveLength(Math.ceil(LENGTHS[0] / every));
  expect(tensorDifference(actual.loss, expected.loss), "loss").toBeLessThan(TOLERANCE);
  expect(Object.keys(actual.final)).toEqual(Object.keys(expected.final));
  for (const [name, values] of Object.entries(expected.final))
    expect(tensorDifference(actual.final[name], values), name).toBeLessThan(TOLERANCE);
  return expected;
}

/** k1, k2: shorter and longer than sequences, multiples and not, up to the whole. */
const windows = [
  [1, 1],
  [1, 4],
  [2, 5],
  [3, 3],
  [3, 7],
  [4, 8],
  [5, 11],
  [5, 40],
] as const;

describe.each(Object.keys(cells) as CellName[])("two layers of %s and a head, in float64", (cell) => {
  test.each(windows)("an update every %i steps through the last %i", async (every, window) => {
    await expectOracle(
      [
        { cell, units: 5 },
        { cell, units: 3, options: { initialState: "learned" } },
      ],
      every,
      window,
    );
  });

  const [, ...variants] = cellVariants(cell);
  test.each(variants.map((variant) => [variant.label, variant] as const))(
    "%s",
    async (_label, variant: CellVariant) => {
      await expectOracle(
        [
          { ...variant, units: 5 },
          { cell: "gru", units: 3 },
        ],
        3,
        8,
      );
    },
  );
});

test("a projected layer over one without, and back", async () => {
  const layers = [
    { cell: "lstm", units: 6, projectionSize: 3 },
    { cell: "elman", units: 4 },
    { cell: "gru", units: 5, projectionSize: 2 },
  ];
  await expectOracle(layers, 2, 7);
});

test("windows of other lengths give other weights, far beyond the tolerance", async () => {
  const layers = [{ cell: "gru", units: 5 }];
  const finals = [];
  for (const window of [3, 5, 9]) finals.push((await expectOracle(layers, 3, window)).final["0.weight_hh_l0"]);
  for (const [a, b] of [
    [0, 1],
    [1, 2],
  ])
    expect(tensorDifference(finals[a], finals[b])).toBeGreaterThan(20 * TOLERANCE);
});

/** Noise by its address: seed, layer, batch 0, sequence, step. */
function drawn(
  purpose: string,
  count: number,
  chance: number,
  scale: number,
  sequence: number,
  step: number,
): Float64Array {
  const [low, high] = randomKey(SEED, purpose);
  const region = new Region();
  try {
    const address = region.words(count);
    core().fillBernoulli(address, count, chance, scale, low, high, 0, sequence, step);
    return Float64Array.from(floats.subarray(address >> 2, (address >> 2) + count));
  } finally {
    region.dispose();
  }
}

describe("what was drawn for a step stays with it as the window moves on", () => {
  const rate = 0.25;
  const mask = (layer: number, units: number) => (sequence: number) =>
    drawn(`${layer}.recurrentDropout_l0`, units, 1 - rate, 1 / (1 - rate), sequence, 0);
  const kept = (layer: number, units: number, states: readonly string[]) => (sequence: number, step: number) =>
    states.map((state) => drawn(`${layer}.zoneout.${state}_l0`, units, rate, 1, sequence, step));
  const options = { zoneout: rate, recurrentDropout: rate };

  test.each(windows)("an update every %i steps through the last %i", async (every, window) => {
    const layers = [
      { cell: "lstm", units: 5, options, mask: mask(0, 5), kept: kept(0, 5, ["h", "c"]) },
      { cell: "gruResetBefore", units: 4, options, mask: mask(1, 4), kept: kept(1, 4, ["h"]) },
    ];
    await expectOracle(layers, every, window);
  });
});
