import { lstmCell } from "../cells/lstm.js";
import { lstmCoupledCell } from "../cells/lstmCoupled.js";
import { type LstmConfig, lstmGeneralCell } from "../cells/lstmGeneral.js";
import { requireFlag, requireKnownOptions } from "../shape.js";
import type { Layer } from "./layer.js";
import { recurrent } from "./recurrent.js";
import { layerOptionNames, type RecurrentConfig, type RecurrentOptions } from "./recurrentConfig.js";

/** Options of a long short-term memory. */
export interface LstmOptions extends RecurrentOptions, Partial<LstmConfig> {
  /** Whether the forget gate is 1 − i (three blocks instead of four); default false. */
  readonly coupled?: boolean;
}

/**
 * Long short-term memory over time: input [batch, time, D] gives output [batch, time, units].
 * Gate blocks are i, f, g, o; the forget gate's input bias begins at 1.
 *
 *   i = σ(W_ii x + b_ii + W_hi h + b_hi)      f, o alike
 *   g = tanh(W_ig x + b_ig + W_hg h + b_hg)
 *   c' = f ⊙ c + i ⊙ g
 *   h' = o ⊙ tanh(c')
 *
 * (Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000.)
 *
 * The first choice for long sequences. `peepholes` add P_i ⊙ c, P_f ⊙ c, P_o ⊙ c' to the gates, for tasks of timing (Gers &
 * Schmidhuber 2000); `coupled` makes f = 1 − i with blocks i, g, o, a quarter fewer weights (Greff et al. 2017); `cellClip`
 * bounds c' (Sak et al. 2014).
 *
 * @param units hidden units H
 * @param options peepholes, other activations, clipping and coupled gates, which run on a general kernel, and the options of
 * every recurrent layer
 * @example
 * const model = new Model(sequential(lstm(32), lastStep(), dense(1)), { inputSize: 4 });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function lstm(units: number, options: LstmOptions = {}): Layer<RecurrentConfig> {
  requireKnownOptions(`lstm(${units})`, options, [...layerOptionNames, "coupled", ...lstmGeneralCell.options]);
  const { coupled = false, ...rest } = options;
  requireFlag(`coupled of lstm(${units})`, coupled);
  if (coupled) return recurrent(lstmCoupledCell, units, rest);
  const isPlain = lstmGeneralCell.options.every((name) => (rest as Record<string, unknown>)[name] === undefined);
  return isPlain ? recurrent(lstmCell, units, rest) : recurrent(lstmGeneralCell, units, rest);
}
