import type { CoreExports } from "../wasm/generated/exports.js";

/** Runs steps from … to − 1 of a plan: a kernel of the core. */
export type StepKernel = (plan: number, from: number, to: number) => void;

/** What a recurrent cell is, apart from its equations: those are in `assembly/cells/`. */
export interface CellDefinition<Config extends object = object> {
  readonly name: string;
  /** One sentence on what it is and when to choose it. */
  readonly summary: string;
  readonly equations: readonly string[];
  readonly source: string;
  /** Names of the gate blocks in memory order: rows of `weight_ih`, `weight_hh` and the biases. */
  readonly gates: readonly string[];
  /** Leading blocks of W_hh that act on h at once; the others act on a gated state. */
  readonly recurrentBlocks: number;
  /** Names of the state vectors, hidden state first. */
  readonly states: readonly string[];
  /** Blocks kept for the way back, in the place of the gates. */
  readonly saved: number;
  /** Whether the gradient of q is the leading part of that of p. */
  readonly sharesGradients: boolean;
  /** Gates whose input bias begins at 1, so that the state is kept at first. */
  readonly forgetGates: readonly string[];
  /** Names of the options of `config`, for the check against misspelling. */
  readonly options: readonly string[];
  /** Checks the cell's own options and fills in their defaults. */
  configure(options: Readonly<Record<string, unknown>>): Config;
  kernels(core: CoreExports, config: Config): { readonly forward: StepKernel; readonly backward: StepKernel };
  /** The words that the kernel's `options` point at: integers and floats. */
  words?(config: Config): readonly { readonly value: number; readonly isFloat: boolean }[];
}

/** Names a cell definition; a place for tools to find it. */
export function defineCell<Config extends object>(definition: CellDefinition<Config>): CellDefinition<Config> {
  return Object.freeze(definition);
}
