import type { Vector } from "../linear.js";
import type { CellWeights, MakeCell, Step } from "./cell.js";
import { type Curve, gateFunctions } from "./gateFunctions.js";
import { inputProjection, project, projectBackward, splitRecurrentProjection } from "./projection.js";

/**
 * Gated recurrent unit, reset before the product (Cho et al. 2014 as printed; ONNX linear_before_reset = 0),
 * gate blocks r, z, n; W_rz and W_n are the blocks of W_hh, b_rz and b_n those of b_hh; f is σ and g is tanh unless the
 * options say otherwise:
 *   p  = W_ih x + b_ih
 *   q  = W_rz h + b_rz           r = f(p_r + q_r)      z = f(p_z + q_z)
 *   l  = W_n (r ⊙ h) + b_n       n = g(p_n + l)
 *   h' = (1 − z) ⊙ n + z ⊙ h
 */
export const gruResetBefore: MakeCell = (options = {}) => {
  const functions = gateFunctions(options);
  return {
    gates: 3,
    recurrentBlocks: 3,
    states: 1,
    step: (weights, x, [h], hidden) => gruResetBeforeStep(functions, weights, x, h, hidden),
  };
};

function gruResetBeforeStep(
  { f, g }: Record<"f" | "g", Curve>,
  weights: CellWeights,
  x: Vector,
  h: Float64Array,
  hidden: Float64Array,
): Step {
  const units = h.length;
  const input = inputProjection(weights);
  const { early, late } = splitRecurrentProjection(weights, 2, units);
  const p = project(input, x);
  const a = project(early, hidden).map((value, j) => value + p[j]);
  const [r, z] = [a.subarray(0, units).map(f.value), a.subarray(units).map(f.value)];
  const gated = hidden.map((value, j) => r[j] * value);
  const an = project(late, gated).map((value, j) => value + p[2 * units + j]);
  const n = an.map(g.value);
  return {
    next: [h.map((value, j) => (1 - z[j]) * n[j] + z[j] * value)],
    undo([dNext], gradients) {
      const into = splitRecurrentProjection(gradients, 2, units);
      const dn = an.map((value, j) => dNext[j] * (1 - z[j]) * g.derivative(value));
      const dGated = projectBackward(late, into.late, gated, dn);
      const dr = hidden.map((value, j) => dGated[j] * value * f.derivative(a[j]));
      const dz = h.map((value, j) => dNext[j] * (value - n[j]) * f.derivative(a[units + j]));
      const dEarly = projectBackward(early, into.early, hidden, Float64Array.of(...dr, ...dz));
      const dp = Float64Array.of(...dr, ...dz, ...dn);
      const dX = projectBackward(input, inputProjection(gradients), x, dp);
      const dHidden = dEarly.map((value, j) => value + dGated[j] * r[j]);
      return { dX, dPrevious: [dNext.map((value, j) => value * z[j])], dHidden };
    },
  };
}
