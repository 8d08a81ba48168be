import { minLstmCell } from "../cells/minLstm.js";
import type { Layer } from "./layer.js";
import { recurrent } from "./recurrent.js";
import type { RecurrentConfig, RecurrentOptions } from "./recurrentConfig.js";

/**
 * Minimal LSTM, whose gates see the input only, over time: input [batch, time, D] gives output [batch, time, units]. Gate blocks are f, i, n.
 *
 *   f = σ(W_if x + b_if)    i = σ(W_ii x + b_ii)    n = W_in x + b_in
 *   h' = f / (f + i) ⊙ h + i / (f + i) ⊙ n                                (Feng et al. 2024, linear-space equations)
 *
 * For very long sequences: no recurrent product, and what is kept and what is written share out 1. Stack several.
 *
 * @param units hidden units H
 * @example
 * const model = new Model(sequential(minLstm(32), lastStep(), dense(1)), { inputSize: 4 });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function minLstm(units: number, options: RecurrentOptions = {}): Layer<RecurrentConfig> {
  return recurrent(minLstmCell, units, options);
}
