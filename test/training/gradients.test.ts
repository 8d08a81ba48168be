import { describe, expect, test } from "vitest";
import { adam, backpropagate, fit, meanSquaredError, type OptimizerRule, sgd } from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";

import { data, make, weights } from "./samples.js";

describe("gradients", () => {
  const halves = [data.slice(0, 27), data.slice(27, 54)] as const;

  test("of two calls are the sum of both, in the order of the calls", () => {
    const [both, first, second] = [make(), make(), make()];
    for (const half of halves) backpropagate(both, half, meanSquaredError);
    backpropagate(first, halves[0], meanSquaredError);
    backpropagate(second, halves[1], meanSquaredError);
    both.parameters.forEach((parameter, index) => {
      const [a, b] = [first, second].map((model) => model.parameters[index]?.gradient().data as Float32Array) as [
        Float32Array,
        Float32Array,
      ];
      const sum = a.map((value, at) => value + (b[at] as number));
      // Rows are added one by one to what is there: the roundings differ, by less than 1e-6 of gradients around 1.
      parameter
        .gradient()
        .data.forEach((value, at) => expect(Math.abs(value - (sum[at] as number))).toBeLessThan(1e-6));
    });
  });

  test("of a call that fails are those from before", () => {
    const model = make();
    backpropagate(model, halves[0], meanSquaredError);
    const before = model.parameters.map((parameter) => parameter.gradient());
    expect(() => backpropagate(model, { input: [[[1]]], target: [[1, 2]] }, meanSquaredError)).toThrow();
    expect(model.parameters.map((parameter) => parameter.gradient())).toEqual(before);
  });
});

describe.each<[string, OptimizerRule]>([
  ["sgd", sgd({ learningRate: 0.1 })],
  ["sgd with decay", sgd({ learningRate: 0.1, weightDecay: 0.01 })],
  ["momentum", sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true })],
  ["adam", adam({ learningRate: 0.1 })],
])("freezing, under %s", (_name, optimizer) => {
  test("leaves exactly those parameters alone that were frozen", async () => {
    for (const path of ["rnn", "rnn.weight_hh_l0", "head", "head.bias"]) {
      const model = make();
      const before = weights(model);
      model.freeze(path);
      await fit(model, data, { loss: meanSquaredError, optimizer, epochs: 2 });
      model.parameters.forEach(({ name, isFrozen, read }, index) => {
        expect(isFrozen).toBe(name === path || name.startsWith(`${path}.`));
        if (isFrozen) expectSameBits(read().data, before[index] as Float32Array, name);
        else expect(read().data).not.toEqual(before[index]);
      });
    }
  });

  test("ends with unfreeze, and all of it frozen is a run that changes nothing", async () => {
    const model = make();
    const before = weights(model);
    for (const path of ["rnn", "head"]) model.freeze(path);
    const { losses } = await fit(model, data, { loss: meanSquaredError, optimizer, epochs: 2, shuffle: false });
    expect(weights(model)).toEqual(before);
    expect(losses[0]).toBe(losses[1]);
    for (const path of ["rnn", "head"]) model.unfreeze(path);
    const free = make();
    for (const one of [model, free]) await fit(one, data, { loss: meanSquaredError, optimizer });
    expect(model.save()).toEqual(free.save());
  });
});
