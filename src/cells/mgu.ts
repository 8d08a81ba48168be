import { joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { defineCell } from "./cell.js";

/**
 * Minimal gated unit: `assembly/cells/mgu.ts`.
 *
 * One gate for everything: two thirds of a GRU's parameters. For small devices.
 *
 *     f = σ(W_if x + b_if + W_hf h + b_hf)
 *     n = tanh(W_in x + b_in + W_hn (f ⊙ h) + b_hn)
 *     h' = (1 − f) ⊙ h + f ⊙ n
 *
 * Zhou et al. 2016.
 */
export const mguCell = /* @__PURE__ */ defineCell({
  name: "mgu",
  gates: ["f", "n"],
  recurrentBlocks: 1,
  lateBlocks: 1,
  states: ["h"],
  readsHidden: true,
  saved: 3,
  sharesGradients: true,
  forgetGates: [],
  paces: { f: -1 },
  gateActivations: () => ({ f: "sigmoid", n: "tanh" }),
  options: [],
  configure: () => ({}),
  kernel: () => joined(parts.mgu).mgu,
});
