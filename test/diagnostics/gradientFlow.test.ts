import { expect, test } from "vitest";
import {
  backpropagate,
  dense,
  elman,
  gradientFlow,
  lastStep,
  lstm,
  Model,
  meanSquaredError,
  sequential,
} from "../../src/index.js";
import { stateOf } from "../support/refusal.js";

const data = {
  input: [
    [[0.5], [-1], [2], [0.25]],
    [[1], [0.5], [-0.5], [1]],
  ],
  target: [[3], [-2]],
};

test("weights and gradients stay as they were, and later steps cost no more than before", () => {
  const model = new Model(sequential(lstm(3), lastStep(), dense(1)), { inputSize: 1 });
  backpropagate(model, data, meanSquaredError);
  gradientFlow(model, data, meanSquaredError);
  const before = stateOf(model);
  gradientFlow(model, data, meanSquaredError);
  expect(stateOf(model)).toEqual(before);
});

test("the norm at the last step is that of the loss's own gradient, and each step before it follows by the chain rule", () => {
  const model = new Model(sequential(elman(1), lastStep(), dense(1)), { inputSize: 1 });
  const value = (name: string) =>
    model.parameters.find((parameter) => parameter.name === name)?.read().data[0] as number;
  for (const parameter of model.parameters) parameter.write(parameter.read().data.map((_, index) => 0.6 + 0.1 * index));
  const [wIh, wHh, bIh, bHh] = ["ih", "hh"]
    .map((kind) => value(`0.weight_${kind}_l0`))
    .concat(["ih", "hh"].map((kind) => value(`0.bias_${kind}_l0`))) as [number, number, number, number];
  const [w, b] = [value("2.weight"), value("2.bias")];
  // One unit: ∂L/∂h_T = 2 (y − t) w / B, and ∂L/∂h_{t−1} = ∂L/∂h_t (1 − h_t²) w_hh.
  const squares = [0, 0, 0, 0];
  data.input.forEach((sequence, index) => {
    const hidden: number[] = [];
    for (const [x] of sequence) hidden.push(Math.tanh(wIh * (x as number) + bIh + wHh * (hidden.at(-1) ?? 0) + bHh));
    let gradient = (2 * (w * (hidden[3] as number) + b - (data.target[index]?.[0] as number)) * w) / 2;
    for (let step = 3; step >= 0; step--) {
      squares[step] = (squares[step] as number) + gradient * gradient;
      gradient *= (1 - (hidden[step] as number) ** 2) * wHh;
    }
  });
  const { byStep, byLag } = gradientFlow(model, data, meanSquaredError);
  // Float32 throughout: some roundings of 6e-8 each.
  byStep.forEach((norm, step) => expect(Math.abs(norm / Math.sqrt(squares[step] as number) - 1)).toBeLessThan(1e-5));
  expect(Array.from(byLag)).toEqual(Array.from(byStep).reverse());
});

test("the horizon is where the norm has fallen below a hundredth for good, and the verdict says so", () => {
  const model = new Model(sequential(elman(1), lastStep(), dense(1)), { inputSize: 1 });
  for (const { name, write } of model.parameters)
    write(name.includes("weight") ? [[name.includes("hh") ? 0.05 : 0.01]] : [0]);
  const input = [Array.from({ length: 12 }, () => [0.1])];
  const { byLag, memoryHorizon, verdict } = gradientFlow(model, { input, target: [[1]] }, meanSquaredError);
  // Each step back multiplies by just under 0.05: 1, 0.05, 0.0025 …
  expect(memoryHorizon).toBe(2);
  expect((byLag[1] as number) / (byLag[0] as number)).toBeCloseTo(0.05, 4);
  expect(verdict).toContain("at lag 11");
  expect(verdict).toContain("a window above 2 is wasted");
});

test("a loss that nothing depends on is told as such", () => {
  const model = new Model(sequential(elman(2), lastStep(), dense(1)), { inputSize: 1 });
  model.parameters.find(({ name }) => name === "2.weight")?.write([[0, 0]]);
  const { byLag, verdict } = gradientFlow(model, data, meanSquaredError);
  expect(Array.from(byLag)).toEqual([0, 0, 0, 0]);
  expect(verdict).toContain("No gradient reaches the recurrent layer");
});

test("a model without a recurrent layer is refused by name", () => {
  const model = new Model(sequential(dense(1)), { inputSize: 1 });
  const target = data.input;
  expect(() => gradientFlow(model, { ...data, target }, meanSquaredError)).toThrow("a model with a recurrent layer");
});
