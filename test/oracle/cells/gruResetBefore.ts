import { affine, affineBackward, type Vector } from "../linear.js";
import type { CellWeights, MakeCell, Step } from "./cell.js";
import { type Curve, gateFunctions } from "./gateFunctions.js";
import { recurrentBlocks } from "./lateBlock.js";

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
    step: (weights, x, [h]) => gruResetBeforeStep(functions, weights, x, h),
  };
};

function gruResetBeforeStep(
  { f, g }: Record<"f" | "g", Curve>,
  weights: CellWeights,
  x: Vector,
  h: Float64Array,
): Step {
  const units = h.length;
  const { early, late } = recurrentBlocks(weights, 2, units);
  const p = affine(weights.weight_ih, weights.bias_ih, x, 3 * units);
  const a = affine(early.weight, early.bias, h, 2 * units).map((value, j) => value + p[j]);
  const [r, z] = [a.subarray(0, units).map(f.value), a.subarray(units).map(f.value)];
  const gated = h.map((value, j) => r[j] * value);
  const an = affine(late.weight, late.bias, gated, units).map((value, j) => value + p[2 * units + j]);
  const n = an.map(g.value);
  return {
    next: [h.map((value, j) => (1 - z[j]) * n[j] + z[j] * value)],
    undo([dNext], gradients) {
      const into = recurrentBlocks(gradients, 2, units);
      const dn = an.map((value, j) => dNext[j] * (1 - z[j]) * g.derivative(value));
      const dGated = affineBackward(late.weight, gated, dn, into.late.weight, into.late.bias);
      const dr = h.map((value, j) => dGated[j] * value * f.derivative(a[j]));
      const dz = h.map((value, j) => dNext[j] * (value - n[j]) * f.derivative(a[units + j]));
      const dH = affineBackward(early.weight, h, Float64Array.of(...dr, ...dz), into.early.weight, into.early.bias);
      const dp = Float64Array.of(...dr, ...dz, ...dn);
      const dX = affineBackward(weights.weight_ih, x, dp, gradients.weight_ih, gradients.bias_ih);
      return { dX, dPrevious: [dH.map((value, j) => value + dGated[j] * r[j] + dNext[j] * z[j])] };
    },
  };
}
