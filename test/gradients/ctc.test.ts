import { describe, expect, test } from "vitest";
import { centralDifferences } from "../oracle/centralDifferences.js";
import { oracle } from "../oracle/oracle.js";
import { TestRandom } from "../oracle/random.js";
import { softmaxRow } from "../oracle/softmax.js";
import { scalarDifference, tensorDifference } from "../support/compare.js";
import { runLabelLoss, runLoss } from "../support/subject.js";
import type { LabelRun } from "../support/subjectContract.js";
import { FLOAT32_GRADIENT_TOLERANCE, FLOAT32_LOSS_TOLERANCE } from "./tolerance.js";

const CLASSES = 5;
const STEPS = 9;

/** Lengths in no order, an empty sequence, repeated labels, no label, as many labels as steps. */
const batch = {
  classes: CLASSES,
  lengths: [6, 9, 0, 1, 4, 7],
  labels: [[1, 2, 2], [4, 3, 4, 1], [], [3], [], [2, 2, 2, 2]],
};

/** Some steps without weight, and a whole sequence. */
const holes = batch.lengths.map((length, index) =>
  Array.from({ length }, (_, step) => (index === 3 || (index === 1 && step % 3 === 1) ? 0 : 1 + index / 4)),
);

function sample(scale: number): LabelRun<Float32Array> {
  return { ...batch, prediction: new TestRandom(3).numbers(batch.lengths.length * STEPS * CLASSES, scale) };
}

const wide = (run: LabelRun<Float32Array>): LabelRun<Float64Array> => ({
  ...run,
  prediction: Float64Array.from(run.prediction),
});

describe.each([
  ["all steps", {}],
  ["steps and sequences without weight", { weights: holes }],
])("ctc of a ragged batch, %s", (_, weights) => {
  test.each([1, 8, 60])("equals the float64 oracle, logits of ±%i", (scale) => {
    const run = { ...sample(scale), ...weights };
    const [result, expected] = [runLabelLoss("ctc", run, {}), oracle.runLabelLoss("ctc", wide(run), {})];
    expect(scalarDifference(result.loss, expected.loss)).toBeLessThan(FLOAT32_LOSS_TOLERANCE);
    expect(tensorDifference(result.gradient, expected.gradient)).toBeLessThan(FLOAT32_GRADIENT_TOLERANCE);
  });

  test("its gradient is the derivative of its value (central differences)", () => {
    const run = wide({ ...sample(2), ...weights });
    const numeric = centralDifferences(() => oracle.runLabelLoss("ctc", run, {}).loss, run.prediction);
    const { gradient } = runLabelLoss("ctc", { ...sample(2), ...weights }, {});
    expect(tensorDifference(gradient, numeric)).toBeLessThan(FLOAT32_GRADIENT_TOLERANCE);
  });

  test("what lies beyond a length or in a step without weight does not matter", () => {
    const run = { ...sample(2), ...weights };
    const expected = runLabelLoss("ctc", run, {});
    const prediction = run.prediction.map((value, at) => {
      const [sequence, step] = [Math.floor(at / CLASSES / STEPS), Math.floor(at / CLASSES) % STEPS];
      const isOut = step >= batch.lengths[sequence] || (run.weights?.[sequence][step] ?? 1) === 0;
      return isOut ? Number.NaN : value;
    });
    expect(runLabelLoss("ctc", { ...run, prediction }, {})).toEqual(expected);
  });
});

test("a sequence alone gives the same gradient as in a batch, times its share", () => {
  const run = sample(2);
  const whole = runLabelLoss("ctc", run, {});
  batch.lengths.forEach((length, index) => {
    if (length === 0) return;
    const from = index * STEPS * CLASSES;
    const own = run.prediction.slice(from, from + length * CLASSES);
    const { gradient } = runLoss("ctc", own, batch.labels[index], [length, CLASSES], {});
    // Five sequences have steps; a share is rounded once more to float32.
    const share = whole.gradient.subarray(from, from + length * CLASSES).map((value) => value * 5);
    expect(tensorDifference(share, gradient)).toBeLessThan(FLOAT32_GRADIENT_TOLERANCE);
  });
});

/** Every way to give each of the steps a class, with the labels it tells. */
function* paths(steps: number, classes: number): Generator<{ path: number[]; labels: number[] }> {
  for (let code = 0; code < classes ** steps; code++) {
    const path = Array.from({ length: steps }, (_, t) => Math.floor(code / classes ** t) % classes);
    yield { path, labels: path.filter((symbol, t) => symbol !== 0 && symbol !== path[t - 1]) };
  }
}

test.each([[[]], [[1]], [[1, 1]], [[2, 1]], [[1, 2, 1]]])(
  "labels %j: the loss is that of all alignments, counted one by one",
  (labels) => {
    const logits = new TestRandom(5).numbers(4 * 3, 2);
    const p = Array.from({ length: 4 }, (_, t) =>
      softmaxRow(Float64Array.from(logits.subarray(t * 3, t * 3 + 3)), false),
    );
    let sum = 0;
    for (const { path, labels: told } of paths(4, 3)) {
      if (told.join() === labels.join()) sum += path.reduce((product, symbol, t) => product * p[t][symbol], 1);
    }
    const { loss } = runLoss("ctc", logits, labels, [4, 3], {});
    expect(scalarDifference(loss, -Math.log(sum) / Math.max(1, labels.length))).toBeLessThan(FLOAT32_LOSS_TOLERANCE);
  },
);

test("without an alignment the loss is infinite, or 0 where that is wanted, and the gradient is 0", () => {
  const logits = new TestRandom(7).numbers(3 * 4, 2);
  for (const labels of [
    [1, 1, 2],
    [1, 2, 3, 1],
  ]) {
    const plain = runLoss("ctc", logits, labels, [3, 4], {});
    const zero = runLoss("ctc", logits, labels, [3, 4], { zeroInfinity: true });
    expect([plain.loss, zero.loss]).toEqual([Infinity, 0]);
    for (const { gradient } of [plain, zero]) expect([...gradient]).toEqual(new Array(12).fill(0));
  }
});

test("a logit that is no number makes the loss none, whatever the options", () => {
  const logits = new TestRandom(7).numbers(3 * 4, 2).fill(Number.NaN, 4, 5);
  for (const zeroInfinity of [false, true])
    expect(runLoss("ctc", logits, [1], [3, 4], { zeroInfinity }).loss).toBeNaN();
});

test("hundreds of steps neither underflow nor lose the gradient", () => {
  const [steps, labels] = [600, Array.from({ length: 40 }, (_, index) => 1 + (index % 3))];
  const logits = new TestRandom(9).numbers(steps * 4, 10);
  const result = runLoss("ctc", logits, labels, [steps, 4], {});
  const expected = oracle.runLoss("ctc", Float64Array.from(logits), labels, [steps, 4], {});
  expect(scalarDifference(result.loss, expected.loss)).toBeLessThan(FLOAT32_LOSS_TOLERANCE);
  expect(tensorDifference(result.gradient, expected.gradient)).toBeLessThan(FLOAT32_GRADIENT_TOLERANCE);
});
