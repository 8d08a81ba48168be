import { elementwise } from "./elementwise.js";
import type { Loss } from "./loss.js";

/**
 * Mean squared error over all outputs of all steps that count.
 *   L = Σ (y − t)² / n        ∂L/∂y = 2 (y − t) / n
 *
 * @example
 * await fit(model, windows(series, { window: 12 }), { loss: meanSquaredError });
 */
export const meanSquaredError: Loss = /* @__PURE__ */ elementwise({
  name: "meanSquaredError",
  passes: [{ kind: "squared" }],
});
