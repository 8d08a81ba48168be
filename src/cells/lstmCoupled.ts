import { joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { defineCell } from "./cell.js";
import { type LstmConfig, lstmConfig, lstmOptionNames, lstmWords } from "./lstmGeneral.js";

/**
 * Long short-term memory whose forget gate is 1 − i: `assembly/cells/lstmCoupled.ts`.
 *
 * LSTM with coupled input and forget gates: a quarter fewer parameters, about as good (Greff et al. 2017).
 *
 *     i = φ(W_ii x + b_ii + W_hi h + b_hi + P_i ⊙ c)
 *     g = γ(W_ig x + b_ig + W_hg h + b_hg)
 *     c' = clip((1 − i) ⊙ c + i ⊙ g)
 *     o = φ(W_io x + b_io + W_ho h + b_ho + P_o ⊙ c')
 *     h' = o ⊙ ψ(c')
 *
 * Greff et al. 2017; ONNX LSTM with input_forget = 1.
 */
export const lstmCoupledCell = /* @__PURE__ */ defineCell<LstmConfig>({
  name: "lstmCoupled",
  written: ["lstm", "coupled"],
  gates: ["i", "g", "o"],
  recurrentBlocks: 3,
  lateBlocks: 0,
  states: ["h", "c"],
  readsHidden: false,
  saved: 8,
  sharesGradients: true,
  normalizedState: "c",
  forgetGates: [],
  paces: { i: -1 },
  gateActivations: ({ gateActivation: f, candidateActivation: g }) => ({ i: f, g, o: f }),
  foreign: { onnx: ["i", "o", "f", "g"] },
  options: lstmOptionNames,
  configure: (options) => lstmConfig("lstm", options),
  own: ({ peepholes }) =>
    peepholes ? { name: "weight_peephole", blocks: 2, gates: ["i", "o"], initializer: "zeros" } : undefined,
  kernel: () => joined(parts.lstmCoupled).lstmCoupled,
  words: lstmWords,
});
