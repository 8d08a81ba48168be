import { expect, test } from "vitest";
import { oracle } from "../oracle/oracle.js";
import { TestRandom } from "../oracle/random.js";
import { tensorDifference } from "../support/compare.js";
import * as subject from "../support/subject.js";
import type { Named, Numbers, Subject } from "../support/subjectContract.js";
import type { TrainingResult } from "../support/trainingContract.js";

/*
 * What a recorded training may have beside what the data in this repository has: an embedding, smoothed labels, clipped
 * gradients, rates that change, no biases. Library and oracle make the same runs.
 */

const [UPDATES, BATCH, STEPS, INPUTS, UNITS, CLASSES, VOCABULARY, SIZE] = [12, 3, 4, 2, 5, 3, 6, 2];
/** float32 over a dozen updates, each of which passes on the rounding of those before. */
const TOLERANCE = 1e-4;

const random = new TestRandom(17);
const numbers = (count: number): number[] => Array.from(random.numbers(count, 0.8));
const tokens = (count: number, from: number): number[] =>
  Array.from({ length: count }, () => random.integer(from, VOCABULARY - 1));
const rates = Array.from({ length: UPDATES }, (_, update) => 0.1 / (1 + update));
const course = {
  optimizer: { name: "sgd", options: { learningRate: 0.1, momentum: 0.5 }, schedule: { learningRate: rates } },
  clipNorm: 0.2,
};

/** Initial weights of a layer of gate blocks under torch's names. */
function recurrentWeights(name: string, blocks: number, inputSize: number, suffix = "_l0"): Record<string, number[]> {
  const rows = blocks * UNITS;
  return {
    [`${name}.weight_ih${suffix}`]: numbers(rows * inputSize),
    [`${name}.weight_hh${suffix}`]: numbers(rows * UNITS),
    [`${name}.bias_ih${suffix}`]: numbers(rows),
    [`${name}.bias_hh${suffix}`]: numbers(rows),
  };
}

const head = (inputs: number, outputs: number) => ({
  "fc.weight": numbers(inputs * outputs),
  "fc.bias": numbers(outputs),
});

/** A run on an engine, from values in its numbers. */
type Run = <A extends Numbers>(engine: Subject<A>, as: (values: ArrayLike<number>) => A) => unknown;

function named<A extends Numbers>(values: Record<string, number[]>, as: (values: ArrayLike<number>) => A): Named<A> {
  return Object.fromEntries(Object.entries(values).map(([name, list]) => [name, as(list)]));
}

async function expectSame(run: Run, clipNorm = course.clipNorm): Promise<void> {
  const expected = (await run(oracle, (values) => Float64Array.from(values))) as TrainingResult<Float64Array>;
  const actual = (await run(subject, (values) => Float32Array.from(values))) as TrainingResult<Float32Array>;
  expect(expected.loss).toHaveLength(UPDATES);
  expect(Math.max(...(expected.gradientNorm as number[])), "clipping takes part").toBeGreaterThan(clipNorm);
  expect(tensorDifference(actual.loss, expected.loss), "loss").toBeLessThan(TOLERANCE);
  expect(tensorDifference(actual.gradientNorm ?? [], expected.gradientNorm ?? []), "norm").toBeLessThan(TOLERANCE);
  for (const [name, values] of Object.entries(expected.final))
    expect(tensorDifference(actual.final[name], values), name).toBeLessThan(TOLERANCE);
}

test("windows over a series, the context carried on", async () => {
  const initial = { ...recurrentWeights("rnn", 3, 1), ...head(UNITS, 1) };
  const series = numbers(UPDATES + STEPS);
  const own = { cell: "gru", units: UNITS, window: STEPS, carryState: true, isHalved: false };
  await expectSame((engine, as) =>
    engine.trainWindows({ ...course, ...own, series: as(series), initial: named(initial, as) }),
  );
});

test("windows over a series, each gradient clipped by itself", async () => {
  const initial = { ...recurrentWeights("rnn", 4, 1), ...head(UNITS, 1) };
  const series = numbers(UPDATES + STEPS);
  const own = { cell: "lstm", units: UNITS, window: STEPS, carryState: false, isHalved: false };
  const { optimizer } = course;
  await expectSame((engine, as) =>
    engine.trainWindows({ optimizer, clipValue: 0.02, ...own, series: as(series), initial: named(initial, as) }),
  );
});

test("characters through an embedding", async () => {
  const weights = { "embedding.weight": numbers(VOCABULARY * SIZE), ...recurrentWeights("rnn", 3, SIZE) };
  const initial = { ...weights, ...head(UNITS, VOCABULARY) };
  const sequences = tokens(UPDATES * BATCH * (STEPS + 1), 0);
  const sizes = { cell: "gru", units: UNITS, vocabulary: VOCABULARY, embeddingSize: SIZE, batch: BATCH, steps: STEPS };
  await expectSame((engine, as) =>
    engine.trainCharacters({ ...course, ...sizes, sequences, initial: named(initial, as) }),
  );
});

