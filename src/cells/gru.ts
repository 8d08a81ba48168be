import { joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { defineCell } from "./cell.js";

/**
 * Gated recurrent unit, reset after the product: `assembly/cells/gru.ts`.
 *
 * Gated recurrent unit as PyTorch and cuDNN compute it: one state, three gates, a quarter less work than an LSTM.
 *
 *     r = σ(W_ir x + b_ir + W_hr h + b_hr)
 *     z = σ(W_iz x + b_iz + W_hz h + b_hz)
 *     n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn))
 *     h' = (1 − z) ⊙ n + z ⊙ h
 *
 * Cho et al. 2014, in the form of cuDNN.
 */
export const gruCell = /* @__PURE__ */ defineCell({
  name: "gru",
  gates: ["r", "z", "n"],
  recurrentBlocks: 3,
  lateBlocks: 0,
  states: ["h"],
  readsHidden: true,
  saved: 4,
  sharesGradients: false,
  forgetGates: [],
  paces: { z: 1 },
  gateActivations: () => ({ r: "sigmoid", z: "sigmoid", n: "tanh" }),
  foreign: { keras: ["z", "r", "n"], onnx: ["z", "r", "n"], pytorch: ["r", "z", "n"] },
  options: [],
  configure: () => ({}),
  kernel: () => joined(parts.gru).gru,
});
