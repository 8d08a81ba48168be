import { oracleActivation } from "../activations.js";
import { affine, affineBackward } from "../linear.js";
import type { MakeCell } from "./cell.js";
import { recurrentBlocks } from "./lateBlock.js";

const sigmoid = oracleActivation("sigmoid");
const tanh = oracleActivation("tanh");

/**
 * Minimal gated unit (Zhou et al. 2016), gate blocks f, n; W_f and W_n are the blocks of W_hh, b_f and b_n those of b_hh:
 *   p  = W_ih x + b_ih
 *   a  = p_f + W_f h + b_f              f = σ(a)
 *   e  = p_n + W_n (f ⊙ h) + b_n        n = tanh(e)
 *   h' = (1 − f) ⊙ h + f ⊙ n
 */
export const mgu: MakeCell = () => ({
  gates: 2,
  recurrentBlocks: 2,
  states: 1,
  step(weights, x, [h]) {
    const units = h.length;
    const { early, late } = recurrentBlocks(weights, 1, units);
    const p = affine(weights.weight_ih, weights.bias_ih, x, 2 * units);
    const a = affine(early.weight, early.bias, h, units).map((value, j) => value + p[j]);
    const f = a.map(sigmoid.value);
    const gated = h.map((value, j) => f[j] * value);
    const e = affine(late.weight, late.bias, gated, units).map((value, j) => value + p[units + j]);
    const n = e.map(tanh.value);
    return {
      next: [h.map((value, j) => (1 - f[j]) * value + f[j] * n[j])],
      undo([dNext], gradients) {
        const into = recurrentBlocks(gradients, 1, units);
        const de = e.map((value, j) => dNext[j] * f[j] * tanh.derivative(value));
        const dGated = affineBackward(late.weight, gated, de, into.late.weight, into.late.bias);
        const da = a.map((value, j) => (dNext[j] * (n[j] - h[j]) + dGated[j] * h[j]) * sigmoid.derivative(value));
        const dH = affineBackward(early.weight, h, da, into.early.weight, into.early.bias);
        const dp = Float64Array.of(...da, ...de);
        const dX = affineBackward(weights.weight_ih, x, dp, gradients.weight_ih, gradients.bias_ih);
        return { dX, dPrevious: [dH.map((value, j) => value + dNext[j] * (1 - f[j]) + dGated[j] * f[j])] };
      },
    };
  },
});
