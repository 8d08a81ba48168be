import { elementwise } from "./elementwise.js";
import type { Loss } from "./loss.js";

/**
 * Mean absolute error over all outputs of all steps that count: large errors weigh less than in the squared one.
 *   L = Σ |y − t| / n        ∂L/∂y = sign(y − t) / n, 0 where y = t
 *
 * @example
 * await fit(model, windows(series, { window: 12 }), { loss: meanAbsoluteError });
 */
export const meanAbsoluteError: Loss = /* @__PURE__ */ elementwise({
  name: "meanAbsoluteError",
  passes: [{ kind: "absolute" }],
});
