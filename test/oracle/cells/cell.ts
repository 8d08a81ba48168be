import type { CellOptions, Named } from "../../support/subjectContract.js";
import type { Vector } from "../linear.js";

/** Parameters under PyTorch's names, gate blocks in PyTorch's order; no biases in a layer without. */
export type CellWeights = Named<Float64Array>;

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
  /** By a hidden state given apart. */
  readonly dHidden?: Float64Array;
}

/** The equations of a recurrent cell in float64. */
export interface OracleCell {
  /** Gate blocks G: weight_ih [G·H, D], bias_ih [G·H]. */
  readonly gates: number;
  /** Blocks of weight_hh [… · H, H] and bias_hh; 0 for a cell that has neither. */
  readonly recurrentBlocks: number;
  /** Vectors of the cell beside those: [blocks · H]. */
  readonly own?: { readonly name: string; readonly blocks: number };
  /** State vectors. */
  readonly states: number;
  /** Whether the step reads h outside the product with W_hh: such a cell keeps its own h beside a projected one. */
  readonly readsHidden?: boolean;
  /**
   * @param hidden what W_hh multiplies, where that is not h itself: the projected state of a cell that reads h
   */
  step(weights: CellWeights, x: Vector, previous: readonly Float64Array[], hidden?: Float64Array): Step;
}

/** A cell with its options set. */
export type MakeCell = (options?: CellOptions) => OracleCell;

/** Sizes of a layer: D, H, and P where the hidden state is projected. */
export interface LayerSizes {
  readonly inputSize: number;
  readonly units: number;
  readonly projectionSize?: number;
}

/** Shape of each parameter of a layer. */
export function parameterShapes(
  cell: OracleCell,
  { inputSize, units, projectionSize }: LayerSizes,
  bias: boolean,
): Record<string, readonly number[]> {
  const [rows, recurrentRows] = [cell.gates * units, cell.recurrentBlocks * units];
  return {
    weight_ih: [rows, inputSize],
    ...(recurrentRows > 0 ? { weight_hh: [recurrentRows, projectionSize ?? units] } : {}),
    ...(projectionSize === undefined ? {} : { weight_hr: [projectionSize, units] }),
    ...(cell.own === undefined ? {} : { [cell.own.name]: [cell.own.blocks * units] }),
    ...(bias ? { bias_ih: [rows] } : {}),
    ...(bias && recurrentRows > 0 ? { bias_hh: [recurrentRows] } : {}),
  };
}

/** Width of each state vector, h first. A projected cell that reads h has that one second, by the name of raw. */
export function stateWidths(cell: OracleCell, { units, projectionSize }: LayerSizes): number[] {
  const own = Array.from({ length: cell.states }, () => units);
  if (projectionSize === undefined) return own;
  return cell.readsHidden ? [projectionSize, ...own] : [projectionSize, ...own.slice(1)];
}
