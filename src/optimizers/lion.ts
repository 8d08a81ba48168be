import { directions, moveParameters } from "./moveParameters.js";
import { defineRule, type OptimizerRule } from "./optimizerRule.js";
import { amount, memory, ruleOptions } from "./ruleOptions.js";

/** Options of Lion. */
export interface LionOptions {
  /** Default 1e-4: every weight moves by it, so that it is 3 to 10 times smaller than Adam's. */
  readonly learningRate?: number;
  /** Share of the momentum in the direction, in [0, 1); default 0.9. */
  readonly beta1?: number;
  /** Memory of the momentum, in [0, 1); default 0.99. */
  readonly beta2?: number;
  /** Decoupled weight decay: every update takes rate · decay of each weight; default 0. */
  readonly weightDecay?: number;
}

/**
 * Lion (Chen et al. 2023): steps of one size, in the direction of the momentum's sign.
 *   W ·= 1 − rate · decay      W −= rate · sign(β₁ m + (1 − β₁) g)      m = β₂ m + (1 − β₂) g
 *
 * @example
 * await fit(model, data, { loss: crossEntropy, optimizer: lion({ weightDecay: 0.1 }) });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function lion(options: LionOptions = {}): OptimizerRule {
  const given = ruleOptions("lion", options, {
    learningRate: amount(1e-4),
    beta1: memory(0.9),
    beta2: memory(0.99),
    weightDecay: amount(0),
  });
  const { beta1, beta2 } = given;
  return defineRule({
    name: "lion",
    options: given,
    slots: ["mean"],
    start: [],
    hasMomentum: true,
    apply(blocks, rate, _numbers, _update, kept = beta1) {
      const [mean = 0] = blocks.slots;
      moveParameters(blocks, directions.lion, true, [mean, 0, 0], rate, 1, kept, 1 - kept, beta2, 1 - beta2);
    },
  });
}
