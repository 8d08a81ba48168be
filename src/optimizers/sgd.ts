import { ArgumentError } from "../errors.js";
import { requireKnownOptions, requireNumber } from "../shape.js";
import { core } from "../wasm/core.js";
import type { OptimizerRule } from "./optimizerRule.js";

/** Options of stochastic gradient descent. */
export interface SgdOptions {
  /** Default 0.01. */
  readonly learningRate?: number;
  /** Share of the last step that is kept, in [0, 1); default 0. */
  readonly momentum?: number;
  /** Whether to look ahead along the momentum; default false. */
  readonly nesterov?: boolean;
  /** Coupled weight decay, added to the gradient; default 0. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent, with momentum if asked for (PyTorch's form).
 *   g = dW + decay · W      v = momentum · v + g      W −= rate · v      (Nesterov: rate · (g + momentum · v))
 *
 * @example
 * await fit(model, data, { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function sgd(options: SgdOptions = {}): OptimizerRule {
  requireKnownOptions("sgd", options, ["learningRate", "momentum", "nesterov", "weightDecay"]);
  const learningRate = requireNumber("learningRate of sgd", options.learningRate ?? 0.01, 0);
  const momentum = requireNumber("momentum of sgd", options.momentum ?? 0, 0, 1);
  const weightDecay = requireNumber("weightDecay of sgd", options.weightDecay ?? 0, 0);
  const nesterov = options.nesterov ?? false;
  if (typeof nesterov !== "boolean")
    throw new ArgumentError(`nesterov of sgd must be true or false, received ${String(nesterov)}.`);
  if (momentum === 1) throw new ArgumentError("momentum of sgd must be below 1, received 1: no step would ever fade.");
  if (nesterov && momentum === 0) throw new ArgumentError("nesterov of sgd needs a momentum above 0, received 0.");
  return {
    name: "sgd",
    options: { learningRate, momentum, nesterov, weightDecay },
    learningRate,
    weightDecay,
    slots: momentum > 0 ? ["momentum"] : [],
    start: [],
    apply({ ranges, rangeCount, parameters, gradients, slots }, rate, _numbers, update) {
      if (momentum === 0) core().sgdUpdate(ranges, rangeCount, parameters, gradients, rate);
      else {
        const velocities = slots[0] as number;
        const isFirst = update === 1 ? 1 : 0;
        core().momentumUpdate(
          ranges,
          rangeCount,
          parameters,
          gradients,
          velocities,
          rate,
          momentum,
          nesterov ? 1 : 0,
          isFirst,
        );
      }
    },
  };
}
