import { type AdamOptions, adamOptions } from "./adam.js";
import { memoryPower } from "./memoryPower.js";
import { directions, moveParameters } from "./moveParameters.js";
import { defineRule, type OptimizerRule } from "./optimizerRule.js";
import { ruleOptions } from "./ruleOptions.js";

/** Options of Adamax. */
export interface AdamaxOptions extends Omit<AdamOptions, "amsgrad"> {}

/**
 * Adamax (Kingma & Ba 2015, section 7): Adam with the largest gradient of late in place of the root mean square.
 *   m = β₁ m + (1 − β₁) g      u = max(β₂ u, |g| + ε)      W −= rate · m / (1 − β₁ᵗ) / u
 *
 * @example
 * await fit(model, data, { loss: crossEntropy, optimizer: adamax() });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function adamax(options: AdamaxOptions = {}): OptimizerRule {
  const given = ruleOptions("adamax", options, adamOptions(2e-3, 0));
  const { beta1, beta2, epsilon } = given;
  return defineRule({
    name: "adamax",
    options: given,
    slots: ["mean", "largest"],
    start: [1],
    hasMomentum: true,
    apply(blocks, rate, numbers, update, moved) {
      const kept = moved ?? beta1;
      numbers[0] = memoryPower(numbers[0], beta1, moved, update);
      const [mean = 0, largest = 0] = blocks.slots;
      const correction = 1 - numbers[0];
      moveParameters(
        blocks,
        directions.adamax,
        false,
        [mean, largest, 0],
        rate,
        correction,
        kept,
        1 - kept,
        beta2,
        0,
        0,
        epsilon,
      );
    },
  });
}
