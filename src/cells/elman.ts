import { type Activation, activation } from "../activations.js";
import { defineCell } from "./cell.js";

/** Options of an Elman cell. */
export interface ElmanConfig {
  /** f in h' = f(W_ih x + b_ih + W_hh h + b_hh); default `tanh`. */
  readonly activation: Activation;
}

/** Elman network: `assembly/cells/elman.ts`. */
export const elmanCell = /* @__PURE__ */ defineCell<ElmanConfig>({
  name: "elman",
  summary: "The textbook's recurrent network, with any activation. For short memories, teaching, and IRNNs.",
  equations: ["h' = f(W_ih x + b_ih + W_hh h + b_hh)"],
  source: "Elman 1990",
  gates: ["h"],
  recurrentBlocks: 1,
  states: ["h"],
  saved: 1,
  sharesGradients: true,
  forgetGates: [],
  options: ["activation"],
  configure(options) {
    const chosen = (options.activation ?? "tanh") as Activation;
    activation(chosen);
    return { activation: chosen };
  },
  // tanh has a class of its own in the core: fused, and nothing saved but the state.
  kernels: (core, config) =>
    config.activation === "tanh"
      ? { forward: core.elmanTanhForward, backward: core.elmanTanhBackward }
      : { forward: core.elmanForward, backward: core.elmanBackward },
  words(config) {
    const { code, alpha, beta } = activation(config.activation);
    return [
      { value: code, isFloat: false },
      { value: alpha, isFloat: true },
      { value: beta, isFloat: true },
    ];
  },
});
