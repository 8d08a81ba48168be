import { requireFlag, requireNumber, requireOneOf } from "../shape.js";
import { elementwise } from "./elementwise.js";
import { type Loss, requireLossOptions } from "./loss.js";

/** Options of the Gaussian negative log-likelihood. */
export interface GaussianNllOptions {
  /**
   * What the second half of the outputs tells: "logVariance", any number, which is what a linear layer gives and what learns
   * stably; or "variance", above 0, which needs an activation such as softplus. Default "logVariance".
   */
  readonly spread?: "logVariance" | "variance";
  /** The least variance, above 0: a target met exactly would make the likelihood infinite. Default 1e-6. */
  readonly epsilon?: number;
  /** Whether the constant ½ ln 2π is part of the loss; default false. */
  readonly full?: boolean;
}

/** ½ ln 2π */
const HALF_LOG_TWO_PI = 0.9189385332046727;

/**
 * Negative log-likelihood of targets that scatter around a mean, of which the network tells the spread too (Nix & Weigend
 * 1994): 2n outputs for n values of the target, the n means first.
 *   l = ½ (ln v + (t − μ)² / v) + ½ ln 2π where `full`,  v = max(eˢ or s, ε)        L = Σ l / n
 * The gradient by s passes the bound ε unchanged. With `spread: "variance"` it is PyTorch's `GaussianNLLLoss`.
 *
 * @example
 * const model = new Model(sequential(gru(32), lastStep(), dense(2)));   // mean and log-variance of one value
 * await fit(model, windows(series, { window: 12 }), { loss: gaussianNll() });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function gaussianNll(options: GaussianNllOptions = {}): Loss {
  requireLossOptions("gaussianNll", options, ["spread", "epsilon", "full"]);
  const { spread = "logVariance", full = false } = options;
  const beta = requireNumber("epsilon of gaussianNll", options.epsilon ?? 1e-6, Number.MIN_VALUE);
  requireOneOf("spread of gaussianNll", spread, ["logVariance", "variance"]);
  requireFlag("full of gaussianNll", full);
  const [mean, variance] =
    spread === "variance" ? (["mean", "variance"] as const) : (["meanOfLogVariance", "logVariance"] as const);
  return elementwise({
    name: "gaussianNll",
    options: { spread, epsilon: beta, full },
    constant: full ? HALF_LOG_TWO_PI : 0,
    // Elements are those of the targets, half as many as there are outputs.
    passes: [
      { kind: mean, part: 1, beta, divisor: 0.5 },
      { kind: variance, part: 0, beta, divisor: 0.5 },
    ],
  });
}
