import { joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { defineCell } from "./cell.js";

/**
 * Minimal LSTM: `assembly/cells/minLstm.ts`.
 *
 * Gates that see the input only and share out 1 between keeping and writing.
 *
 *     f = σ(W_if x + b_if)
 *     i = σ(W_ii x + b_ii)
 *     n = W_in x + b_in
 *     h' = f / (f + i) ⊙ h + i / (f + i) ⊙ n
 *
 * Feng et al. 2024, linear-space equations.
 */
export const minLstmCell = /* @__PURE__ */ defineCell({
  name: "minLstm",
  gates: ["f", "i", "n"],
  recurrentBlocks: 0,
  lateBlocks: 0,
  states: ["h"],
  readsHidden: true,
  saved: 3,
  sharesGradients: true,
  forgetGates: [],
  gateActivations: () => ({ f: "sigmoid", i: "sigmoid", n: "linear" }),
  options: [],
  configure: () => ({}),
  kernel: () => joined(parts.minLstm).minLstm,
});
