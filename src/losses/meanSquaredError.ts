import { core } from "../wasm/core.js";
import type { Loss } from "./loss.js";

/**
 * Mean squared error over all outputs of all valid steps.
 *   L = Σ (y − t)² / n        ∂L/∂y = 2 (y − t) / n
 *
 * @example
 * await fit(model, windows(series, { window: 12 }), { loss: meanSquaredError });
 */
export const meanSquaredError: Loss = {
  name: "meanSquaredError",
  targets: ["values"],
  leastWidth: 1,
  evaluate({ address, stride, layout, width }, target, gradient) {
    const count = layout.rows * width;
    if (count === 0) return 0;
    const sum = core().meanSquaredError(
      gradient.address,
      gradient.stride,
      address,
      stride,
      target.address,
      target.stride,
      layout.rows,
      width,
      1 / count,
    );
    return sum / count;
  },
};
