import { describe, test } from "vitest";
import { ArgumentError, Model, Optimizer, StateError } from "../../src/index.js";
import { optimizers } from "../../src/optimizers/index.js";
import type { OptimizerRule } from "../../src/optimizers/optimizerRule.js";
import { expectRefusal, expectUntouched } from "../support/refusal.js";
import { layer } from "./trainers.js";

type Make = (options?: Readonly<Record<string, unknown>>) => OptimizerRule;

/** Options that are a share of the past, which fades only below 1. */
const MEMORIES = ["momentum", "beta1", "beta2", "rho", "alpha"];

describe.each(Object.entries(optimizers) as unknown as [string, Make][])("%s refuses", (name, rule) => {
  const numeric = Object.entries(rule().options).filter(([, value]) => typeof value === "number");

  test.each(numeric)("%s that is negative, no number, or not finite", (option) => {
    for (const value of [-1, -1e-9, Number.NaN, Number.POSITIVE_INFINITY, "0.1", {}])
      expectRefusal(() => rule({ [option]: value }), ArgumentError, `${option} of ${name}`);
  });

  test("a rate or a momentum out of range that is set between updates", () => {
    const model = new Model(layer, { inputSize: 1 });
    const optimizer = new Optimizer(model, rule());
    for (const rate of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      optimizer.learningRate = rate;
      expectUntouched(model, () => optimizer.update(), ArgumentError, "learningRate", String(rate));
    }
    optimizer.learningRate = 0.1;
    for (const momentum of [-0.1, 1, 2, Number.NaN]) {
      optimizer.momentum = momentum;
      expectUntouched(model, () => optimizer.update(), ArgumentError, "momentum", String(momentum));
    }
    optimizer.dispose();
    expectUntouched(model, () => optimizer.update(), StateError, "disposed");
    model.dispose();
  });
});

const memories = (Object.entries(optimizers) as unknown as [string, Make][]).flatMap(([name, rule]) =>
  Object.keys(rule().options)
    .filter((option) => MEMORIES.includes(option))
    .map((option) => [name, option, rule] as const),
);

test.each(memories)("%s refuses a %s of 1 or more", (name, option, rule) => {
  for (const value of [1, 1.5]) expectRefusal(() => rule({ [option]: value }), ArgumentError, `${option} of ${name}`);
});