/** Weights alone, of layers without biases. */
const withoutBiases = (weights: Record<string, number[]>) =>
  Object.fromEntries(Object.entries(weights).filter(([name]) => !name.includes("bias")));

test("characters without biases, each gradient clipped by itself", async () => {
  const initial = withoutBiases({ ...recurrentWeights("rnn", 3, VOCABULARY), ...head(UNITS, VOCABULARY) });
  const sequences = tokens(UPDATES * BATCH * (STEPS + 1), 0);
  const sizes = { cell: "gru", units: UNITS, vocabulary: VOCABULARY, batch: BATCH, steps: STEPS };
  const { optimizer } = course;
  await expectSame((engine, as) =>
    engine.trainCharacters({ optimizer, clipValue: 0.01, ...sizes, sequences, initial: named(initial, as) }),
  );
});

test("sequences without biases", async () => {
  const initial = withoutBiases({ ...recurrentWeights("rnn", 4, INPUTS), ...head(UNITS, CLASSES) });
  const x = numbers(UPDATES * BATCH * STEPS * INPUTS);
  const labels = Array.from({ length: UPDATES * BATCH }, () => random.integer(0, CLASSES - 1));
  const sizes = { cell: "lstm", units: UNITS, inputSize: INPUTS, outputs: CLASSES, updates: UPDATES, batch: BATCH };
  const own = { steps: STEPS, isBidirectional: false, loss: "crossEntropy", labels } as const;
  const clipNorm = 0.1;
  await expectSame(
    (engine, as) =>
      engine.trainSequences({ ...course, clipNorm, ...sizes, ...own, x: as(x), initial: named(initial, as) }),
    clipNorm,
  );
});

test("smoothed labels of whole sequences, from both directions", async () => {
  const both = ["_l0", "_l0_reverse"].map((suffix) => recurrentWeights("rnn", 4, INPUTS, suffix));
  const initial = Object.assign({}, ...both, head(2 * UNITS, CLASSES));
  const x = numbers(UPDATES * BATCH * STEPS * INPUTS);
  const labels = Array.from({ length: UPDATES * BATCH }, () => random.integer(0, CLASSES - 1));
  const sizes = { cell: "lstm", units: UNITS, inputSize: INPUTS, outputs: CLASSES, updates: UPDATES, batch: BATCH };
  const own = { steps: STEPS, isBidirectional: true, loss: "crossEntropy", labelSmoothing: 0.2, labels } as const;
  await expectSame((engine, as) =>
    engine.trainSequences({ ...course, ...sizes, ...own, x: as(x), initial: named(initial, as) }),
  );
});

test("an encoder and a decoder", async () => {
  const tables = ["encoder", "decoder"].map((name) => ({ [`${name}_embedding.weight`]: numbers(VOCABULARY * SIZE) }));
  const sides = ["encoder", "decoder"].map((name) => recurrentWeights(name, 3, SIZE));
  const initial = Object.assign({}, ...tables, ...sides, head(UNITS, VOCABULARY));
  const [source, target] = [tokens(UPDATES * BATCH * STEPS, 1), tokens(UPDATES * BATCH * STEPS, 1)];
  const lengths = Array.from({ length: UPDATES * BATCH }, () => random.integer(1, STEPS));
  const sizes = {
    cell: "gru",
    units: UNITS,
    vocabulary: VOCABULARY,
    embeddingSize: SIZE,
    updates: UPDATES,
    batch: BATCH,
  };
  const own = { steps: STEPS, answerSteps: STEPS, source, lengths, target, start: 1, ignored: 0 };
  await expectSame((engine, as) => engine.trainAnswers({ ...course, ...sizes, ...own, initial: named(initial, as) }));
});

test("streams", async () => {
  const initial = { ...recurrentWeights("rnn", 4, INPUTS), ...head(UNITS, 1) };
  const [sets, steps] = [2, (UPDATES / 2) * STEPS];
  const [x, target] = [numbers(sets * BATCH * steps * INPUTS), numbers(sets * BATCH * steps)];
  const sizes = { cell: "lstm", units: UNITS, inputSize: INPUTS, outputs: 1, batch: BATCH };
  const own = { sets, steps, every: STEPS, window: STEPS };
  await expectSame((engine, as) =>
    engine.trainStreams({ ...course, ...sizes, ...own, x: as(x), target: as(target), initial: named(initial, as) }),
  );
});
