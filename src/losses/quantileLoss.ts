import { ArgumentError } from "../errors.js";
import { elementwise } from "./elementwise.js";
import { type Loss, requireLossOptions } from "./loss.js";
import { requireNumbers } from "./ownNumbers.js";

/** Options of the quantile loss. */
export interface QuantileLossOptions {
  /** The shares of outcomes that are to lie below each prediction, between 0 and 1; default [0.5], the median. */
  readonly quantiles?: ArrayLike<number>;
}

/**
 * Quantile (pinball) loss (Koenker & Bassett 1978), for several quantiles q at once: a network of Q · n outputs tells the
 * n values of the target for the first quantile, then for the second, and so on.
 *   l = q (t − y) where t > y, else (1 − q) (y − t)        L = Σ l / (Q n)
 * Each quantile learns alone, so that on a new input one may cross another: `sortQuantiles` puts them in order.
 *
 * @example
 * await fit(model, windows(series, { window: 12 }), { loss: quantileLoss({ quantiles: [0.1, 0.5, 0.9] }) });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function quantileLoss(options: QuantileLossOptions = {}): Loss {
  requireLossOptions("quantileLoss", options, ["quantiles"]);
  const quantiles = requireQuantiles("quantiles of quantileLoss", options.quantiles ?? [0.5]);
  const passes = quantiles.map((alpha) => ({ kind: "quantile" as const, alpha }));
  return elementwise({ name: "quantileLoss", options: { quantiles }, passes });
}

/**
 * Quantiles as a frozen copy.
 * @throws ArgumentError when they are no list, there is none, or one is not above 0 and below 1
 */
export function requireQuantiles(owner: string, given: unknown): readonly number[] {
  const quantiles = requireNumbers(owner, given, 0, 1);
  const extreme = quantiles.find((quantile) => quantile === 0 || quantile === 1);
  if (extreme !== undefined)
    throw new ArgumentError(
      `a quantile must be above 0 and below 1, received ${extreme}: no prediction would be right.`,
    );
  return quantiles;
}
