import { memoryPower } from "./memoryPower.js";
import { directions, moveParameters } from "./moveParameters.js";
import { defineRule, type OptimizerRule } from "./optimizerRule.js";
import { amount, flag, leastDivisor, memory, ruleOptions } from "./ruleOptions.js";

/** Options of Adam. */
export interface AdamOptions {
  /** Default 0.001. */
  readonly learningRate?: number;
  /** Memory of the gradient's mean, in [0, 1); default 0.9. */
  readonly beta1?: number;
  /** Memory of its square's mean, in [0, 1); default 0.999. */
  readonly beta2?: number;
  /** Keeps the division from 0; default 1e-8. */
  readonly epsilon?: number;
  /** Coupled weight decay, added to the gradient; default 0. */
  readonly weightDecay?: number;
  /** Whether to divide by the largest v so far (AMSGrad, Reddi et al. 2018); default false. */
  readonly amsgrad?: boolean;
}

/**
 * Adam (Kingma & Ba 2015), in PyTorch's form.
 *   m = β₁ m + (1 − β₁) g      v = β₂ v + (1 − β₂) g²
 *   W −= rate · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)
 *
 * @example
 * const optimizer = new Optimizer(model, adam({ learningRate: 1e-3 }));
 * @throws ArgumentError when an option is unknown or out of range
 */
export function adam(options: AdamOptions = {}): OptimizerRule {
  return adamRule("adam", options, false);
}

/** Options of Adam and of what was made of it. */
export function adamOptions(learningRate: number, weightDecay: number) {
  return {
    learningRate: amount(learningRate),
    beta1: memory(0.9),
    beta2: memory(0.999),
    epsilon: leastDivisor(1e-8),
    weightDecay: amount(weightDecay),
  };
}

/** Adam and AdamW, which differ in where the weight decay goes. */
export function adamRule(name: string, options: AdamOptions, isDecoupled: boolean): OptimizerRule {
  const given = ruleOptions(name, options, { ...adamOptions(1e-3, isDecoupled ? 0.01 : 0), amsgrad: flag(false) });
  const { beta1, beta2, epsilon, amsgrad } = given;
  return defineRule({
    name,
    options: given,
    slots: amsgrad ? ["mean", "variance", "largestVariance"] : ["mean", "variance"],
    start: [1, 1],
    hasMomentum: true,
    apply(blocks, rate, numbers, update, moved) {
      const kept = moved ?? beta1;
      numbers[0] = memoryPower(numbers[0], beta1, moved, update);
      numbers[1] = (numbers[1] as number) * beta2;
      const [mean = 0, variance = 0, largest = 0] = blocks.slots;
      const [correction1, correction2] = [1 - numbers[0], 1 - numbers[1]];
      moveParameters(
        blocks,
        directions.adam,
        isDecoupled,
        [mean, variance, largest],
        rate,
        correction1,
        kept,
        1 - kept,
        beta2,
        1 - beta2,
        1 / Math.sqrt(correction2),
        epsilon,
      );
    },
  });
}
