import type { Layout } from "./layout.js";

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
  /** The states of the recurrent layers that gave these rows, if any did. */
  readonly states?: readonly StateRows[];
}

/** The recurrent state of one planned layer: [sequences by rank, width] rows. */
export interface StateRows {
  /** The state vectors, hidden state first: `h`, `c` … */
  readonly parts: readonly StatePart[];
  /** Bytes from one sequence's state to the next. */
  readonly stride: number;
  /** Whether the sequences are read from their ends: such a state cannot go on to what comes later. */
  readonly isReversed: boolean;
  /** Address of the state before the first step of a sequence. */
  initial(rank: number): number;
  /** Address of the state after the last step of a sequence; the initial one for an empty sequence. */
  final(rank: number): number;
  /** Address of the gradient: of the final state before `backward`, of the initial state after it. */
  gradient(rank: number): number;
  /**
   * Switches on or off that `backward` writes, per step and state vector, Σ over the batch of the squared norm of the
   * state's gradient: f64 [steps, states] at the address given.
   */
  probe(isOn: boolean): number;
}

/** One vector of a state row. */
export interface StatePart {
  readonly name: string;
  /** Bytes from the start of the row. */
  readonly offset: number;
  readonly units: number;
}

/** Floats of a row of `width` values, padded to whole vectors. */
export function padded(width: number): number {
  return (width + 3) & ~3;
}
