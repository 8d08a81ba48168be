import { ArgumentError } from "../errors.js";
import { directions, moveParameters } from "./moveParameters.js";
import { defineRule, type OptimizerRule } from "./optimizerRule.js";
import { amount, flag, memory, ruleOptions, share } from "./ruleOptions.js";

/** Options of stochastic gradient descent. */
export interface SgdOptions {
  /** Default 0.01. */
  readonly learningRate?: number;
  /** Share of the last step that is kept, in [0, 1); default 0. */
  readonly momentum?: number;
  /** Share of the gradient that does not enter the momentum, in [0, 1]; default 0. The first gradient enters whole. */
  readonly dampening?: number;
  /** Whether to look ahead along the momentum; default false. */
  readonly nesterov?: boolean;
  /** Coupled weight decay, added to the gradient; default 0. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent, with momentum if asked for (PyTorch's form).
 *   g = dW + decay · W      v = momentum · v + (1 − dampening) g      W −= rate · v      (Nesterov: rate · (g + momentum · v))
 *
 * @example
 * await fit(model, data, { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function sgd(options: SgdOptions = {}): OptimizerRule {
  const given = ruleOptions("sgd", options, {
    learningRate: amount(0.01),
    momentum: memory(0),
    dampening: share(0),
    nesterov: flag(false),
    weightDecay: amount(0),
  });
  const { momentum, dampening, nesterov } = given;
  if (nesterov && momentum === 0) throw new ArgumentError("nesterov of sgd needs a momentum above 0, received 0.");
  if (nesterov && dampening > 0)
    throw new ArgumentError(`nesterov of sgd needs a dampening of 0, received ${dampening}.`);
  const entering = 1 - dampening;
  return defineRule({
    name: "sgd",
    options: given,
    slots: momentum > 0 ? ["momentum"] : [],
    start: [],
    hasMomentum: momentum > 0,
    apply(blocks, rate, _numbers, update, moved = momentum) {
      const velocities = blocks.slots[0] ?? 0;
      const direction = velocities === 0 ? directions.gradient : directions.momentum;
      const isFirst = update === 1;
      const kept = isFirst ? 0 : moved;
      moveParameters(
        blocks,
        direction,
        false,
        [velocities, 0, 0],
        rate,
        1,
        kept,
        isFirst ? 1 : entering,
        nesterov ? moved : 0,
      );
    },
  });
}
