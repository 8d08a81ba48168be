import { add, affine, affineBackward } from "../linear.js";
import type { OracleCell } from "./cell.js";

/**
 * A cell whose hidden state is projected (Sak, Senior & Beaufays 2014): what goes on as output and to the next step's
 * W_hh [G·H, P] is h' = W_hr h_cell, W_hr [P, H]; in an LSTM h_cell = o ⊙ tanh c'.
 */
export function projected(cell: OracleCell, size: number): OracleCell {
  return cell.readsHidden ? besideOwn(cell, size) : inPlace(cell, size);
}

/** The cell sees h through the product alone: the projected state takes the place of its own. */
function inPlace(cell: OracleCell, size: number): OracleCell {
  return {
    ...cell,
    step(weights, x, states, hidden, kept) {
      const inner = cell.step(weights, x, states, hidden, kept);
      const [own, ...others] = inner.next;
      return {
        next: [affine(weights.weight_hr, undefined, own, size), ...others],
        undo([dH, ...dOthers], gradients) {
          const dOwn = affineBackward(weights.weight_hr, own, dH, gradients.weight_hr, undefined);
          const result = inner.undo([dOwn, ...dOthers], gradients);
          return { ...result, dPrevious: [dH.map(() => 0), ...result.dPrevious.slice(1)] };
        },
      };
    },
  };
}

/** The cell also reads its own h, which goes on beside the projected one. */
function besideOwn(cell: OracleCell, size: number): OracleCell {
  return {
    ...cell,
    step(weights, x, [h, ...states], hidden, kept) {
      const inner = cell.step(weights, x, states, hidden, kept);
      const [own, ...others] = inner.next;
      return {
        next: [affine(weights.weight_hr, undefined, own, size), own, ...others],
        undo([dH, dOwn, ...dOthers], gradients) {
          const projectedPart = affineBackward(weights.weight_hr, own, dH, gradients.weight_hr, undefined);
          const result = inner.undo([add(projectedPart, dOwn), ...dOthers], gradients);
          return { ...result, dPrevious: [h.map(() => 0), ...result.dPrevious] };
        },
      };
    },
  };
}
