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
  /** Names of the state vectors, hidden state first, and the units of each. */
  readonly names: readonly string[];
  readonly units: number;
  /** Bytes from one sequence's state to the next, and from one state vector to the next. */
  readonly stride: number;
  readonly blockStride: number;
  /** Address of the state before the first step of a sequence. */
  initial(rank: number): number;
  /** Address of the state after the last step of a sequence; the initial one for an empty sequence. */
  final(rank: number): number;
  /** Address of the gradient: of the final state before `backward`, of the initial state after it. */
  gradient(rank: number): number;
  /** Per step and state vector, Σ over the batch of the squared norm of its gradient: f64 [steps, states]; 0 until asked for. */
  probe(): number;
}

/** Floats of a row of `width` values, padded to whole vectors. */
export function padded(width: number): number {
  return (width + 3) & ~3;
}
