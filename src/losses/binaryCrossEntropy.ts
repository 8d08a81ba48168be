import { requireNumber } from "../shape.js";
import { elementwise } from "./elementwise.js";
import { type Loss, requireLossOptions } from "./loss.js";
import { OwnNumbers, requireNumbers } from "./ownNumbers.js";

/** Options of binary cross-entropy. */
export interface BinaryCrossEntropyOptions {
  /** How much a positive target counts against a negative one, for all outputs or for each: 0 or more; default 1. */
  readonly positiveWeights?: number | ArrayLike<number>;
}

const targetRange = [0, 1] as const;

/**
 * Binary cross-entropy of logits, each output by itself: two classes with one output, or any number of labels that exclude
 * each other or not. Targets are 0 and 1, or probabilities, of the output's shape. The sigmoid is part of the loss, in a
 * form that neither overflows nor loses digits.
 *   L = −Σ (t ln σ(y) + (1 − t) ln(1 − σ(y))) / n        ∂L/∂y = (σ(y) − t) / n
 *
 * @example
 * await fit(model, { input: recordings, target: labels }, { loss: binaryCrossEntropy });
 */
export const binaryCrossEntropy: Loss = /* @__PURE__ */ elementwise({
  name: "binaryCrossEntropy",
  targetRange,
  takesLogits: true,
  passes: [{ kind: "binary", alpha: 1 }],
});

/**
 * `binaryCrossEntropy` with positive targets weighted by p (PyTorch's `pos_weight`): where one label in a hundred is 1,
 * p = 99 balances them. The mean is over all outputs alike, whatever p.
 *   l = −p t ln σ(y) − (1 − t) ln(1 − σ(y))
 *
 * @example
 * await fit(model, { input: recordings, target: labels }, { loss: binaryCrossEntropyWith({ positiveWeights: [3, 20] }) });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function binaryCrossEntropyWith(options: BinaryCrossEntropyOptions): Loss {
  requireLossOptions("binaryCrossEntropyWith", options, ["positiveWeights"]);
  const name = "binaryCrossEntropy";
  const { positiveWeights = 1 } = options;
  const owner = "positiveWeights of binaryCrossEntropyWith";
  const kind = "binary" as const;
  if (typeof positiveWeights === "number") {
    const alpha = requireNumber(owner, positiveWeights, 0);
    return elementwise({
      name,
      options: { positiveWeights: alpha },
      targetRange,
      takesLogits: true,
      passes: [{ kind, alpha }],
    });
  }
  const list = requireNumbers(owner, positiveWeights, 0);
  const passes = [{ kind, columns: new OwnNumbers(list) }];
  return elementwise({
    name,
    options: { positiveWeights: list },
    width: list.length,
    targetRange,
    takesLogits: true,
    passes,
  });
}
