import type { Vector } from "../linear.js";
import type { CellWeights, MakeCell, Step } from "./cell.js";
import { type Curve, gateFunctions } from "./gateFunctions.js";
import { inputProjection, project, projectBackward, recurrentProjection } from "./projection.js";

/**
 * Gated recurrent unit, reset after the product (Cho et al. 2014 as cuDNN and PyTorch compute it), gate blocks r, z, n;
 * f is σ and g is tanh unless the options say otherwise:
 *   p  = W_ih x + b_ih           q = W_hh h + b_hh
 *   r  = f(p_r + q_r)            z = f(p_z + q_z)
 *   n  = g(p_n + r ⊙ q_n)
 *   h' = (1 − z) ⊙ n + z ⊙ h
 */
export const gru: MakeCell = (options = {}) => {
  const functions = gateFunctions(options);
  return {
    gates: 3,
    recurrentBlocks: 3,
    states: 1,
    readsHidden: true,
    step: (weights, x, [h], hidden) => gruStep(functions, weights, x, h, hidden),
  };
};

function gruStep(
  { f, g }: Record<"f" | "g", Curve>,
  weights: CellWeights,
  x: Vector,
  h: Float64Array,
  hidden: Float64Array,
): Step {
  const units = h.length;
  const [input, recurrent] = [inputProjection(weights), recurrentProjection(weights)];
  const [p, q] = [project(input, x), project(recurrent, hidden)];
  const qn = q.subarray(2 * units);
  const [ar, az] = [0, units].map((block) => h.map((_, j) => p[block + j] + q[block + j]));
  const [r, z] = [ar.map(f.value), az.map(f.value)];
  const an = h.map((_, j) => p[2 * units + j] + r[j] * qn[j]);
  const n = an.map(g.value);
  return {
    next: [h.map((value, j) => (1 - z[j]) * n[j] + z[j] * value)],
    undo([dNext], gradients) {
      const dn = an.map((value, j) => dNext[j] * (1 - z[j]) * g.derivative(value));
      const dr = ar.map((value, j) => dn[j] * qn[j] * f.derivative(value));
      const dz = az.map((value, j) => dNext[j] * (h[j] - n[j]) * f.derivative(value));
      const dp = Float64Array.of(...dr, ...dz, ...dn);
      const dq = Float64Array.of(...dr, ...dz, ...dn.map((value, j) => value * r[j]));
      const dX = projectBackward(input, inputProjection(gradients), x, dp);
      const dHidden = projectBackward(recurrent, recurrentProjection(gradients), hidden, dq);
      return { dX, dPrevious: [z.map((value, j) => dNext[j] * value)], dHidden };
    },
  };
}
