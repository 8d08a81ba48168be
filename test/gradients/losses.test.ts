import { describe, expect, test } from "vitest";
import { losses } from "../../src/losses/index.js";
import { centralDifferences } from "../oracle/centralDifferences.js";
import { oracleLosses } from "../oracle/losses.js";
import { TestRandom } from "../oracle/random.js";
import { scalarDifference, tensorDifference } from "../support/compare.js";
import { runLoss } from "../support/subject.js";
import { FLOAT32_GRADIENT_TOLERANCE, FLOAT32_LOSS_TOLERANCE } from "./tolerance.js";

/** Random targets of each loss for predictions [rows, width]. */
const targets: Readonly<Record<string, (random: TestRandom, rows: number, width: number) => ArrayLike<number>>> = {
  meanSquaredError: (random, rows, width) => random.numbers(rows * width, 2),
  crossEntropy: (random, rows, width) => Array.from({ length: rows }, () => random.integer(0, width - 1)),
};

const shapes = [
  [1, 2],
  [4, 3],
  [7, 5],
  [33, 8],
  [2, 17],
] as const;

test("every registered loss has targets", () => {
  const missing = Object.keys(losses).filter((name) => !(name in targets));
  expect(missing, "add each to `targets` here").toEqual([]);
});

describe.each(Object.keys(losses))("%s", (name) => {
  test.each(shapes)("equals the float64 oracle on [%i, %i]", (rows, width) => {
    const random = new TestRandom(rows * 100 + width);
    const prediction = random.numbers(rows * width, 4);
    const target = targets[name](random, rows, width);
    const result = runLoss(name, prediction, target, [rows, width], {});
    const expected = oracleLosses[name](Float64Array.from(prediction), target, [rows, width]);
    expect(scalarDifference(result.loss, expected.loss)).toBeLessThan(FLOAT32_LOSS_TOLERANCE);
    expect(tensorDifference(result.gradient, expected.gradient)).toBeLessThan(FLOAT32_GRADIENT_TOLERANCE);
  });

  test("its gradient is the derivative of its value (central differences)", () => {
    const random = new TestRandom(6);
    const prediction = random.numbers(15, 3);
    const target = targets[name](random, 3, 5);
    const wide = Float64Array.from(prediction);
    const numeric = centralDifferences(() => oracleLosses[name](wide, target, [3, 5]).loss, wide);
    const { gradient } = runLoss(name, prediction, target, [3, 5], {});
    expect(tensorDifference(gradient, numeric)).toBeLessThan(FLOAT32_GRADIENT_TOLERANCE);
  });
});
