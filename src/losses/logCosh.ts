import { elementwise } from "./elementwise.js";
import type { Loss } from "./loss.js";

/**
 * Logarithm of the hyperbolic cosine of the error: half its square near 0, |e| − ln 2 far from it, smooth in between.
 *   L = Σ ln cosh(y − t) / n        ∂L/∂y = tanh(y − t) / n
 *
 * @example
 * await fit(model, windows(series, { window: 12 }), { loss: logCosh });
 */
export const logCosh: Loss = /* @__PURE__ */ elementwise({
  name: "logCosh",
  passes: [{ kind: "logCosh" }],
});
