import type { MakeCell } from "./cell.js";
import { singleFunction } from "./gateFunctions.js";
import { inputProjection, project, projectBackward } from "./projection.js";

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
      const input = inputProjection(weights);
      const a = project(input, x).map((value, j) => value + u[j] * h[j]);
      return {
        next: [a.map(f.value)],
        undo([dNext], gradients) {
          const da = a.map((value, j) => dNext[j] * f.derivative(value));
          da.forEach((value, j) => {
            gradients.weight_hh[j] += value * h[j];
          });
          const dX = projectBackward(input, inputProjection(gradients), x, da);
          return { dX, dPrevious: [da.map((value, j) => value * u[j])] };
        },
      };
    },
  };
};
