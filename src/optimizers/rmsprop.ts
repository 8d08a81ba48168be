import { directions, moveParameters } from "./moveParameters.js";
import { defineRule, type OptimizerRule } from "./optimizerRule.js";
import { amount, flag, leastDivisor, memory, ruleOptions } from "./ruleOptions.js";

/** Options of RMSProp. */
export interface RmspropOptions {
  /** Default 0.01. */
  readonly learningRate?: number;
  /** Memory of the squared gradient's mean, in [0, 1); default 0.99. */
  readonly alpha?: number;
  /** Keeps the division from 0, outside the root; default 1e-8. */
  readonly epsilon?: number;
  /** Share of the last step that is kept, in [0, 1); default 0. */
  readonly momentum?: number;
  /** Whether the variance is taken in place of the mean square; default false. */
  readonly centered?: boolean;
  /** Coupled weight decay, added to the gradient; default 0. */
  readonly weightDecay?: number;
}

/**
 * RMSProp (Tieleman & Hinton 2012), in PyTorch's form.
 *   v = α v + (1 − α) g²      centered: v − m² for v, m = α m + (1 − α) g
 *   u = momentum · u + g / (√v + ε)      W −= rate · u
 *
 * @example
 * await fit(model, data, { loss: crossEntropy, optimizer: rmsprop({ learningRate: 1e-3 }) });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function rmsprop(options: RmspropOptions = {}): OptimizerRule {
  const given = ruleOptions("rmsprop", options, {
    learningRate: amount(0.01),
    alpha: memory(0.99),
    epsilon: leastDivisor(1e-8),
    momentum: memory(0),
    centered: flag(false),
    weightDecay: amount(0),
  });
  const { alpha, epsilon, momentum, centered } = given;
  const slots = ["meanSquare", ...(centered ? ["mean"] : []), ...(momentum > 0 ? ["momentum"] : [])];
  const [mean, velocity] = [slots.indexOf("mean"), slots.indexOf("momentum")];
  return defineRule({
    name: "rmsprop",
    options: given,
    slots,
    start: [],
    hasMomentum: momentum > 0,
    apply(blocks, rate, _numbers, _update, kept = momentum) {
      const at = (slot: number) => blocks.slots[slot] ?? 0;
      const found: [number, number, number] = [at(mean), at(0), at(velocity)];
      moveParameters(
        blocks,
        directions.rms,
        false,
        found,
        rate,
        1,
        alpha,
        1 - alpha,
        alpha,
        1 - alpha,
        0,
        epsilon,
        kept,
      );
    },
  });
}
