import { describe, test } from "vitest";
import { cells } from "../../src/cells/index.js";
import { type CellName, dense, Model, recurrent, sequential, Tensor } from "../../src/index.js";
import { TestRandom } from "../oracle/random.js";
import { expectSameBits } from "./bits.js";

const INPUTS = 3;

/** Sequences of these lengths; an empty one among them. */
function sequencesOf(lengths: readonly number[], seed: number): Tensor[] {
  const random = new TestRandom(seed);
  return lengths.map((length) => new Tensor(random.numbers(length * INPUTS), [length, INPUTS]));
}

function network(cell: string, normalization: "none" | "layer"): Model {
  return new Model(sequential(recurrent(cells[cell as CellName] as never, 9, { normalization }), dense(2)), {
    inputSize: INPUTS,
    seed: 5,
  });
}

/** [time, width] of one sequence in a batch of predictions [batch, steps, width]. */
function own(batch: Tensor, index: number, length: number): Float32Array {
  const [, steps, width] = batch.shape;
  return batch.data.slice(index * steps * width, (index * steps + length) * width);
}

const layers = Object.keys(cells).flatMap((cell) => [[cell, "none"] as const, [cell, "layer"] as const]);

describe.each(layers)("%s, normalization: %s", (cell, normalization) => {
  const lengths = [4, 0, 7, 1, 7, 2];

  test("predictBatch gives each sequence the bits that predict gives it alone", () => {
    const model = network(cell, normalization);
    const sequences = sequencesOf(lengths, 1);
    const batch = model.predictBatch(sequences);
    lengths.forEach((length, index) => {
      if (length > 0)
        expectSameBits(own(batch, index, length), model.predict(sequences[index]).data, `sequence ${index}`);
    });
    model.dispose();
  });

  test("what was predicted before, larger or smaller, changes no bit", () => {
    const [model, fresh] = [network(cell, normalization), network(cell, normalization)];
    const sequences = sequencesOf(lengths, 2);
    const expected = fresh.predictBatch(sequences).data;
    model.predictBatch(sequencesOf([1], 3));
    model.predictBatch(sequencesOf(new Array(100).fill(12), 4));
    expectSameBits(model.predictBatch(sequences).data, expected, "after others");
    expectSameBits(model.predictBatch(sequences).data, expected, "once more");
    for (const each of [model, fresh]) each.dispose();
  });
});
