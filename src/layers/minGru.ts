import { minGruCell } from "../cells/minGru.js";
import type { Layer } from "./layer.js";
import { recurrent } from "./recurrent.js";
import type { RecurrentConfig, RecurrentOptions } from "./recurrentConfig.js";

/**
 * Minimal GRU, whose gates see the input only, over time: input [batch, time, D] gives output [batch, time, units]. Gate blocks are z, n.
 *
 *   z = σ(W_iz x + b_iz)    n = W_in x + b_in    h' = (1 − z) ⊙ h + z ⊙ n     (Feng et al. 2024)
 *
 * The linear-space equations. For very long sequences: gates of the input alone make a step cheap. Stack several.
 *
 * @param units hidden units H
 * @example
 * const model = new Model(sequential(minGru(32), lastStep(), dense(1)), { inputSize: 4 });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function minGru(units: number, options: RecurrentOptions = {}): Layer<RecurrentConfig> {
  return recurrent(minGruCell, units, options);
}
