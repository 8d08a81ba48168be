import { oracleActivation } from "../activations.js";
import { affine, affineBackward } from "../linear.js";
import type { OracleCell } from "./cell.js";

const sigmoid = oracleActivation("sigmoid");

/**
 * Gated recurrent unit, reset after the product (Cho et al. 2014 as cuDNN and PyTorch compute it), gate blocks r, z, n:
 *   p  = W_ih x + b_ih           q = W_hh h + b_hh
 *   r  = σ(p_r + q_r)            z = σ(p_z + q_z)
 *   n  = tanh(p_n + r ⊙ q_n)
 *   h' = (1 − z) ⊙ n + z ⊙ h
 */
export const gru: OracleCell = {
  gates: 3,
  states: 1,
  step(weights, x, [h]) {
    const units = h.length;
    const p = affine(weights.weight_ih, weights.bias_ih, x, 3 * units);
    const q = affine(weights.weight_hh, weights.bias_hh, h, 3 * units);
    const r = h.map((_, j) => sigmoid.value(p[j] + q[j]));
    const z = h.map((_, j) => sigmoid.value(p[units + j] + q[units + j]));
    const n = h.map((_, j) => Math.tanh(p[2 * units + j] + r[j] * q[2 * units + j]));
    const next = h.map((_, j) => (1 - z[j]) * n[j] + z[j] * h[j]);
    return {
      next: [next],
      undo([dNext], gradients) {
        const { dp, dq } = pointwiseBackward({ h, q, r, z, n }, dNext);
        const dX = affineBackward(weights.weight_ih, x, dp, gradients.weight_ih, gradients.bias_ih);
        const dH = affineBackward(weights.weight_hh, h, dq, gradients.weight_hh, gradients.bias_hh);
        return { dX, dPrevious: [dH.map((value, j) => value + dNext[j] * z[j])] };
      },
    };
  },
};

/** From the derivative by h' to those by p and q; the reset gate makes them differ in the block n. */
function pointwiseBackward(
  { h, q, r, z, n }: Record<"h" | "q" | "r" | "z" | "n", Float64Array>,
  dNext: Float64Array,
): { dp: Float64Array; dq: Float64Array } {
  const units = h.length;
  const dp = new Float64Array(3 * units);
  const dq = new Float64Array(3 * units);
  for (let j = 0; j < units; j++) {
    const da = dNext[j] * (1 - z[j]) * (1 - n[j] * n[j]);
    const dr = da * q[2 * units + j];
    const dz = dNext[j] * (h[j] - n[j]);
    dp[j] = dq[j] = dr * r[j] * (1 - r[j]);
    dp[units + j] = dq[units + j] = dz * z[j] * (1 - z[j]);
    dp[2 * units + j] = da;
    dq[2 * units + j] = da * r[j];
  }
  return { dp, dq };
}
