import { requireFlag, requireInteger } from "../shape.js";
import type { Layout } from "../tensor/layout.js";
import { joined } from "../wasm/core.js";
import { floats } from "../wasm/memory.js";
import * as parts from "../wasm/parts.js";
import { labelTargets } from "./labelTargets.js";
import { defineLoss, type Loss, requireLossOptions } from "./loss.js";

/** Options of connectionist temporal classification. */
export interface CtcOptions {
  /** The class that stands for no label; default 0. */
  readonly blank?: number;
  /**
   * Whether a target that its input is too short for counts as a loss of 0 without a gradient; default false: such a target
   * is refused.
   */
  readonly zeroInfinity?: boolean;
}

/**
 * Connectionist temporal classification (Graves et al. 2006): the network gives logits at every step, the target is the
 * sequence of labels that were seen, shorter than the input and without a word on when. The loss is the negative
 * log-likelihood of the labels over all alignments: a step tells a label, goes on telling it, or tells nothing, which is the
 * class `blank`; the same label twice in a row needs a blank between.
 *   l = −ln Σ_{alignments} Π_t p(t, symbol_t) / max(U, 1),  p = softmax(y), U labels        L = Σ_sequences l / sequences
 * PyTorch's `CTCLoss` of `log_softmax(y)` with its mean. Targets are a list of [labels] of any lengths, empty ones included,
 * each label a class other than `blank`; weights are one a sequence (U for the mean over labels). Masked steps are left out.
 * `ctcGreedy` and `ctcBeam` read the labels from a network's output.
 *
 * @example
 * const model = new Model(sequential(bidirectional(lstm(64)), dense(11)), { inputSize: 13 });   // ten digits and the blank
 * await fit(model, { input: recordings, target: [[3, 1, 4], [1, 5], [9]] }, { loss: ctc() });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function ctc(options: CtcOptions = {}): Loss {
  requireLossOptions("ctc", options, ["blank", "zeroInfinity"]);
  const { zeroInfinity = false } = options;
  const blank = requireInteger("blank of ctc", options.blank ?? 0, 0);
  requireFlag("zeroInfinity of ctc", zeroInfinity);
  return defineLoss({
    name: "ctc",
    options: Object.freeze({ blank, zeroInfinity }),
    targets: [labelTargets],
    takesLogits: true,
    leastWidth: Math.max(2, blank + 1),
    // A head and 2 U + 1 places in float64 for each step, one more at either end, and two places.
    labels: { blank, allowsImpossible: zeroInfinity, room: (steps, most) => (steps + 2) * 8 * (5 + 2 * most) + 16 },
    count: (_target, layout, weights) => countSequences(layout, weights),
    evaluate({ address, stride, layout, width }, target, gradient, weights) {
      return joined(parts.ctc).ctc(
        gradient.address,
        gradient.stride,
        address,
        stride,
        layout.first,
        target.address,
        target.stride,
        weights,
        target.room as number,
        layout.sequences,
        layout.steps,
        width,
        blank,
        zeroInfinity ? 1 : 0,
        countSequences(layout, weights),
      );
    },
  });
}

/** Sequences of which a step counts, or the sum of their weights. */
function countSequences(layout: Layout, weights: number): number {
  let count = 0;
  for (let rank = 0; rank < layout.sequences; rank++) {
    const length = layout.lengths[rank] as number;
    for (let step = 0; step < length; step++) {
      const weight = weights === 0 ? 1 : (floats[(weights >> 2) + layout.firstRow(step) + rank] as number);
      if (weight === 0) continue;
      count += weight;
      break;
    }
  }
  return count;
}
