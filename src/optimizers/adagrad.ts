import { directions, moveParameters } from "./moveParameters.js";
import { defineRule, type OptimizerRule } from "./optimizerRule.js";
import { amount, leastDivisor, ruleOptions } from "./ruleOptions.js";

/** Options of Adagrad. */
export interface AdagradOptions {
  /** Default 0.01. */
  readonly learningRate?: number;
  /** The rate of update t is divided by 1 + (t − 1) · learningRateDecay; default 0. */
  readonly learningRateDecay?: number;
  /** What the sum of squares begins with; default 0. */
  readonly initialSum?: number;
  /** Keeps the division from 0; default 1e-10. */
  readonly epsilon?: number;
  /** Coupled weight decay, added to the gradient; default 0. */
  readonly weightDecay?: number;
}

/**
 * Adagrad (Duchi et al. 2011), in PyTorch's form: the more a weight has moved, the less it moves.
 *   s += g²      W −= rate · g / (√(s + initialSum) + ε)
 *
 * @example
 * await fit(model, data, { loss: crossEntropy, optimizer: adagrad({ learningRate: 0.1 }) });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function adagrad(options: AdagradOptions = {}): OptimizerRule {
  const given = ruleOptions("adagrad", options, {
    learningRate: amount(0.01),
    learningRateDecay: amount(0),
    initialSum: amount(0),
    epsilon: leastDivisor(1e-10),
    weightDecay: amount(0),
  });
  const { learningRateDecay, initialSum, epsilon } = given;
  return defineRule({
    name: "adagrad",
    options: given,
    slots: ["sum"],
    start: [],
    apply(blocks, rate, _numbers, update) {
      const [sum = 0] = blocks.slots;
      const slowdown = 1 + (update - 1) * learningRateDecay;
      moveParameters(blocks, directions.rms, false, [0, sum, 0], rate, slowdown, 0, 0, 1, 1, initialSum, epsilon);
    },
  });
}
