import { type Activation, activation } from "../activations.js";
import { requireFlag } from "../shape.js";
import { joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { defineCell } from "./cell.js";
import { bound, type GateConfig, gateConfig, gateWords } from "./gateOptions.js";

/** Freedoms of a long short-term memory. */
export interface LstmConfig extends GateConfig {
  /** ψ in h' = o ⊙ ψ(c'); default `tanh`. */
  readonly outputActivation: Activation;
  /** Whether the gates see the cell state through weights of their own; default false. */
  readonly peepholes: boolean;
  /** Bound on the cell state, both ways; `null` for none (the default). */
  readonly cellClip: number | null;
}

/** Names of these options. */
export const lstmOptionNames = [
  "gateActivation",
  "candidateActivation",
  "clip",
  "outputActivation",
  "peepholes",
  "cellClip",
] as const satisfies readonly (keyof LstmConfig)[];

/** @throws ArgumentError when one is out of range */
export function lstmConfig(owner: string, options: Readonly<Record<string, unknown>>): LstmConfig {
  const { outputActivation = "tanh", peepholes = false } = options as Partial<LstmConfig>;
  activation(outputActivation);
  requireFlag(`peepholes of ${owner}`, peepholes);
  return {
    ...gateConfig(owner, options),
    outputActivation,
    peepholes,
    cellClip: bound(`cellClip of ${owner}`, options.cellClip),
  };
}

/** The words of both general kernels. */
export function lstmWords(config: LstmConfig, training: boolean) {
  const { clip, cellClip, gateActivation, candidateActivation, outputActivation } = config;
  return gateWords(training, clip, cellClip, [gateActivation, candidateActivation, outputActivation]);
}

/**
 * Long short-term memory with everything that can vary: `assembly/cells/lstmGeneral.ts`.
 *
 * LSTM with peepholes, any activations, clipping: for weights from elsewhere, and for timing tasks (peepholes).
 *
 *     i = φ(W_ii x + b_ii + W_hi h + b_hi + P_i ⊙ c)
 *     f = φ(W_if x + b_if + W_hf h + b_hf + P_f ⊙ c)
 *     g = γ(W_ig x + b_ig + W_hg h + b_hg)
 *     c' = clip(f ⊙ c + i ⊙ g)
 *     o = φ(W_io x + b_io + W_ho h + b_ho + P_o ⊙ c')
 *     h' = o ⊙ ψ(c')
 *
 * Gers & Schmidhuber 2000 (peepholes); Sak, Senior & Beaufays 2014 (cell clip); ONNX LSTM (activations, clip).
 */
export const lstmGeneralCell = /* @__PURE__ */ defineCell<LstmConfig>({
  name: "lstmGeneral",
  written: ["lstm"],
  gates: ["i", "f", "g", "o"],
  recurrentBlocks: 4,
  lateBlocks: 0,
  states: ["h", "c"],
  readsHidden: false,
  saved: 10,
  sharesGradients: true,
  normalizedState: "c",
  forgetGates: ["f"],
  paces: { f: 1, i: -1 },
  gateActivations: ({ gateActivation: f, candidateActivation: g }) => ({ i: f, f, g, o: f }),
  foreign: {
    keras: ["i", "f", "g", "o"],
    onnx: ["i", "o", "f", "g"],
    pytorch: ["i", "f", "g", "o"],
  },
  options: lstmOptionNames,
  configure: (options) => lstmConfig("lstm", options),
  own: ({ peepholes }) =>
    peepholes ? { name: "weight_peephole", blocks: 3, gates: ["i", "f", "o"], initializer: "zeros" } : undefined,
  kernel: () => joined(parts.lstmGeneral).lstmGeneral,
  words: lstmWords,
});
