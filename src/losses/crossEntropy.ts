import { requireInteger, requireNumber } from "../shape.js";
import { core, joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { classTargets } from "./classTargets.js";
import { countRows } from "./elementwise.js";
import { defineLoss, type Loss, requireLossOptions } from "./loss.js";
import { OwnNumbers, requireNumbers } from "./ownNumbers.js";
import { valueTargets } from "./valueTargets.js";

/** Options of softmax cross-entropy. */
export interface CrossEntropyOptions {
  /** The class number that stands for "no target": such a step has no part in the loss. Default none; PyTorch's is −100. */
  readonly ignoreIndex?: number;
  /** Share ε of each target that is spread over all classes, from 0 to 1; default 0. */
  readonly labelSmoothing?: number;
  /** How much each class counts, 0 or more, one number a class; default 1. */
  readonly classWeights?: ArrayLike<number>;
}

/** Stands for no ignored class: no target is −1. */
const NONE = -1;
/** Class numbers come as float32, which holds every whole number up to here. */
const MOST_INDEX = 0x100_0000;

/**
 * Softmax cross-entropy of logits, the mean over all steps that count. Targets are class numbers [batch] or [batch, time],
 * or class probabilities [batch, classes] or [batch, time, classes].
 *   p = softmax(y)      L = −Σ_rows Σ_c t_c log p_c / rows      ∂L/∂y = (p Σ_c t_c − t) / rows
 *
 * @example
 * const loss = backpropagate(model, { input: sequences, target: [0, 2, 1] }, crossEntropy);
 */
export const crossEntropy: Loss = /* @__PURE__ */ make({});

/**
 * `crossEntropy` with options, as PyTorch's `CrossEntropyLoss` has them.
 *   l = −Σ_c w_c ((1 − ε) t_c + ε / C) log p_c
 *   L = Σ l / Σ w_class over class numbers that are not ignored;   L = Σ l / rows over probabilities
 * Where every step is ignored, or no class that occurs has a weight, the loss is 0 and so is its gradient (PyTorch: NaN).
 *
 * @example
 * await fit(tagger, { input: sentences, target: tags }, { loss: crossEntropyWith({ ignoreIndex: -100, labelSmoothing: 0.1 }) });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function crossEntropyWith(options: CrossEntropyOptions): Loss {
  requireLossOptions("crossEntropyWith", options, ["ignoreIndex", "labelSmoothing", "classWeights"]);
  const { ignoreIndex, labelSmoothing, classWeights } = options;
  if (labelSmoothing !== undefined) requireNumber("labelSmoothing of crossEntropyWith", labelSmoothing, 0, 1);
  return make({
    ...(ignoreIndex === undefined
      ? {}
      : { ignoreIndex: requireInteger("ignoreIndex of crossEntropyWith", ignoreIndex, -MOST_INDEX, MOST_INDEX) }),
    ...(labelSmoothing === undefined ? {} : { labelSmoothing }),
    ...(classWeights === undefined
      ? {}
      : { classWeights: requireNumbers("classWeights of crossEntropyWith", classWeights, 0) }),
  });
}

interface Checked {
  readonly ignoreIndex?: number;
  readonly labelSmoothing?: number;
  readonly classWeights?: readonly number[];
}

function make(options: Checked): Loss {
  const { ignoreIndex, labelSmoothing = 0, classWeights } = options;
  const ignored = ignoreIndex ?? NONE;
  const own = classWeights && new OwnNumbers(classWeights);
  const count: Loss["count"] = ({ address, stride }, { rows }, weights) => {
    const isPlain = stride > 0 || (ignoreIndex === undefined && own === undefined);
    return isPlain ? countRows(rows, weights) : core().totalWeight(weights, address, own?.address ?? 0, ignored, rows);
  };
  return defineLoss({
    name: "crossEntropy",
    options: Object.freeze({ ...options }),
    targets: [valueTargets, classTargets],
    takesLogits: true,
    leastWidth: 2,
    ...(classWeights === undefined ? {} : { width: classWeights.length }),
    ...(ignoreIndex === undefined ? {} : { ignoreIndex }),
    count,
    evaluate({ address, stride, layout, width }, target, gradient, weights) {
      const { rows } = layout;
      const total = count(target, layout, weights);
      return joined(parts.crossEntropy).crossEntropy(
        gradient.address,
        gradient.stride,
        address,
        stride,
        target.address,
        target.stride,
        weights,
        own?.address ?? 0,
        rows,
        width,
        ignored,
        labelSmoothing,
        0,
        total,
      );
    },
  });
}
