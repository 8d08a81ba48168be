import { affine, affineBackward } from "../linear.js";
import type { MakeCell } from "./cell.js";
import { singleFunction } from "./gateFunctions.js";

/**
 * Independently recurrent network (Li et al. 2018), u = weight_hh [H]:
 *   a  = W_ih x + b_ih + u ⊙ h
 *   h' = f(a)
 */
export const indRnn: MakeCell = (options = {}) => {
  const f = singleFunction(options, "relu");
  return {
    gates: 1,
    recurrentBlocks: 0,
    own: { name: "weight_hh", blocks: 1 },
    states: 1,
    readsHidden: true,
    step(weights, x, [h]) {
      const u = weights.weight_hh;
      const a = affine(weights.weight_ih, weights.bias_ih, x, h.length).map((value, j) => value + u[j] * h[j]);
      return {
        next: [a.map(f.value)],
        undo([dNext], gradients) {
          const da = a.map((value, j) => dNext[j] * f.derivative(value));
          da.forEach((value, j) => {
            gradients.weight_hh[j] += value * h[j];
          });
          const dX = affineBackward(weights.weight_ih, x, da, gradients.weight_ih, gradients.bias_ih);
          return { dX, dPrevious: [da.map((value, j) => value * u[j])] };
        },
      };
    },
  };
};
