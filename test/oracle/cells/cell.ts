import type { Vector } from "../linear.js";

/** Parameters under PyTorch's names, gate blocks in PyTorch's order; no biases in a layer without. */
export interface CellWeights {
  readonly weight_ih: Float64Array;
  readonly weight_hh: Float64Array;
  readonly bias_ih?: Float64Array;
  readonly bias_hh?: Float64Array;
}

/** Where a backward step adds the derivatives by the parameters. */
export type CellGradients = CellWeights;

/** One time step of one sequence, and how to undo it. */
export interface Step {
  /** The new states, h first. */
  readonly next: readonly Float64Array[];
  /** From the derivatives by the new states to those by x and by the previous states; adds to `gradients`. */
  undo(dNext: readonly Float64Array[], gradients: CellGradients): StepDerivatives;
}

export interface StepDerivatives {
  readonly dX: Float64Array;
  readonly dPrevious: readonly Float64Array[];
}

/** The equations of a recurrent cell in float64. */
export interface OracleCell {
  /** Gate blocks G in the weights. */
  readonly gates: number;
  /** State vectors. */
  readonly states: number;
  step(weights: CellWeights, x: Vector, previous: readonly Float64Array[]): Step;
}
