import { describe, expect, test } from "vitest";
import {
  backpropagate,
  dense,
  evaluate,
  fit,
  gru,
  Model,
  meanSquaredError,
  sequential,
  sgd,
  tensor,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";

import { data, make, ragged } from "./samples.js";

describe("a loss of one's own", () => {
  /** The mean squared error as the core computes it: differences and gradients in float32, their sum in float64. */
  const own = (prediction: ReturnType<typeof tensor>, target: ReturnType<typeof tensor>) => {
    const count = prediction.data.length;
    let sum = 0;
    const gradient = prediction.data.map((value, index) => {
      const difference = Math.fround(value - (target.data[index] as number));
      sum += difference * difference;
      return Math.fround(Math.fround(2 / count) * difference);
    });
    return { loss: sum / count, gradient };
  };

  test("that is the mean squared error trains to the same bits", async () => {
    const [library, mine] = [make(), make()];
    const options = { optimizer: sgd({ learningRate: 0.05 }), epochs: 2, batchSize: 8 };
    const wanted = await fit(library, data, { loss: meanSquaredError, ...options });
    expect(await fit(mine, data, { loss: own, ...options })).toEqual(wanted);
    expect(mine.save()).toEqual(library.save());
    expect(evaluate(mine, data, { loss: own })).toEqual(evaluate(library, data, { loss: meanSquaredError }));
  });

  test("sees predictions and targets in the caller's order, with zeros beyond each end", () => {
    const model = new Model(sequential(gru(4), dense(1)), { inputSize: 1 });
    const wanted = model.predictBatch(ragged.input);
    let calls = 0;
    const loss = (prediction: ReturnType<typeof tensor>, target: ReturnType<typeof tensor>) => {
      calls++;
      expect(prediction.shape).toEqual([7, 5, 1]);
      expectSameBits(prediction.data, wanted.data, "prediction");
      const padded = ragged.target.flatMap((rows) => Array.from({ length: 5 }, (_, step) => rows[step]?.[0] ?? 0));
      expectSameBits(target.data, Float32Array.from(padded), "target");
      // Beyond an end nobody looks: not even at NaN.
      const gradient = prediction.data.map((_, at) =>
        at % 5 < (ragged.input[Math.floor(at / 5)]?.length as number) ? 0.1 : Number.NaN,
      );
      return { loss: 1, gradient };
    };
    backpropagate(model, ragged, loss);
    expect(calls).toBe(1);
    for (const parameter of model.parameters) expect(parameter.gradient().data.every(Number.isFinite)).toBe(true);
  });

  test("may give its gradient flat, nested, or as a tensor", () => {
    const input = [
      [[1], [2]],
      [[3], [4]],
    ];
    const gradients = [
      [0.5, -1],
      Float32Array.of(0.5, -1),
      Float64Array.of(0.5, -1),
      [[0.5], [-1]],
      tensor([[0.5], [-1]]),
    ].map((gradient) => {
      const fresh = make();
      backpropagate(fresh, { input, target: [[0], [0]] }, () => ({ loss: 1, gradient }));
      return fresh.parameters.map((parameter) => parameter.gradient());
    });
    for (const other of gradients) expect(other).toEqual(gradients[0]);
  });
});
