import { type AdamOptions, adamOptions } from "./adam.js";
import { memoryPower } from "./memoryPower.js";
import { directions, moveParameters } from "./moveParameters.js";
import { defineRule, type OptimizerRule } from "./optimizerRule.js";
import { ruleOptions } from "./ruleOptions.js";

/** Options of RAdam. */
export interface RadamOptions extends Omit<AdamOptions, "amsgrad"> {}

/** Below so many effective samples the variance is not trusted, and the step is the momentum itself. */
const LEAST_SAMPLES = 5;

/**
 * Rectified Adam (Liu et al. 2020), in PyTorch's form: Adam that begins without its division and so needs no warm-up.
 *   ρ∞ = 2 / (1 − β₂) − 1      ρ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ)
 *   ρ > 5:  r = √((ρ − 4)(ρ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρ))      W −= rate · r · m / (1 − β₁ᵗ) · √(1 − β₂ᵗ) / (√v + ε)
 *   else:   W −= rate · m / (1 − β₁ᵗ)
 *
 * @example
 * await fit(model, data, { loss: crossEntropy, optimizer: radam() });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function radam(options: RadamOptions = {}): OptimizerRule {
  const given = ruleOptions("radam", options, adamOptions(1e-3, 0));
  const { beta1, beta2, epsilon } = given;
  const most = 2 / (1 - beta2) - 1;
  return defineRule({
    name: "radam",
    options: given,
    slots: ["mean", "variance"],
    start: [1, 1],
    hasMomentum: true,
    apply(blocks, rate, numbers, update, moved) {
      const kept = moved ?? beta1;
      numbers[0] = memoryPower(numbers[0], beta1, moved, update);
      numbers[1] = (numbers[1] as number) * beta2;
      const [mean = 0, variance = 0] = blocks.slots;
      const spread = 1 - numbers[1];
      const samples = most - (2 * update * numbers[1]) / spread;
      const isTrusted = samples > LEAST_SAMPLES;
      const share = ((samples - 4) * (samples - 2) * most) / ((most - 4) * (most - 2) * samples);
      const rectified = isTrusted ? Math.sqrt(share) * Math.sqrt(spread) : 1;
      moveParameters(
        blocks,
        directions.adam,
        false,
        [mean, variance, 0],
        rate,
        (1 - numbers[0]) / rectified,
        kept,
        1 - kept,
        beta2,
        1 - beta2,
        isTrusted ? 1 : 0,
        isTrusted ? epsilon : 1,
      );
    },
  });
}
