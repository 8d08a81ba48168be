import { layerNorm, layerNormBackward } from "../layerNorm.js";
import type { CellGradients, CellWeights } from "./cell.js";

/** How the cell state of an LSTM is shown to its output: as it is, or gain ⊙ LN(c') + bias in a normalised layer. */
export interface ShownState {
  value(c: Float64Array): Float64Array;
  /** dc from the derivative by what is shown; adds to the gradients. */
  backward(c: Float64Array, dShown: Float64Array, gradients: CellGradients): Float64Array;
}

/** That of a layer with these weights. */
export function shownState({ norm_c: gain, norm_c_bias: bias }: CellWeights): ShownState {
  if (gain === undefined) return { value: (c) => c, backward: (_, dShown) => dShown };
  return {
    value: (c) => layerNorm(gain, bias, c),
    backward: (c, dShown, gradients) => layerNormBackward(gain, c, dShown, gradients.norm_c, gradients.norm_c_bias),
  };
}
