import { describe, expect, test } from "vitest";
import { losses } from "../../src/losses/index.js";
import { centralDifferences } from "../oracle/centralDifferences.js";
import { oracleLosses } from "../oracle/losses.js";
import { TestRandom } from "../oracle/random.js";
import { scalarDifference, tensorDifference } from "../support/compare.js";
import { runLoss } from "../support/subject.js";
import { FLOAT32_GRADIENT_TOLERANCE, FLOAT32_LOSS_TOLERANCE } from "./tolerance.js";

type Targets = (random: TestRandom, rows: number, width: number) => ArrayLike<number>;

/** A loss in one of its forms: its options for an output of a width, and random targets for predictions [rows, width]. */
interface Variant {
  readonly loss: string;
  readonly form: string;
  readonly targets: Targets;
  readonly options?: (width: number) => Record<string, unknown>;
  /** Outputs for each value of the target. */
  readonly parts?: number;
  /** Outputs of a row for a number of columns, where that is not `parts` times as many. */
  readonly widthOf?: (columns: number) => number;
  /** Whether the gradient passes a bound unchanged, where the derivative of the value is 0. */
  readonly passesBound?: boolean;
}

const values: Targets = (random, rows, width) => random.numbers(rows * width, 2);
const shares: Targets = (random, rows, width) => random.numbers(rows * width, 0.5).map((value) => value + 0.5);
const counts: Targets = (random, rows, width) => random.numbers(rows * width, 4).map(Math.abs);
const classes: Targets = (random, rows, width) => Array.from({ length: rows }, () => random.integer(0, width - 1));
const someClasses: Targets = (random, rows, width) =>
  Array.from(classes(random, rows, width), (target, row) => (row % 3 === 1 ? -7 : target));
const means: Targets = (random, rows, width) => random.numbers((rows * width) / 2, 2);
/** Half of them 0. */
const rareShares: Targets = (random, rows, width) =>
  Array.from(shares(random, rows, width), (value, at) => (at % 2) * value);
const logShares: Targets = (random, rows, width) => random.numbers(rows * width, 2).map((value) => value - 2);
/** Labels that three of four steps are enough for, so that a step may have no weight. */
const labels: Targets = (random, rows, width) =>
  Array.from({ length: Math.floor(rows / 3) }, () => random.integer(1, width - 1));
const otherLabels: Targets = (random, rows, width) =>
  Array.from(labels(random, rows, width), (label) => (label === width - 1 ? 0 : label));
/** For rows of K (1 + 2 D) outputs. */
const positions =
  (size: (width: number) => number): Targets =>
  (random, rows, width) =>
    random.numbers(rows * size(width), 2);
/** Two values, and one of three categories. */
const strokes: Targets = (random, rows) =>
  Array.from({ length: rows }, (_, row) => [
    ...random.numbers(2, 2),
    ...[0, 1, 2].map((pen) => (pen === row % 3 ? 1 : 0)),
  ]).flat();
/** 0.5, 1, 1.5 … for the columns, and 0 for the last of many. */
const perColumn = (width: number) =>
  Array.from({ length: width }, (_, column) => (column > 3 && column === width - 1 ? 0 : (column + 1) / 2));

