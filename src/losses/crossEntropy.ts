import { core } from "../wasm/core.js";
import type { Loss } from "./loss.js";

/**
 * Softmax cross-entropy of logits, the mean over all valid steps. Targets are class numbers [batch] or [batch, time],
 * or class probabilities [batch, classes] or [batch, time, classes].
 *   p = softmax(y)      L = −Σ_rows Σ_c t_c log p_c / rows      ∂L/∂y = (p Σ_c t_c − t) / rows
 *
 * @example
 * const loss = backpropagate(model, { input: sequences, target: [0, 2, 1] }, crossEntropy);
 */
export const crossEntropy: Loss = {
  name: "crossEntropy",
  targets: ["classes", "values"],
  leastWidth: 2,
  evaluate({ address, stride, layout, width }, target, gradient) {
    const { rows } = layout;
    if (rows === 0) return 0;
    const sum =
      target.kind === "classes"
        ? core().crossEntropySparse(
            gradient.address,
            gradient.stride,
            address,
            stride,
            target.address,
            rows,
            width,
            1 / rows,
          )
        : core().crossEntropyDense(
            gradient.address,
            gradient.stride,
            address,
            stride,
            target.address,
            target.stride,
            rows,
            width,
            1 / rows,
          );
    return sum / rows;
  },
};
