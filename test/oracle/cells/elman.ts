import { add } from "../linear.js";
import type { MakeCell } from "./cell.js";
import { singleFunction } from "./gateFunctions.js";
import { inputProjection, project, projectBackward, recurrentProjection } from "./projection.js";

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
    step(weights, x, _previous, hidden) {
      const [input, recurrent] = [inputProjection(weights), recurrentProjection(weights)];
      const a = add(project(input, x), project(recurrent, hidden));
      return {
        next: [a.map(f.value)],
        undo([dNext], gradients) {
          const da = a.map((value, j) => dNext[j] * f.derivative(value));
          const dX = projectBackward(input, inputProjection(gradients), x, da);
          const dHidden = projectBackward(recurrent, recurrentProjection(gradients), hidden, da);
          return { dX, dPrevious: [da.map(() => 0)], dHidden };
        },
      };
    },
  };
};
