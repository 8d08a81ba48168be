import { oracleActivation } from "../activations.js";
import { affine, affineBackward } from "../linear.js";
import type { CellGradients, CellWeights, OracleCell } from "./cell.js";

const sigmoid = oracleActivation("sigmoid");

/**
 * Gated recurrent unit, reset before the product (Cho et al. 2014 as printed; ONNX linear_before_reset = 0),
 * gate blocks r, z, n; W_rz and W_n are the blocks of W_hh, b_rz and b_n those of b_hh:
 *   p  = W_ih x + b_ih
 *   q  = W_rz h + b_rz           r = σ(p_r + q_r)      z = σ(p_z + q_z)
 *   l  = W_n (r ⊙ h) + b_n       n = tanh(p_n + l)
 *   h' = (1 − z) ⊙ n + z ⊙ h
 */
export const gruResetBefore: OracleCell = {
  gates: 3,
  states: 1,
  step(weights, x, [h]) {
    const units = h.length;
    const { rz, candidate } = recurrentBlocks(weights, units);
    const p = affine(weights.weight_ih, weights.bias_ih, x, 3 * units);
    const q = affine(rz.weight, rz.bias, h, 2 * units);
    const r = h.map((_, j) => sigmoid.value(p[j] + q[j]));
    const z = h.map((_, j) => sigmoid.value(p[units + j] + q[units + j]));
    const gated = h.map((_, j) => r[j] * h[j]);
    const late = affine(candidate.weight, candidate.bias, gated, units);
    const n = h.map((_, j) => Math.tanh(p[2 * units + j] + late[j]));
    const next = h.map((_, j) => (1 - z[j]) * n[j] + z[j] * h[j]);
    return {
      next: [next],
      undo([dNext], gradients) {
        const into = recurrentBlocks(gradients, units);
        const da = n.map((value, j) => dNext[j] * (1 - z[j]) * (1 - value * value));
        const dGated = affineBackward(candidate.weight, gated, da, into.candidate.weight, into.candidate.bias);
        const dr = h.map((value, j) => dGated[j] * value * r[j] * (1 - r[j]));
        const dz = h.map((value, j) => dNext[j] * (value - n[j]) * z[j] * (1 - z[j]));
        const dp = Float64Array.of(...dr, ...dz, ...da);
        const dX = affineBackward(weights.weight_ih, x, dp, gradients.weight_ih, gradients.bias_ih);
        const dH = affineBackward(rz.weight, h, Float64Array.of(...dr, ...dz), into.rz.weight, into.rz.bias);
        return { dX, dPrevious: [dH.map((value, j) => value + dGated[j] * r[j] + dNext[j] * z[j])] };
      },
    };
  },
};

interface Block {
  readonly weight: Float64Array;
  readonly bias: Float64Array | undefined;
}

/** Views of the blocks of W_hh and b_hh that act on h, and of the one that acts on r ⊙ h. */
function recurrentBlocks(weights: CellWeights | CellGradients, units: number): Record<"rz" | "candidate", Block> {
  const { weight_hh: weight, bias_hh: bias } = weights;
  return {
    rz: { weight: weight.subarray(0, 2 * units * units), bias: bias?.subarray(0, 2 * units) },
    candidate: { weight: weight.subarray(2 * units * units), bias: bias?.subarray(2 * units) },
  };
}
