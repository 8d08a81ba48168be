import { joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { defineCell } from "./cell.js";
import { type GateConfig, gateConfig, gateOptionNames, gateWords } from "./gateOptions.js";

/**
 * Gated recurrent unit with any activations and a clip, reset after the product: `assembly/cells/gruGeneral.ts`.
 *
 * GRU (reset after the product) with any activations and a clip: for weights from elsewhere.
 *
 *     r = φ(W_ir x + b_ir + W_hr h + b_hr)
 *     z = φ(W_iz x + b_iz + W_hz h + b_hz)
 *     n = γ(W_in x + b_in + r ⊙ (W_hn h + b_hn))
 *     h' = (1 − z) ⊙ n + z ⊙ h
 *
 * Cho et al. 2014; ONNX GRU with linear_before_reset = 1.
 */
export const gruGeneralCell = /* @__PURE__ */ defineCell<GateConfig>({
  name: "gruGeneral",
  written: ["gru"],
  gates: ["r", "z", "n"],
  recurrentBlocks: 3,
  lateBlocks: 0,
  states: ["h"],
  readsHidden: true,
  saved: 7,
  sharesGradients: false,
  forgetGates: [],
  paces: { z: 1 },
  gateActivations: ({ gateActivation: f, candidateActivation: g }) => ({ r: f, z: f, n: g }),
  foreign: { keras: ["z", "r", "n"], onnx: ["z", "r", "n"], pytorch: ["r", "z", "n"] },
  options: gateOptionNames,
  configure: (options) => gateConfig("gru", options),
  kernel: () => joined(parts.gruGeneral).gruGeneral,
  words: (config, training) =>
    gateWords(training, config.clip, null, [config.gateActivation, config.candidateActivation]),
});
