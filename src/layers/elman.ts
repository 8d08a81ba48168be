import { type ElmanConfig, elmanCell } from "../cells/elman.js";
import type { Layer } from "./layer.js";
import { recurrent } from "./recurrent.js";
import type { RecurrentConfig, RecurrentOptions } from "./recurrentConfig.js";

/**
 * The textbook's recurrent network over time: input [batch, time, D] gives output [batch, time, units].
 *
 *   h' = f(W_ih x + b_ih + W_hh h + b_hh)                                  (Elman 1990)
 *
 * One gate block. For short memories and for teaching; with relu and an identity for W_hh it is an IRNN (Le et al. 2015), which
 * remembers longer.
 *
 * @param units hidden units H
 * @param options `activation` f, default `tanh`, `clip` of what goes into it, default none, and those of every recurrent layer
 * @example
 * const model = new Model(sequential(elman(16, { activation: "relu", recurrentInitializer: "identity" }), dense(1)));
 * @throws ArgumentError when an option is unknown or out of range
 */
export function elman(
  units: number,
  options: RecurrentOptions & Partial<ElmanConfig> = {},
): Layer<RecurrentConfig & ElmanConfig> {
  return recurrent(elmanCell, units, options);
}