const variants: readonly Variant[] = [
  { loss: "meanSquaredError", form: "", targets: values },
  { loss: "meanAbsoluteError", form: "", targets: values },
  { loss: "huber", form: "", targets: values },
  { loss: "huber", form: "δ 0.3", targets: values, options: () => ({ delta: 0.3 }) },
  { loss: "smoothL1", form: "", targets: values },
  { loss: "smoothL1", form: "β 2.5", targets: values, options: () => ({ beta: 2.5 }) },
  { loss: "smoothL1", form: "β 0", targets: values, options: () => ({ beta: 0 }) },
  { loss: "logCosh", form: "", targets: values },
  { loss: "poisson", form: "", targets: counts },
  { loss: "binaryCrossEntropy", form: "", targets: shares },
  { loss: "binaryCrossEntropy", form: "one weight", targets: shares, options: () => ({ positiveWeights: 3.5 }) },
  {
    loss: "binaryCrossEntropy",
    form: "a weight each",
    targets: shares,
    options: (width) => ({ positiveWeights: perColumn(width) }),
  },
  { loss: "quantileLoss", form: "", targets: values },
  {
    loss: "quantileLoss",
    form: "three at once",
    targets: (random, rows, width) => random.numbers((rows * width) / 3, 2),
    options: () => ({ quantiles: [0.1, 0.5, 0.9] }),
    parts: 3,
  },
  { loss: "gaussianNll", form: "", targets: means, parts: 2 },
  {
    loss: "gaussianNll",
    form: "full, ε 2",
    targets: means,
    options: () => ({ full: true, epsilon: 2 }),
    parts: 2,
    passesBound: true,
  },
  {
    loss: "gaussianNll",
    form: "of variances",
    targets: means,
    options: () => ({ spread: "variance", epsilon: 0.5 }),
    parts: 2,
    passesBound: true,
  },
  { loss: "klDivergence", form: "", targets: rareShares },
  { loss: "klDivergence", form: "of logarithms", targets: logShares, options: () => ({ logTarget: true }) },
  {
    loss: "mixtureDensity",
    form: "one Gaussian",
    targets: positions((width) => (width - 1) / 2),
    options: () => ({ components: 1 }),
    widthOf: (columns) => 1 + 2 * columns,
  },
  {
    loss: "mixtureDensity",
    form: "three, least variance 1",
    targets: positions((width) => (width / 3 - 1) / 2),
    options: () => ({ components: 3, epsilon: 1 }),
    widthOf: (columns) => 3 * (1 + 2 * columns),
    passesBound: true,
  },
  {
    loss: "mixtureDensity",
    form: "correlated, with a pen",
    targets: strokes,
    options: (width) => ({ components: (width - 3) / 6, correlated: true, categories: 3 }),
    widthOf: (columns) => 6 * columns + 3,
  },
  { loss: "ctc", form: "", targets: labels },
  { loss: "ctc", form: "blank last", targets: otherLabels, options: (width) => ({ blank: width - 1 }) },
  { loss: "crossEntropy", form: "classes", targets: classes },
  { loss: "crossEntropy", form: "probabilities", targets: shares },
  { loss: "crossEntropy", form: "some ignored", targets: someClasses, options: () => ({ ignoreIndex: -7 }) },
  { loss: "crossEntropy", form: "smoothed", targets: classes, options: () => ({ labelSmoothing: 0.2 }) },
  { loss: "crossEntropy", form: "smoothed away", targets: classes, options: () => ({ labelSmoothing: 1 }) },
  {
    loss: "crossEntropy",
    form: "class weights",
    targets: classes,
    options: (width) => ({ classWeights: perColumn(width) }),
  },
  {
    loss: "crossEntropy",
    form: "everything",
    targets: someClasses,
    options: (width) => ({ ignoreIndex: -7, labelSmoothing: 0.1, classWeights: perColumn(width) }),
  },
  {
    loss: "crossEntropy",
    form: "weighted, smoothed probabilities",
    targets: shares,
    options: (width) => ({ labelSmoothing: 0.1, classWeights: perColumn(width) }),
  },
];

const shapes = [
  [1, 2],
  [4, 3],
  [7, 5],
  [33, 8],
  [2, 17],
] as const;

test("every registered loss is tried", () => {
  const tried = new Set(variants.map(({ loss }) => loss));
  expect(
    Object.keys(losses).filter((name) => !tried.has(name)),
    "add each to `variants` here",
  ).toEqual([]);
});

