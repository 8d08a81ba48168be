import { oracleActivation } from "../activations.js";
import { gate } from "../linear.js";
import type { MakeCell } from "./cell.js";
import { inputProjection, project, projectBackward } from "./projection.js";

const sigmoid = oracleActivation("sigmoid");

/**
 * Minimal LSTM (Feng et al. 2024, linear-space equations), gate blocks f, i, n:
 *   p  = W_ih x + b_ih
 *   f  = σ(p_f)      i = σ(p_i)      n = p_n
 *   h' = f / (f + i) ⊙ h + i / (f + i) ⊙ n
 */
export const minLstm: MakeCell = () => ({
  gates: 3,
  recurrentBlocks: 0,
  states: 1,
  readsHidden: true,
  step(weights, x, [h]) {
    const units = h.length;
    const input = inputProjection(weights);
    const p = project(input, x);
    const f = gate(p, 0, units).map(sigmoid.value);
    const i = gate(p, 1, units).map(sigmoid.value);
    const n = gate(p, 2, units);
    const sum = f.map((value, j) => value + i[j]);
    return {
      next: [h.map((value, j) => (f[j] / sum[j]) * value + (i[j] / sum[j]) * n[j])],
      undo([dNext], gradients) {
        // ∂h'/∂f = i (h − n) / (f + i)²      ∂h'/∂i = f (n − h) / (f + i)²
        const pull = h.map((value, j) => (dNext[j] * (value - n[j])) / sum[j] ** 2);
        const df = pull.map((value, j) => value * i[j] * sigmoid.derivative(p[j]));
        const di = pull.map((value, j) => -value * f[j] * sigmoid.derivative(p[units + j]));
        const dn = h.map((_, j) => (dNext[j] * i[j]) / sum[j]);
        const dp = Float64Array.of(...df, ...di, ...dn);
        const dX = projectBackward(input, inputProjection(gradients), x, dp);
        return { dX, dPrevious: [h.map((_, j) => (dNext[j] * f[j]) / sum[j])] };
      },
    };
  },
});
