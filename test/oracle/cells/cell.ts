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
  /** By what W_hh multiplies; `dPrevious` is without it. None in a cell without W_hh. */
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
  /** Whether a normalised layer normalises the cell state on its way to the output. */
  readonly showsCell?: boolean;
  /** Whether the step reads h outside the product with W_hh: such a cell keeps its own h beside a projected one. */
  readonly readsHidden?: boolean;
  /**
   * @param hidden what W_hh multiplies: h, projected or with some of it dropped
   * @param kept share of each old state that zoneout keeps; nothing where it has no part
   */
  step(
    weights: CellWeights,
    x: Vector,
    previous: readonly Float64Array[],
    hidden: Float64Array,
    kept?: readonly (Float64Array | undefined)[],
  ): Step;
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
  sizes: LayerSizes,
  bias: boolean,
  { normalization, initialState }: CellOptions = {},
): Record<string, readonly number[]> {
  const { inputSize, units, projectionSize } = sizes;
  const [rows, recurrentRows] = [cell.gates * units, cell.recurrentBlocks * units];
  const names = stateNames(cell, sizes);
  return {
    weight_ih: [rows, inputSize],
    ...(recurrentRows > 0 ? { weight_hh: [recurrentRows, projectionSize ?? units] } : {}),
    ...(projectionSize === undefined ? {} : { weight_hr: [projectionSize, units] }),
    ...(cell.own === undefined ? {} : { [cell.own.name]: [cell.own.blocks * units] }),
    ...(bias ? { bias_ih: [rows] } : {}),
    ...(bias && recurrentRows > 0 ? { bias_hh: [recurrentRows] } : {}),
    ...(normalization === "layer" ? normShapes(cell, units, bias) : {}),
    ...(initialState === "learned"
      ? Object.fromEntries(stateWidths(cell, sizes).map((width, index) => [`initial_${names[index]}`, [width]]))
      : {}),
  };
}

function normShapes(cell: OracleCell, units: number, bias: boolean): Record<string, readonly number[]> {
  const recurrentRows = cell.recurrentBlocks * units;
  return {
    norm_ih: [cell.gates * units],
    ...(recurrentRows > 0 ? { norm_hh: [recurrentRows] } : {}),
    ...(cell.showsCell ? { norm_c: [units] } : {}),
    ...(cell.showsCell && bias ? { norm_c_bias: [units] } : {}),
  };
}

/** Width of each state vector, h first. A projected cell that reads h has that one second, by the name of raw. */
export function stateWidths(cell: OracleCell, { units, projectionSize }: LayerSizes): number[] {
  const own = Array.from({ length: cell.states }, () => units);
  if (projectionSize === undefined) return own;
  return cell.readsHidden ? [projectionSize, ...own] : [projectionSize, ...own.slice(1)];
}

/** Names of these vectors. */
export function stateNames(cell: OracleCell, { projectionSize }: LayerSizes): string[] {
  const own = cell.states === 1 ? ["h"] : ["h", "c"];
  return projectionSize !== undefined && cell.readsHidden ? ["h", "raw", ...own.slice(1)] : own;
}
