import { describe, expect, test } from "vitest";
import {
  backpropagate,
  crossEntropy,
  crossEntropyWith,
  type Data,
  dense,
  evaluate,
  fit,
  gru,
  type Loss,
  type LossFunction,
  lastStep,
  Model,
  meanSquaredError,
  sequential,
} from "../../src/index.js";

/** Three ragged sequences, for a network that answers at every step. */
const input = [
  [[1], [2], [3], [4]],
  [[0.5], [-1]],
  [[2], [1], [0]],
];
const target = [
  [[1], [0], [2], [1]],
  [[1], [2]],
  [[0], [0], [1]],
];
const classes = [
  [1, 0, 2, 1],
  [1, 2],
  [0, 0, 1],
];
const weights = [
  [1, 0, 2, 0.5],
  [0, 1],
  [3, 0, 0],
];
const each = sequential(gru(3), dense(1));
const tagger = sequential(gru(3), dense(3));

/** The loss of a batch, and all gradients after it. */
function measured(layer: typeof each, data: Data, loss: Loss | LossFunction) {
  const model = new Model(layer, { inputSize: 1 });
  try {
    const value = backpropagate(model, data, loss);
    const gradients = model.parameters.map((parameter) => [...parameter.gradient().data]);
    return { value, gradients };
  } finally {
    model.dispose();
  }
}

/** The weighted mean squared error, from its definition. */
const own: LossFunction = (prediction, wanted, counts) => {
  const of = (index: number) => counts?.data[index] ?? 1;
  const total = prediction.data.reduce((sum, _, index) => sum + of(index), 0);
  const errors = prediction.data.map((value, index) => value - (wanted.data[index] as number));
  return {
    loss: errors.reduce((sum, error, index) => sum + (of(index) * error * error) / total, 0),
    gradient: errors.map((error, index) => (2 * of(index) * error) / total),
  };
};

describe("weights", () => {
  test("of steps: the loss is Σ w l / Σ w, for a loss of the library and for one's own", () => {
    const library = measured(each, { input, target, weights }, meanSquaredError);
    const mine = measured(each, { input, target, weights }, own);
    // The own one sums in another order, and rounds the gradient's share to float32 elsewhere.
    expect(library.value).toBeCloseTo(mine.value, 6);
    library.gradients
      .flat()
      .forEach((value, index) => expect(value).toBeCloseTo(mine.gradients.flat()[index] as number, 6));
  });

  test("of sequences count for all their steps", () => {
    const perStep = input.map((steps, index) => steps.map(() => [0.5, 2, 0][index] as number));
    const given = measured(each, { input, target, weights: [0.5, 2, 0] }, meanSquaredError);
    expect(given).toEqual(measured(each, { input, target, weights: perStep }, meanSquaredError));
  });

  test("of sequences weigh answers of sequences", () => {
    const layer = sequential(gru(3), lastStep(), dense(1));
    const data = { input, target: [[1], [2], [3]] };
    const twice = { input: [...input, input[1] as number[][]], target: [[1], [2], [3], [2]] };
    const [weighted, repeated] = [
      measured(layer, { ...data, weights: [1, 2, 1] }, meanSquaredError),
      measured(layer, twice, meanSquaredError),
    ];
    // Float32 gradients of a few products, added in another order.
    expect(weighted.value).toBeCloseTo(repeated.value, 12);
    weighted.gradients
      .flat()
      .forEach((value, index) => expect(value).toBeCloseTo(repeated.gradients.flat()[index] as number, 6));
  });

  test("of 1 change no bit; of 0 throughout the loss is 0, and nothing moves", () => {
    const plain = measured(each, { input, target }, meanSquaredError);
    expect(measured(each, { input, target, weights: [1, 1, 1] }, meanSquaredError)).toEqual(plain);
    const none = measured(each, { input, target, weights: [0, 0, 0] }, meanSquaredError);
    expect(none.value).toBe(0);
    expect(none.gradients.flat().every((value) => value === 0)).toBe(true);
  });

  test("join batches by what their rows count for: a measure does not depend on the batch size", () => {
    const model = new Model(each, { inputSize: 1 });
    const [whole, single] = [64, 1].map(
      (batchSize) => evaluate(model, { input, target, weights }, { loss: meanSquaredError, batchSize }).loss,
    );
    expect(single).toBeCloseTo(whole as number, 12);
    model.dispose();
  });
});

describe("masks and ignored targets", () => {
  test("a masked step has no part in the loss, whatever its target", () => {
    const mask = input.map((steps) => steps.map(() => 1));
    (mask[0] as number[])[3] = 0;
    const odd = classes.map((steps) => [...steps]);
    (odd[0] as number[])[3] = 99;
    const shorter = { input: [input[0]?.slice(0, 3), ...input.slice(1)], target: [[1, 0, 2], ...classes.slice(1)] };
    const masked = measured(tagger, { input, target: odd, mask }, crossEntropy);
    const cut = measured(tagger, shorter as Data, crossEntropy);
    expect(masked.value).toBeCloseTo(cut.value, 12);
    masked.gradients
      .flat()
      .forEach((value, index) => expect(value).toBeCloseTo(cut.gradients.flat()[index] as number, 6));
  });

  test("an ignored class leaves the same bits as a weight of 0", () => {
    const ignored = classes.map((steps, index) =>
      steps.map((target, step) => ((weights[index] as number[])[step] === 0 ? -100 : target)),
    );
    const flags = weights.map((steps) => steps.map((weight) => (weight === 0 ? 0 : 1)));
    const byIndex = measured(tagger, { input, target: ignored }, crossEntropyWith({ ignoreIndex: -100 }));
    expect(byIndex).toEqual(measured(tagger, { input, target: classes, weights: flags }, crossEntropy));
  });

  test("a tagger learns from the targets it has", async () => {
    const model = new Model(tagger, { inputSize: 1 });
    const data = { input, target: classes.map((steps) => [-100, ...steps.slice(1)]) };
    const loss = crossEntropyWith({ ignoreIndex: -100, labelSmoothing: 0.05, classWeights: [1, 2, 1] });
    const before = evaluate(model, data, { loss }).loss;
    await fit(model, data, { loss, epochs: 60 });
    expect(evaluate(model, data, { loss }).loss).toBeLessThan(before);
    model.dispose();
  });
});
