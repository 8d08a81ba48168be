import { joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { type CellDefinition, defineCell } from "./cell.js";
import { lstmGeneralCell } from "./lstmGeneral.js";

/**
 * Long short-term memory: `assembly/cells/lstm.ts`.
 *
 * Long short-term memory: a cell state with gates for writing, keeping and reading. The first choice for long sequences.
 *
 *     i = σ(W_ii x + b_ii + W_hi h + b_hi)
 *     f = σ(W_if x + b_if + W_hf h + b_hf)
 *     g = tanh(W_ig x + b_ig + W_hg h + b_hg)
 *     o = σ(W_io x + b_io + W_ho h + b_ho)
 *     c' = f ⊙ c + i ⊙ g
 *     h' = o ⊙ tanh(c')
 *
 * Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000.
 */
export const lstmCell = /* @__PURE__ */ defineCell({
  name: "lstm",
  gates: ["i", "f", "g", "o"],
  recurrentBlocks: 4,
  lateBlocks: 0,
  states: ["h", "c"],
  readsHidden: false,
  saved: 5,
  sharesGradients: true,
  normalizedBy: lstmGeneralCell as CellDefinition,
  forgetGates: ["f"],
  paces: { f: 1, i: -1 },
  gateActivations: () => ({ i: "sigmoid", f: "sigmoid", g: "tanh", o: "sigmoid" }),
  foreign: {
    keras: ["i", "f", "g", "o"],
    onnx: ["i", "o", "f", "g"],
    pytorch: ["i", "f", "g", "o"],
  },
  options: [],
  configure: () => ({}),
  kernel: () => joined(parts.lstm).lstm,
});
