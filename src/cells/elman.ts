import { type Activation, activation } from "../activations.js";
import { joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { defineCell } from "./cell.js";
import { bound, gateWords } from "./gateOptions.js";

/** Options of an Elman cell. */
export interface ElmanConfig {
  /** f in h' = f(W_ih x + b_ih + W_hh h + b_hh); default `tanh`. */
  readonly activation: Activation;
  /** Bound on what goes into f, both ways; `null` for none (the default). */
  readonly clip: number | null;
}

/**
 * Elman network: `assembly/cells/elman.ts`.
 *
 * The textbook's recurrent network, with any activation. For short memories, teaching, and IRNNs.
 *
 *     h' = f(W_ih x + b_ih + W_hh h + b_hh)
 *
 * Elman 1990.
 */
export const elmanCell = /* @__PURE__ */ defineCell<ElmanConfig>({
  name: "elman",
  gates: ["h"],
  recurrentBlocks: 1,
  lateBlocks: 0,
  states: ["h"],
  readsHidden: false,
  saved: 1,
  gateValues: "state",
  sharesGradients: true,
  forgetGates: [],
  gateActivations: ({ activation: f }) => ({ h: f }),
  foreign: { keras: ["h"], onnx: ["h"], pytorch: ["h"] },
  options: ["activation", "clip"],
  configure(options) {
    const chosen = (options.activation ?? "tanh") as Activation;
    activation(chosen);
    return { activation: chosen, clip: bound("clip of elman", options.clip) };
  },
  // Plain tanh has a class of its own in the core: fused, and nothing saved but the state.
  kernel({ activation, clip }) {
    const { elman, elmanTanh } = joined(parts.elman);
    return activation === "tanh" && clip === null ? elmanTanh : elman;
  },
  words: (config, training) => gateWords(training, config.clip, null, [config.activation]),
});
