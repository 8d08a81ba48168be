import { mguCell } from "../cells/mgu.js";
import type { Layer } from "./layer.js";
import { recurrent } from "./recurrent.js";
import type { RecurrentConfig, RecurrentOptions } from "./recurrentConfig.js";

/**
 * Minimal gated unit, over time: input [batch, time, D] gives output [batch, time, units]. Gate blocks are f, n.
 *
 *   f = σ(W_if x + b_if + W_hf h + b_hf)    n = tanh(W_in x + b_in + W_hn (f ⊙ h) + b_hn)
 *   h' = (1 − f) ⊙ h + f ⊙ n                                              (Zhou et al. 2016)
 *
 * One gate for forgetting and writing: two thirds of a GRU's weights, for small devices.
 *
 * @param units hidden units H
 * @example
 * const model = new Model(sequential(mgu(32), lastStep(), dense(1)), { inputSize: 4 });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function mgu(units: number, options: RecurrentOptions = {}): Layer<RecurrentConfig> {
  return recurrent(mguCell, units, options);
}
