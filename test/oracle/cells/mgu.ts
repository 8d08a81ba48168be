import { oracleActivation } from "../activations.js";
import type { MakeCell } from "./cell.js";
import { inputProjection, project, projectBackward, splitRecurrentProjection } from "./projection.js";

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
  step(weights, x, [h], hidden) {
    const units = h.length;
    const input = inputProjection(weights);
    const { early, late } = splitRecurrentProjection(weights, 1, units);
    const p = project(input, x);
    const a = project(early, hidden).map((value, j) => value + p[j]);
    const f = a.map(sigmoid.value);
    const gated = hidden.map((value, j) => f[j] * value);
    const e = project(late, gated).map((value, j) => value + p[units + j]);
    const n = e.map(tanh.value);
    return {
      next: [h.map((value, j) => (1 - f[j]) * value + f[j] * n[j])],
      undo([dNext], gradients) {
        const into = splitRecurrentProjection(gradients, 1, units);
        const de = e.map((value, j) => dNext[j] * f[j] * tanh.derivative(value));
        const dGated = projectBackward(late, into.late, gated, de);
        const da = a.map((value, j) => (dNext[j] * (n[j] - h[j]) + dGated[j] * hidden[j]) * sigmoid.derivative(value));
        const dEarly = projectBackward(early, into.early, hidden, da);
        const dp = Float64Array.of(...da, ...de);
        const dX = projectBackward(input, inputProjection(gradients), x, dp);
        const dHidden = dEarly.map((value, j) => value + dGated[j] * f[j]);
        return { dX, dPrevious: [dNext.map((value, j) => value * (1 - f[j]))], dHidden };
      },
    };
  },
});
