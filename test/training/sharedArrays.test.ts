import { describe, expect, test } from "vitest";
import { crossEntropy, type Data, dense, fit, gru, Model, sequential, tensor } from "../../src/index.js";

/** A class that there is not: a kernel that looked it up would read and write what belongs to others. */
const NO_CLASS = 3050;
const make = () => new Model(sequential(gru(2), dense(2)), { inputSize: 1 });
const read = (model: Model) => model.parameters.map((parameter) => parameter.read().data);

/** What a training gives whose arrays nobody touches. */
async function trained(data: Data): Promise<Float32Array[]> {
  const model = make();
  await fit(model, data, { loss: crossEntropy, epochs: 4 });
  return read(model);
}

describe("what a training was given may be changed while it runs: the training goes on with what it was given", () => {
  const input = [[[1], [2]]];
  test.each(["weights", "mask"] as const)("%s", async (name) => {
    const counts = tensor([[0, 1]]);
    const data = { input, target: [[NO_CLASS, 1]], [name]: counts };
    const wanted = await trained({ ...data, [name]: [[0, 1]] });
    const model = make();
    await fit(model, data, { loss: crossEntropy, epochs: 4, onEpoch: () => void counts.data.fill(1) });
    expect(read(model)).toEqual(wanted);
  });

  test("by a metric, which gets the targets as copies", async () => {
    const target = tensor([[0, 1]]);
    const data = { input, target };
    const wanted = await trained(data);
    const model = make();
    const score = (output: Float32Array, row: Float32Array) => {
      output.fill(NO_CLASS);
      row.fill(NO_CLASS);
      return 0;
    };
    await fit(model, data, {
      ...{ loss: crossEntropy, epochs: 4 },
      ...{ validation: data, metrics: [{ name: "writes", score }] },
    });
    expect([...target.data]).toEqual([0, 1]);
    expect(read(model)).toEqual(wanted);
  });
});
