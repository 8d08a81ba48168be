import { elementwise } from "./elementwise.js";
import type { Loss } from "./loss.js";

/**
 * Negative log-likelihood of counts under a Poisson distribution whose rate is eʸ, without the term of t alone (PyTorch's
 * `PoissonNLLLoss` with its defaults).
 *   L = Σ (eʸ − t y) / n        ∂L/∂y = (eʸ − t) / n
 *
 * @example
 * await fit(model, { input: days, target: visitors }, { loss: poisson });
 */
export const poisson: Loss = /* @__PURE__ */ elementwise({
  name: "poisson",
  targetRange: [0, Infinity],
  passes: [{ kind: "poisson" }],
});