describe.each(variants)("$loss $form", ({ loss: name, targets, options: make = () => ({}), ...rest }) => {
  const { parts = 1, widthOf = (columns: number) => columns * parts } = rest;

  /** One in three weights is 0. */
  const weightsOf = (random: TestRandom, rows: number) =>
    random.numbers(rows, 1).map((value, row) => (row % 3 === 2 ? 0 : Math.abs(value)));

  test.each(shapes)("equals the float64 oracle on [%i, %i], rows counting alike or not", (rows, columns) => {
    const width = widthOf(columns);
    const random = new TestRandom(rows * 100 + width);
    const prediction = random.numbers(rows * width, 4);
    const [target, options] = [targets(random, rows, width), make(width)];
    for (const weights of [undefined, weightsOf(random, rows), new Float32Array(rows)]) {
      const result = runLoss(name, prediction, target, [rows, width], options, weights);
      const expected = oracleLosses[name](Float64Array.from(prediction), target, [rows, width], options, weights);
      expect(scalarDifference(result.loss, expected.loss)).toBeLessThan(FLOAT32_LOSS_TOLERANCE);
      expect(tensorDifference(result.gradient, expected.gradient)).toBeLessThan(FLOAT32_GRADIENT_TOLERANCE);
    }
  });

  if (rest.passesBound !== true)
    test("its gradient is the derivative of its value (central differences)", () => {
      const random = new TestRandom(6);
      const width = widthOf(5);
      const prediction = random.numbers(3 * width, 3);
      const [target, options] = [targets(random, 3, width), make(width)];
      const weights = [0.5, 0, 2];
      const wide = Float64Array.from(prediction);
      const value = () => oracleLosses[name](wide, target, [3, width], options, weights).loss;
      const numeric = centralDifferences(value, wide);
      const { gradient } = runLoss(name, prediction, target, [3, width], options, weights);
      expect(tensorDifference(gradient, numeric)).toBeLessThan(FLOAT32_GRADIENT_TOLERANCE);
    });

  test("weights of 1 change no bit, and what lies in a row without weight does not matter", () => {
    const random = new TestRandom(8);
    const width = widthOf(5);
    const prediction = random.numbers(4 * width, 3);
    const [target, options] = [targets(random, 4, width), make(width)];
    const plain = runLoss(name, prediction, target, [4, width], options);
    expect(runLoss(name, prediction, target, [4, width], options, [1, 1, 1, 1])).toEqual(plain);
    const weights = [1, 1, 0, 2];
    const wanted = runLoss(name, prediction, target, [4, width], options, weights);
    prediction.fill(Number.NaN, 2 * width, 3 * width);
    const result = runLoss(name, prediction, target, [4, width], options, weights);
    expect(result).toEqual(wanted);
    expect([...result.gradient.subarray(2 * width, 3 * width)]).toEqual(new Array(width).fill(0));
  });
});

test("where every target is ignored the loss is 0, and so is its gradient", () => {
  const options = { ignoreIndex: 1, labelSmoothing: 0.1 };
  const { loss, gradient } = runLoss("crossEntropy", new TestRandom(1).numbers(12, 2), [1, 1, 1], [3, 4], options);
  expect(loss).toBe(0);
  expect([...gradient]).toEqual(new Array(12).fill(0));
});

test("far from 0 binary cross-entropy and log-cosh neither overflow nor lose their slope", () => {
  const far = Float32Array.of(-1e4, 1e4, -100, 100);
  const binary = runLoss("binaryCrossEntropy", far, [0, 1, 1, 0], [4, 1], {});
  expect(binary.loss).toBe(50);
  expect([...binary.gradient]).toEqual([0, 0, -0.25, 0.25]);
  const cosh = runLoss("logCosh", far, [0, 0, 0, 0], [4, 1], {});
  expect(cosh.loss).toBeCloseTo((2 * 1e4 + 200) / 4 - Math.LN2, 9);
  expect([...cosh.gradient]).toEqual([-0.25, 0.25, -0.25, 0.25]);
});

test.each([
  ["gaussianNll", { full: true }, [0.3, -0.2, 0.7, -2, 0.5, 1.5], [1, -1, 0.4]],
  ["gaussianNll", { spread: "variance" }, [0.3, -0.2, 0.7, 2, 0.5, 1.5], [1, -1, 0.4]],
  ["mixtureDensity", { components: 2, epsilon: 0.01 }, [0.4, -0.3, 1, 2, -0.5, 0.3, 0.2, -1, 0.6, -0.4], [0.7, 1.1]],
] as const)("%s %o: above its bound the gradient is the derivative", (name, options, given, target) => {
  const wide = Float64Array.from(given);
  const numeric = centralDifferences(() => oracleLosses[name](wide, target, [1, given.length], options).loss, wide);
  const { gradient } = runLoss(name, Float32Array.from(given), target, [1, given.length], options);
  expect(tensorDifference(gradient, numeric)).toBeLessThan(FLOAT32_GRADIENT_TOLERANCE);
});

test("a mixture whose Gaussians are all far from the target has a finite loss, and a gradient that leads the nearest", () => {
  const far = Float32Array.of(0, 0, -300, 500, -2, -2);
  const { loss, gradient } = runLoss("mixtureDensity", far, [100], [1, 6], { components: 2 });
  const expected = oracleLosses.mixtureDensity(Float64Array.from(far), [100], [1, 6], { components: 2 });
  expect(scalarDifference(loss, expected.loss)).toBeLessThan(FLOAT32_LOSS_TOLERANCE);
  expect(tensorDifference(gradient, expected.gradient)).toBeLessThan(FLOAT32_GRADIENT_TOLERANCE);
  expect(gradient.every(Number.isFinite)).toBe(true);
});
