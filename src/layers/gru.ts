import type { GateConfig } from "../cells/gateOptions.js";
import { gruCell } from "../cells/gru.js";
import { gruGeneralCell } from "../cells/gruGeneral.js";
import { gruResetBeforeCell } from "../cells/gruResetBefore.js";
import { gruResetBeforeGeneralCell } from "../cells/gruResetBeforeGeneral.js";
import { requireKnownOptions, requireOneOf } from "../shape.js";
import type { Layer } from "./layer.js";
import { recurrent } from "./recurrent.js";
import { layerOptionNames, type RecurrentConfig, type RecurrentOptions } from "./recurrentConfig.js";

/** Options of a gated recurrent unit. */
export interface GruOptions extends RecurrentOptions, Partial<GateConfig> {
  /** Whether the reset gate acts after the recurrent product (PyTorch, cuDNN) or on h before it; default `"after"`. */
  readonly reset?: "after" | "before";
}

/**
 * Gated recurrent unit over time: input [batch, time, D] gives output [batch, time, units]. Gate blocks are r, z, n.
 *
 *   r = σ(W_ir x + b_ir + W_hr h + b_hr)      z alike
 *   n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn))
 *   h' = (1 − z) ⊙ n + z ⊙ h
 *
 * (Cho et al. 2014, in the form of cuDNN.)
 *
 * Nearly an LSTM's memory with one state and a quarter less work: for small models and streams. `reset: "before"` is the
 * original paper's n = tanh(W_in x + b_in + W_hn (r ⊙ h) + b_hn): for weights of Keras's reset_after=False and ONNX's default.
 *
 * @param units hidden units H
 * @param options `reset`, other activations and a clip, which run on a general kernel, and the options of every recurrent layer
 * @example
 * const model = new Model(sequential(gru(32), lastStep(), dense(1)), { inputSize: 4 });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function gru(units: number, options: GruOptions = {}): Layer<RecurrentConfig> {
  requireKnownOptions(`gru(${units})`, options, [...layerOptionNames, "reset", ...gruGeneralCell.options]);
  const { reset = "after", ...rest } = options;
  requireOneOf(`reset of gru(${units})`, reset, ["after", "before"]);
  const isPlain = gruGeneralCell.options.every((name) => (rest as Record<string, unknown>)[name] === undefined);
  if (isPlain) return recurrent(reset === "after" ? gruCell : gruResetBeforeCell, units, rest);
  return recurrent(reset === "after" ? gruGeneralCell : gruResetBeforeGeneralCell, units, rest);
}
