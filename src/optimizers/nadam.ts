import { core } from "../wasm/core.js";
import { type AdamOptions, adamOptions } from "./adam.js";
import { directions, moveParameters } from "./moveParameters.js";
import { defineRule, type OptimizerRule } from "./optimizerRule.js";
import { amount, ruleOptions } from "./ruleOptions.js";

/** Options of NAdam. */
export interface NadamOptions extends Omit<AdamOptions, "amsgrad"> {
  /** How fast the momentum grows towards β₁; default 0.004. */
  readonly momentumDecay?: number;
}

/** The momentum begins at half of β₁, and the other half comes as this to the power of the update. */
const WARMTH = 0.96;

/**
 * NAdam: Adam with Nesterov's look-ahead (Dozat 2016), as PyTorch has it since 2.0.
 *   μ_t = β₁ (1 − 0.96^(t ψ) / 2)
 *   W −= rate · (μ_(t+1) m / (1 − Π μ_1 … μ_(t+1)) + (1 − μ_t) g / (1 − Π μ_1 … μ_t)) / (√(v / (1 − β₂ᵗ)) + ε)
 *
 * @example
 * await fit(model, data, { loss: crossEntropy, optimizer: nadam() });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function nadam(options: NadamOptions = {}): OptimizerRule {
  const given = ruleOptions("nadam", options, { ...adamOptions(2e-3, 0), momentumDecay: amount(4e-3) });
  const { beta1, beta2, epsilon, momentumDecay } = given;
  return defineRule({
    name: "nadam",
    options: given,
    slots: ["mean", "variance"],
    // β₂ᵗ, Π μ, 0.96^(t ψ)
    start: [1, 1, 1],
    hasMomentum: true,
    apply(blocks, rate, numbers, _update, kept = beta1) {
      const [power, product, warmth] = numbers as [number, number, number];
      const cooler = core().pow64(WARMTH, momentumDecay);
      const now = kept * (1 - 0.5 * (warmth * cooler));
      const next = kept * (1 - 0.5 * (warmth * cooler * cooler));
      numbers[0] = power * beta2;
      numbers[1] = product * now;
      numbers[2] = warmth * cooler;
      const [mean = 0, variance = 0] = blocks.slots;
      // Without momentum the mean is the gradient itself, and there is no look-ahead to divide by.
      const correction = next === 0 ? 1 : (1 - numbers[1] * next) / next;
      const ahead = next === 0 ? 0 : ((1 - now) / (1 - numbers[1])) * correction;
      moveParameters(
        blocks,
        directions.adam,
        false,
        [mean, variance, 0],
        rate,
        correction,
        kept,
        1 - kept,
        beta2,
        1 - beta2,
        1 / Math.sqrt(1 - numbers[0]),
        epsilon,
        ahead,
      );
    },
  });
}
