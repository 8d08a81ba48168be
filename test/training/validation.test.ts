import { describe, expect, test } from "vitest";
import { backpropagate, dense, evaluate, fit, gru, Model, meanSquaredError, sequential, sgd } from "../../src/index.js";

import { data, make, ragged } from "./samples.js";

describe("validation", () => {
  const validation = {
    input: [
      [[3], [-3]],
      [[2], [2]],
    ],
    target: [[9], [-9]],
  };

  test("with patience stops where nothing gets better, and brings the best weights back", async () => {
    const model = make();
    const seen: { loss: number; bytes: Uint8Array }[] = [];
    const result = await fit(model, data, {
      loss: meanSquaredError,
      optimizer: sgd({ learningRate: 0.3 }),
      epochs: 200,
      batchSize: 4,
      validation,
      patience: 3,
      onProgress: ({ validationLoss }) => {
        if (validationLoss !== undefined) seen.push({ loss: validationLoss, bytes: model.save() });
      },
    });
    const best = seen.reduce((least, one) => (one.loss < least.loss ? one : least));
    expect(result.stopped).toBe("patience");
    expect(result.validationLosses).toEqual(seen.map(({ loss }) => loss));
    expect(result.epochs).toBe(seen.indexOf(best) + 1 + 3);
    expect(model.save()).toEqual(best.bytes);
    expect(evaluate(model, validation, { loss: meanSquaredError }).loss).toBe(best.loss);
  });

  test("without patience only measures", async () => {
    const [watched, plain] = [make(), make()];
    const { validationLosses } = await fit(watched, data, { loss: meanSquaredError, epochs: 3, validation });
    await fit(plain, data, { loss: meanSquaredError, epochs: 3 });
    expect(watched.save()).toEqual(plain.save());
    expect(validationLosses).toHaveLength(3);
    expect(validationLosses.at(-1)).toBe(evaluate(plain, validation, { loss: meanSquaredError }).loss);
  });
});

describe("evaluate", () => {
  test("hardly depends on the batch size: by the rounding of a sum in float64", () => {
    for (const [model, measured] of [
      [make(), data],
      [new Model(sequential(gru(4), dense(1)), { inputSize: 1 }), ragged],
    ] as const) {
      const whole = evaluate(model, measured, { loss: meanSquaredError, batchSize: 1000 }).loss;
      for (const batchSize of [1, 2, 7, 13, 53]) {
        const { loss } = evaluate(model, measured, { loss: meanSquaredError, batchSize });
        // Each batch's mean is rounded, multiplied and added: at most 54 batches, three roundings of 1.1e-16 each.
        expect(Math.abs(loss - whole)).toBeLessThanOrEqual(54 * 3 * 1.2e-16 * whole);
      }
    }
  });

  test("changes nothing", () => {
    const model = make();
    backpropagate(model, data, meanSquaredError);
    const before = [model.save(), model.parameters.map((parameter) => parameter.gradient())];
    evaluate(model, data, { loss: meanSquaredError });
    expect([model.save(), model.parameters.map((parameter) => parameter.gradient())]).toEqual(before);
  });
});
