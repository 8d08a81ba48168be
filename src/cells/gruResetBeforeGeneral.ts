import { joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { defineCell } from "./cell.js";
import { type GateConfig, gateConfig, gateOptionNames, gateWords } from "./gateOptions.js";

/**
 * Gated recurrent unit with any activations and a clip, reset before the product: `assembly/cells/gruResetBeforeGeneral.ts`.
 *
 * GRU (reset before the product) with any activations and a clip: for weights from Keras and ONNX.
 *
 *     r = φ(W_ir x + b_ir + W_hr h + b_hr)
 *     z = φ(W_iz x + b_iz + W_hz h + b_hz)
 *     n = γ(W_in x + b_in + W_hn (r ⊙ h) + b_hn)
 *     h' = (1 − z) ⊙ n + z ⊙ h
 *
 * Cho et al. 2014; ONNX GRU.
 */
export const gruResetBeforeGeneralCell = /* @__PURE__ */ defineCell<GateConfig>({
  name: "gruResetBeforeGeneral",
  written: ["gru", "reset before"],
  gates: ["r", "z", "n"],
  recurrentBlocks: 2,
  lateBlocks: 1,
  states: ["h"],
  readsHidden: true,
  saved: 6,
  sharesGradients: true,
  forgetGates: [],
  paces: { z: 1 },
  gateActivations: ({ gateActivation: f, candidateActivation: g }) => ({ r: f, z: f, n: g }),
  foreign: { keras: ["z", "r", "n"], onnx: ["z", "r", "n"] },
  options: gateOptionNames,
  configure: (options) => gateConfig("gru", options),
  kernel: () => joined(parts.gruResetBeforeGeneral).gruResetBeforeGeneral,
  words: (config, training) =>
    gateWords(training, config.clip, null, [config.gateActivation, config.candidateActivation]),
});
