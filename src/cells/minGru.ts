import { joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { defineCell } from "./cell.js";

/**
 * Minimal GRU: `assembly/cells/minGru.ts`.
 *
 * Gates that see the input only: cheap steps and very long sequences.
 *
 *     z = σ(W_iz x + b_iz)
 *     n = W_in x + b_in
 *     h' = (1 − z) ⊙ h + z ⊙ n
 *
 * Feng et al. 2024, linear-space equations.
 */
export const minGruCell = /* @__PURE__ */ defineCell({
  name: "minGru",
  gates: ["z", "n"],
  recurrentBlocks: 0,
  lateBlocks: 0,
  states: ["h"],
  readsHidden: true,
  saved: 2,
  sharesGradients: true,
  forgetGates: [],
  paces: { z: -1 },
  gateActivations: () => ({ z: "sigmoid", n: "linear" }),
  options: [],
  configure: () => ({}),
  kernel: () => joined(parts.minGru).minGru,
});
