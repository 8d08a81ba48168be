import { lstmCell } from "../cells/lstm.js";
import type { Layer } from "./layer.js";
import { type RecurrentConfig, type RecurrentOptions, recurrent } from "./recurrent.js";

/**
 * Long short-term memory over time: input [batch, time, D] gives output [batch, time, units].
 * Gate blocks are i, f, g, o; the forget gate's input bias begins at 1.
 *
 *   i = σ(W_ii x + b_ii + W_hi h + b_hi)    f, o alike    g = tanh(W_ig x + b_ig + W_hg h + b_hg)
 *   c' = f ⊙ c + i ⊙ g                      h' = o ⊙ tanh(c')            (Hochreiter & Schmidhuber 1997)
 *
 * @param units hidden units H
 * @example
 * const model = new Model(sequential(lstm(32), lastStep(), dense(1)), { inputSize: 4 });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function lstm(units: number, options: RecurrentOptions = {}): Layer<RecurrentConfig> {
  return recurrent(lstmCell, units, options);
}
