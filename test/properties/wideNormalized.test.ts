import { describe, expect, test } from "vitest";
import { type Layer, lstm, Model, Tensor } from "../../src/index.js";

const [BATCH, STEPS, INPUTS] = [3, 5, 2];
const values = Float32Array.from({ length: BATCH * STEPS * INPUTS }, (_, at) => Math.sin(at * 0.7));

/**
 * A normalised layer's products begin at 0 rather than at a bias, at an address that its kernels have to mind for every column: gate rows
 * here are longer than the free memory below the core's tables.
 */
describe("a normalised layer whose gates take more than a kilobyte", () => {
  const layer: Layer = lstm(90, { normalization: "layer" });

  test("a sequence alone gives the same bits as in a batch, and step by step", () => {
    const model = new Model(layer, { inputSize: INPUTS, seed: 5 });
    const whole = model.predictBatch(new Tensor(values, [BATCH, STEPS, INPUTS])).data;
    const size = STEPS * 90;
    for (let index = 0; index < BATCH; index++) {
      const input = values.slice(index * STEPS * INPUTS, (index + 1) * STEPS * INPUTS);
      const expected = whole.slice(index * size, (index + 1) * size);
      expect(model.predict(new Tensor(input, [STEPS, INPUTS])).data).toEqual(expected);
      const session = model.session();
      for (let step = 0; step < STEPS; step++) {
        const output = session.step(input.subarray(step * INPUTS, (step + 1) * INPUTS));
        expect(output).toEqual(expected.slice(step * 90, (step + 1) * 90));
      }
    }
    model.dispose();
  });
});
