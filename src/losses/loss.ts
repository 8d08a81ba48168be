import type { Rows } from "../tensor/rows.js";

/** Targets in packed rows: values as float32 [rows, width], or one class number as int32 a row. */
export interface TargetRows {
  readonly kind: "values" | "classes";
  readonly address: number;
  /** Bytes from row to row. */
  readonly stride: number;
}

/** Where a loss writes the gradient of the prediction. */
export interface GradientRows {
  readonly address: number;
  readonly stride: number;
}

/** A loss: its mean over the rows of a batch, and the gradient of that mean, from one kernel. */
export interface Loss {
  readonly name: string;
  /** The kinds of target it takes. */
  readonly targets: readonly TargetRows["kind"][];
  /** What an output row must be at least this wide for. */
  readonly leastWidth: number;
  evaluate(prediction: Rows, target: TargetRows, gradient: GradientRows): number;
}
