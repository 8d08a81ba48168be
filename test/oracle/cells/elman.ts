import { add, affine, affineBackward } from "../linear.js";
import type { MakeCell } from "./cell.js";
import { singleFunction } from "./gateFunctions.js";

/**
 * Elman's network (1990) with any activation f:
 *   a  = W_ih x + b_ih + W_hh h + b_hh
 *   h' = f(a)
 */
export const elman: MakeCell = (options = {}) => {
  const f = singleFunction(options, "tanh");
  return {
    gates: 1,
    recurrentBlocks: 1,
    states: 1,
    step(weights, x, [h]) {
      const units = weights.weight_ih.length / x.length;
      const a = add(
        affine(weights.weight_ih, weights.bias_ih, x, units),
        affine(weights.weight_hh, weights.bias_hh, h, units),
      );
      return {
        next: [a.map(f.value)],
        undo([dNext], gradients) {
          const da = a.map((value, j) => dNext[j] * f.derivative(value));
          const dX = affineBackward(weights.weight_ih, x, da, gradients.weight_ih, gradients.bias_ih);
          const dH = affineBackward(weights.weight_hh, h, da, gradients.weight_hh, gradients.bias_hh);
          return { dX, dPrevious: [dH] };
        },
      };
    },
  };
};
