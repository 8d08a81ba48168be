import { describe, expect, test } from "vitest";
import { cells } from "../../src/cells/index.js";
import { adam, type CellName, Model, manyToOne, meanSquaredError, fit as train, windows } from "../../src/index.js";
import { expectSameBits } from "./bits.js";

/** Two tones: smooth, never repeating within the series. */
const series = Float32Array.from({ length: 60 }, (_, time) => Math.sin(time / 3) + 0.5 * Math.sin(time / 7.3));

function network(cell: string, seed: number): Model {
  return new Model(manyToOne({ cell: cell as CellName, inputSize: 1, units: 5, outputSize: 1 }), { seed });
}

/** All parameters of a model trained from a seed for two shuffled epochs. */
async function trained(cell: string, seed: number, orderSeed = seed): Promise<Float32Array> {
  const model = network(cell, seed);
  const data = windows(series, { window: 6 });
  const options = { loss: meanSquaredError, optimizer: adam({ learningRate: 0.01 }), batchSize: 8 };
  await train(model, data, { ...options, epochs: 2, seed: orderSeed });
  const values = model.parameters.flatMap((parameter) => Array.from(parameter.read().data));
  model.dispose();
  return Float32Array.from(values);
}

describe.each(Object.keys(cells))("%s", (cell) => {
  test("the same seed gives the same weights after training, bit for bit", async () => {
    expectSameBits(await trained(cell, 7), await trained(cell, 7), "weights");
  });

  test("what else was made and trained before changes no bit", async () => {
    const expected = await trained(cell, 7);
    const others = Object.keys(cells).map((other) => network(other, 3));
    await trained(cell, 8);
    expectSameBits(await trained(cell, 7), expected, "weights");
    for (const other of others) other.dispose();
  });

  test("another seed gives other initial weights, and another order of the batches other final ones", async () => {
    const expected = await trained(cell, 7);
    expect(await trained(cell, 8, 7)).not.toEqual(expected);
    expect(await trained(cell, 7, 8)).not.toEqual(expected);
  });
});
