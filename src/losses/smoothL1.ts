import { requireNumber } from "../shape.js";
import { elementwise } from "./elementwise.js";
import { type Loss, requireLossOptions } from "./loss.js";

/** Options of the smooth L1 loss. */
export interface SmoothL1Options {
  /** The error at which the square becomes a line, 0 or more; default 1. */
  readonly beta?: number;
}

/**
 * PyTorch's smooth L1 loss: the absolute error with its kink rounded, Huber's loss divided by β.
 *   l = e² / 2β where |e| < β, else |e| − β / 2        L = Σ l / n
 * At β = 0 it is the absolute error.
 *
 * @example
 * await fit(model, windows(series, { window: 12 }), { loss: smoothL1({ beta: 0.1 }) });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function smoothL1(options: SmoothL1Options = {}): Loss {
  requireLossOptions("smoothL1", options, ["beta"]);
  const beta = requireNumber("beta of smoothL1", options.beta ?? 1, 0);
  const pass = beta === 0 ? { kind: "absolute" as const } : { kind: "huber" as const, alpha: beta, divisor: beta };
  return elementwise({ name: "smoothL1", options: { beta }, passes: [pass] });
}
