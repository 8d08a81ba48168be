import { ArgumentError } from "../errors.js";
import { requireKnownOptions, requireNumber } from "../shape.js";
import { core } from "../wasm/core.js";
import type { OptimizerRule } from "./optimizerRule.js";

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
  requireKnownOptions("adam", options, ["learningRate", "beta1", "beta2", "epsilon", "weightDecay"]);
  const learningRate = requireNumber("learningRate of adam", options.learningRate ?? 1e-3, 0);
  const beta1 = requireNumber("beta1 of adam", options.beta1 ?? 0.9, 0, 1);
  const beta2 = requireNumber("beta2 of adam", options.beta2 ?? 0.999, 0, 1);
  const epsilon = requireNumber("epsilon of adam", options.epsilon ?? 1e-8, 0);
  const weightDecay = requireNumber("weightDecay of adam", options.weightDecay ?? 0, 0);
  if (beta1 === 1 || beta2 === 1) throw new ArgumentError("beta1 and beta2 of adam must be below 1, received 1.");
  return {
    name: "adam",
    options: { learningRate, beta1, beta2, epsilon, weightDecay },
    learningRate,
    weightDecay,
    slots: ["mean", "variance"],
    start: [1, 1],
    apply({ ranges, rangeCount, parameters, gradients, slots }, rate, numbers) {
      numbers[0] = (numbers[0] as number) * beta1;
      numbers[1] = (numbers[1] as number) * beta2;
      const [mean, variance] = slots as [number, number];
      const [correction1, correction2] = [1 - numbers[0], 1 - numbers[1]];
      core().adamUpdate(
        ranges,
        rangeCount,
        parameters,
        gradients,
        mean,
        variance,
        rate,
        beta1,
        beta2,
        epsilon,
        correction1,
        correction2,
        0,
      );
    },
  };
}
