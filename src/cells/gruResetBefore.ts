import { joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { defineCell } from "./cell.js";

/**
 * Gated recurrent unit, reset before the product: `assembly/cells/gruResetBefore.ts`.
 *
 * Gated recurrent unit of the original paper: for weights from Keras (reset_after=False) and ONNX's default.
 *
 *     r = σ(W_ir x + b_ir + W_hr h + b_hr)
 *     z = σ(W_iz x + b_iz + W_hz h + b_hz)
 *     n = tanh(W_in x + b_in + W_hn (r ⊙ h) + b_hn)
 *     h' = (1 − z) ⊙ n + z ⊙ h
 *
 * Cho et al. 2014.
 */
export const gruResetBeforeCell = /* @__PURE__ */ defineCell({
  name: "gruResetBefore",
  written: ["gru", "reset before"],
  gates: ["r", "z", "n"],
  recurrentBlocks: 2,
  lateBlocks: 1,
  states: ["h"],
  readsHidden: true,
  saved: 3,
  sharesGradients: true,
  forgetGates: [],
  paces: { z: 1 },
  gateActivations: () => ({ r: "sigmoid", z: "sigmoid", n: "tanh" }),
  foreign: { keras: ["z", "r", "n"], onnx: ["z", "r", "n"] },
  options: [],
  configure: () => ({}),
  kernel: () => joined(parts.gruResetBefore).gruResetBefore,
});
