import { oracleActivation } from "../activations.js";
import { gate } from "../linear.js";
import type { MakeCell } from "./cell.js";
import { inputProjection, project, projectBackward } from "./projection.js";

const sigmoid = oracleActivation("sigmoid");

/**
 * Minimal GRU (Feng et al. 2024, linear-space equations), gate blocks z, n:
 *   p  = W_ih x + b_ih
 *   z  = σ(p_z)      n = p_n
 *   h' = (1 − z) ⊙ h + z ⊙ n
 */
export const minGru: MakeCell = () => ({
  gates: 2,
  recurrentBlocks: 0,
  states: 1,
  readsHidden: true,
  step(weights, x, [h]) {
    const units = h.length;
    const input = inputProjection(weights);
    const p = project(input, x);
    const z = gate(p, 0, units).map(sigmoid.value);
    const n = gate(p, 1, units);
    return {
      next: [h.map((value, j) => (1 - z[j]) * value + z[j] * n[j])],
      undo([dNext], gradients) {
        const dz = h.map((value, j) => dNext[j] * (n[j] - value) * sigmoid.derivative(p[j]));
        const dn = h.map((_, j) => dNext[j] * z[j]);
        const dp = Float64Array.of(...dz, ...dn);
        const dX = projectBackward(input, inputProjection(gradients), x, dp);
        return { dX, dPrevious: [h.map((_, j) => dNext[j] * (1 - z[j]))] };
      },
    };
  },
});
