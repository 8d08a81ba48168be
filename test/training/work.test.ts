import { expect, test } from "vitest";
import {
  adam,
  crossEntropy,
  encoderDecoder,
  type Layer,
  Model,
  manyToOne,
  meanSquaredError,
  Trainer,
} from "../../src/index.js";

/** Work of one batch, as a trainer counts it: three times the way forward. */
function workOfBatch(layer: Layer, data: ConstructorParameters<typeof Trainer>[1], loss: typeof crossEntropy): number {
  using model = new Model(layer);
  using trainer = new Trainer(model, data, { loss, optimizer: adam() });
  return trainer.run({ batches: 1 }).work;
}

test("every weight of a matrix counts once for each row it is applied to, and thrice in training", () => {
  const layer = manyToOne({ cell: "elman", inputSize: 2, units: 3, outputSize: 4 });
  const data = {
    input: [
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ],
    target: [[1, 2, 3, 4]],
  };
  const [perRow, perSequence] = [3 * 2 + 3 * 3, 3 * 4];
  expect(workOfBatch(layer, data, meanSquaredError)).toBe(3 * (3 * perRow + perSequence));
});

test("an answer's steps count where answers have steps of their own", () => {
  const layer = encoderDecoder({ cell: "elman", inputSize: 1, targetVocabularySize: 5, units: 3, start: 0, stop: 1 });
  const work = (steps: number, answers: number[]) => {
    const input = [Array.from({ length: steps }, () => [0.5])];
    return workOfBatch(layer, { input, target: [answers] }, crossEntropy);
  };
  const [read, told] = [3 * 1 + 3 * 3, 3 * 3 + 3 * 3 + 5 * 3];
  expect(work(4, [2, 1])).toBe(3 * (4 * read + 2 * told));
  expect(work(4, [2, 3, 4, 1])).toBe(3 * (4 * read + 4 * told));
});
