import { type AdamOptions, adamRule } from "./adam.js";
import type { OptimizerRule } from "./optimizerRule.js";

/** Options of AdamW: Adam's, with a weight decay of 0.01 where none is given. */
export interface AdamWOptions extends Omit<AdamOptions, "weightDecay"> {
  /** Decoupled weight decay: every update takes rate · decay of each weight; default 0.01. */
  readonly weightDecay?: number;
}

/**
 * AdamW (Loshchilov & Hutter 2019): Adam with a weight decay that does not pass through its division, in PyTorch's form.
 *   W ·= 1 − rate · decay, then Adam's step on the gradient without decay
 *
 * @example
 * await fit(model, data, { loss: crossEntropy, optimizer: adamW({ weightDecay: 0.1 }) });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function adamW(options: AdamWOptions = {}): OptimizerRule {
  return adamRule("adamW", options, true);
}
