import type { Activation } from "../activations.js";
import type { InitializerName } from "../initializers.js";

/** Systems whose weights can be read and written. */
export type ForeignSystem = "keras" | "onnx" | "pytorch";

/** Writes a cell's sizes and functions into a plan of the core. */
export type CellKernel = (plan: number) => void;

/** What a recurrent cell is, apart from its equations: those are in `assembly/cells/`. */
export interface CellDefinition<Config extends object = object> {
  /** What configurations and files call it: `"lstm"`. */
  readonly name: string;
  /** How people write a layer of it, where not by its name: the function, and what is said to it: `["lstm", "coupled"]`. */
  readonly written?: readonly [by: string, option?: string];
  /** Names of the gate blocks in memory order: rows of `weight_ih`, `weight_hh` and the biases. */
  readonly gates: readonly string[];
  /** Leading blocks of W_hh: those that act on h itself. */
  readonly recurrentBlocks: number;
  /** Blocks of W_hh after those, which act on a gated state; 0 for most. */
  readonly lateBlocks: number;
  /** Names of the state vectors, hidden state first. */
  readonly states: readonly string[];
  /** Whether the equations use h beside its recurrent product, so that a projected layer must keep the cell's own h too. */
  readonly readsHidden: boolean;
  /** Blocks kept for the way back, in the place of the gates. */
  readonly saved: number;
  /**
   * Where the core leaves what each gate was at a step: in the leading blocks of those saved, in the order of `gates` (the
   * default); or, for a cell whose one gate is its state, in the state.
   */
  readonly gateValues?: "saved" | "state";
  /** Whether the gradient of q is the leading part of that of p. */
  readonly sharesGradients: boolean;
  /**
   * The second state, where layer normalisation also normalises it on its way to the output: for kernels that save what
   * `assembly/normalizedOutput.ts` says.
   */
  readonly normalizedState?: string;
  /** The cell of the same equations that takes this one's place under layer normalisation, where this one's kernel cannot. */
  readonly normalizedBy?: CellDefinition;
  /** Gates whose input bias begins at 1, so that the state is kept at first. */
  readonly forgetGates: readonly string[];
  /** Gates that set how long a state is kept: 1 where their opening keeps it, −1 where it writes. Left out where there is none. */
  readonly paces?: Readonly<Record<string, 1 | -1>>;
  /** The function that each gate's values come from, by the names of `gates`; one left out is not judged for saturation. */
  gateActivations?(config: Config): Readonly<Record<string, Activation>>;
  /**
   * In which order other systems lay out the gate blocks, by the names of `gates`; a system that is left out has no such
   * cell. A name that `gates` has not is a block that the cell does without. Applied in `src/formats/` alone.
   */
  readonly foreign?: Readonly<Partial<Record<ForeignSystem, readonly string[]>>>;
  /** Names of the options of `config`, for the check against misspelling. */
  readonly options: readonly string[];
  /** Checks the cell's own options and fills in their defaults. */
  configure(options: Readonly<Record<string, unknown>>): Config;
  /** Vectors of the cell beside W_ih, W_hh and the biases: [blocks · H]. */
  own?(config: Config): OwnParameter | undefined;
  /** The core's function that makes a plan one of this cell. */
  kernel(config: Config): CellKernel;
  /** The words that the kernel's `options` point at: integers and floats. */
  words?(config: Config, training: boolean): readonly OptionWord[];
}

/** Vectors of a cell of its own. */
export interface OwnParameter {
  /** Name in files: `weight_peephole`. */
  readonly name: string;
  /** Vectors of H values, one after the other. */
  readonly blocks: number;
  /** The gates that the blocks belong to, where they do. */
  readonly gates?: readonly string[];
  /** What the vectors begin as. */
  readonly initializer: InitializerName;
}

/** One 32-bit word of a kernel's options. */
export interface OptionWord {
  /** An integer, or a number that is rounded to float32. */
  readonly value: number;
  /** Whether its 32 bits are those of a float32. */
  readonly isFloat: boolean;
}

/**
 * A cell of your own, over equations that the core has: the definition, frozen.
 *
 * @example
 * const patient = defineCell({ ...cells.gru, name: "patientGru", forgetGates: ["z"] });   // z begins near 1: keeps its state
 * const model = new Model(sequential(recurrent(patient, 16), lastStep(), dense(1)), { inputSize: 4 });
 */
export function defineCell<Config extends object>(definition: CellDefinition<Config>): CellDefinition<Config> {
  return Object.freeze(definition);
}
