import { type IndRnnConfig, indRnnCell } from "../cells/indRnn.js";
import type { Layer } from "./layer.js";
import { recurrent } from "./recurrent.js";
import type { RecurrentConfig, RecurrentOptions } from "./recurrentConfig.js";

/**
 * Independently recurrent network over time: input [batch, time, D] gives output [batch, time, units].
 *
 *   h' = f(W_ih x + b_ih + u ⊙ h)                                          (Li et al. 2018)
 *
 * One gate block; each unit sees only its own past, so steps are cheap: for deep stacks over long sequences.
 *
 * @param units hidden units H
 * @param options `activation` f, default `relu`, `clip` of what goes into it, default none, and those of every recurrent layer
 * @example
 * const model = new Model(sequential(indRnn(32), indRnn(32), lastStep(), dense(1)), { inputSize: 4 });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function indRnn(
  units: number,
  options: RecurrentOptions & Partial<IndRnnConfig> = {},
): Layer<RecurrentConfig & IndRnnConfig> {
  return recurrent(indRnnCell, units, options);
}
