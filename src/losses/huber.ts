import { requireNumber } from "../shape.js";
import { elementwise } from "./elementwise.js";
import { type Loss, requireLossOptions } from "./loss.js";

/** Options of the Huber loss. */
export interface HuberOptions {
  /** The error at which the square becomes a line, above 0; default 1. */
  readonly delta?: number;
}

/**
 * Huber's loss (1964): half the square of small errors, a line for large ones.
 *   l = e² / 2 where |e| < δ, else δ (|e| − δ / 2)        L = Σ l / n
 *
 * @example
 * await fit(model, windows(series, { window: 12 }), { loss: huber({ delta: 0.5 }) });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function huber(options: HuberOptions = {}): Loss {
  requireLossOptions("huber", options, ["delta"]);
  const delta = requireNumber("delta of huber", options.delta ?? 1, Number.MIN_VALUE);
  return elementwise({ name: "huber", options: { delta }, passes: [{ kind: "huber", alpha: delta }] });
}
