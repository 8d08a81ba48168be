import { directions, moveParameters } from "./moveParameters.js";
import { defineRule, type OptimizerRule } from "./optimizerRule.js";
import { amount, leastDivisor, memory, ruleOptions } from "./ruleOptions.js";

/** Options of Adadelta. */
export interface AdadeltaOptions {
  /** A factor on steps that have a size of their own; default 1. */
  readonly learningRate?: number;
  /** Memory of the squares' means, in [0, 1); default 0.9. */
  readonly rho?: number;
  /** The size of the first steps, and what keeps the division from 0; default 1e-6. */
  readonly epsilon?: number;
  /** Coupled weight decay, added to the gradient; default 0. */
  readonly weightDecay?: number;
}

/**
 * Adadelta (Zeiler 2012), in PyTorch's form: steps in the units of the weights, without a rate to choose.
 *   v = ρ v + (1 − ρ) g²      x = √(u + ε) / √(v + ε) · g      u = ρ u + (1 − ρ) x²      W −= rate · x
 *
 * @example
 * await fit(model, data, { loss: crossEntropy, optimizer: adadelta() });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function adadelta(options: AdadeltaOptions = {}): OptimizerRule {
  const given = ruleOptions("adadelta", options, {
    learningRate: amount(1),
    rho: memory(0.9),
    epsilon: leastDivisor(1e-6),
    weightDecay: amount(0),
  });
  const { rho, epsilon } = given;
  return defineRule({
    name: "adadelta",
    options: given,
    slots: ["meanSquare", "meanSquareStep"],
    start: [],
    apply(blocks, rate) {
      const [square = 0, step = 0] = blocks.slots;
      moveParameters(blocks, directions.adadelta, false, [step, square, 0], rate, 1, 0, 0, rho, 1 - rho, 0, epsilon);
    },
  });
}
