import { requireFlag } from "../shape.js";
import { joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { countRows } from "./elementwise.js";
import { defineLoss, type Loss, requireLossOptions } from "./loss.js";
import { valueTargets } from "./valueTargets.js";

/** Options of the Kullback–Leibler divergence. */
export interface KlDivergenceOptions {
  /** Whether the targets are logarithms of probabilities, as `logSoftmax` gives them; default false. */
  readonly logTarget?: boolean;
}

/** The core's codes of targets that are probabilities, and logarithms of them. */
const [PROBABILITIES, LOGARITHMS] = [1, 2];

/**
 * Kullback & Leibler's divergence (1951) of the network's distribution from a wanted one, the mean over all steps that
 * count: how a small network learns from the probabilities of a large one. Outputs are logits, the softmax is part of the
 * loss; targets are probabilities [batch, classes] or [batch, time, classes], 0 included.
 *   p = softmax(y)      L = Σ_rows Σ_c t_c (ln t_c − ln p_c) / rows      ∂L/∂y = (p Σ_c t_c − t) / rows
 * PyTorch's `KLDivLoss` with `reduction: "batchmean"` of `log_softmax(y)`. It differs from `crossEntropy` by what the
 * targets alone decide, so that 0 is the least.
 *
 * @example
 * await fit(student, { input: sequences, target: teacherProbabilities }, { loss: klDivergence() });
 * @throws ArgumentError when an option is unknown or no boolean
 */
export function klDivergence(options: KlDivergenceOptions = {}): Loss {
  requireLossOptions("klDivergence", options, ["logTarget"]);
  const { logTarget = false } = options;
  requireFlag("logTarget of klDivergence", logTarget);
  return defineLoss({
    name: "klDivergence",
    options: Object.freeze({ logTarget }),
    targets: [valueTargets],
    takesLogits: true,
    leastWidth: 2,
    targetRange: logTarget ? [-Infinity, 0] : [0, 1],
    count: (_target, { rows }, weights) => countRows(rows, weights),
    evaluate({ address, stride, layout, width }, target, gradient, weights) {
      return joined(parts.crossEntropy).crossEntropy(
        gradient.address,
        gradient.stride,
        address,
        stride,
        target.address,
        target.stride,
        weights,
        0,
        layout.rows,
        width,
        0,
        0,
        logTarget ? LOGARITHMS : PROBABILITIES,
        countRows(layout.rows, weights),
      );
    },
  });
}
