import { type Activation, activation } from "../activations.js";
import { joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { defineCell } from "./cell.js";
import { bound, gateWords } from "./gateOptions.js";

/** Options of an independently recurrent network. */
export interface IndRnnConfig {
  /** f in h' = f(W_ih x + b_ih + u ⊙ h); default `relu`. */
  readonly activation: Activation;
  /** Bound on what goes into f, both ways; `null` for none (the default). */
  readonly clip: number | null;
}

/**
 * Independently recurrent network: `assembly/cells/indRnn.ts`.
 *
 * Each unit sees only its own past: deep stacks and long sequences without gates.
 *
 *     h' = f(W_ih x + b_ih + u ⊙ h)
 *
 * Li et al. 2018.
 */
export const indRnnCell = /* @__PURE__ */ defineCell<IndRnnConfig>({
  name: "indRnn",
  gates: ["h"],
  recurrentBlocks: 0,
  lateBlocks: 0,
  states: ["h"],
  readsHidden: true,
  saved: 1,
  gateValues: "state",
  sharesGradients: true,
  forgetGates: [],
  gateActivations: ({ activation: f }) => ({ h: f }),
  options: ["activation", "clip"],
  configure(options) {
    const chosen = (options.activation ?? "relu") as Activation;
    activation(chosen);
    return { activation: chosen, clip: bound("clip of indRnn", options.clip) };
  },
  own: () => ({ name: "weight_hh", blocks: 1, initializer: "unitUniform" }),
  kernel: () => joined(parts.indRnn).indRnn,
  words: (config, training) => gateWords(training, config.clip, null, [config.activation]),
});
