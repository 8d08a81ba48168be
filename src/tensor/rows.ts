import type { Layout } from "./layout.js";
import type { Reading } from "./reading.js";

/** Rows of numbers in the core: one row for each (sequence, step) of a layout. */
export interface Rows {
  readonly address: number;
  /** Address of the gradient rows (same stride), 0 when nobody wants it. */
  readonly gradient: number;
  readonly width: number;
  /** Bytes from row to row, of the values and of the gradient. */
  readonly stride: number;
  readonly gradientStride: number;
  readonly layout: Layout;
  /** Where the rows are one-hot: address of i32 [rows], the column that is 1. Their values may be missing then. Else 0 or left out. */
  readonly tokens?: number;
  /** The states of the recurrent layers that gave these rows, if any did. */
  readonly states?: readonly StateRows[];
}

/** The recurrent state of one planned layer: [sequences by rank, width] rows. */
export interface StateRows {
  /** What people know it by: the path of its layer, with `.reverse` where that reads from the end (`statePath`). */
  readonly path: string;
  /** Address of the state after the first row read; the others follow, row by row. */
  readonly address: number;
  /** What the gates were, in a plan that keeps them. */
  readonly gates?: GateRows;
  /** In which order the rows are read, where that is not as they lie. */
  readonly reading?: Reading;
  /** Names of the parts whose initial values were given for this batch: what would be learned there is not in use. */
  readonly given: Set<string>;
  /** The state vectors, hidden state first: `h`, `c` … */
  readonly parts: readonly StatePart[];
  /** Bytes from one sequence's state to the next. */
  readonly stride: number;
  /** The rows of the steps that lead from the initial to the final state. */
  readonly layout: Layout;
  /** Whether the sequences are read from their ends: such a state cannot go on to what comes later. */
  readonly isReversed: boolean;
  /** Address of the state before the first step of a sequence. */
  initial(rank: number): number;
  /** Address of the state after the last step of a sequence; the initial one for an empty sequence. */
  final(rank: number): number;
  /** Address of the gradient: of the final state before `backward`, of the initial state after it; 0 in a plan without a way back. */
  gradient(rank: number): number;
  /**
   * Switches on or off that `backward` writes, per step and state vector, Σ over the batch of the squared norm of the
   * state's gradient: f64 [steps, states] at the address given.
   */
  probe(isOn: boolean): number;
}

/** Values of a layer's gates, one row for each row it has read. */
export interface GateRows {
  readonly address: number;
  /** Bytes from row to row. */
  readonly stride: number;
  readonly parts: readonly StatePart[];
}

/** One vector of a row of states or gates. */
export interface StatePart {
  readonly name: string;
  /** Bytes from the start of the row. */
  readonly offset: number;
  readonly units: number;
}

/** The path by which people know the state of a layer: "0" for a network that is one layer. */
export function statePath(path: string, isReversed: boolean): string {
  const own = path === "" ? "0" : path.replace(/\.$/, "");
  return isReversed ? `${own}.reverse` : own;
}

/** Floats of a row of `width` values, padded to whole vectors. */
export function padded(width: number): number {
  return (width + 3) & ~3;
}
