import type { CellWeights } from "./cell.js";

interface Block {
  readonly weight: Float64Array;
  readonly bias: Float64Array | undefined;
}

/**
 * Views of the leading blocks of W_hh and b_hh, which act on h, and of the last one, which acts on a gated state.
 * @param leading how many act on h
 */
export function recurrentBlocks(weights: CellWeights, leading: number, units: number): Record<"early" | "late", Block> {
  const { weight_hh: weight, bias_hh: bias } = weights as { weight_hh: Float64Array; bias_hh?: Float64Array };
  const rows = leading * units;
  return {
    early: { weight: weight.subarray(0, rows * units), bias: bias?.subarray(0, rows) },
    late: { weight: weight.subarray(rows * units), bias: bias?.subarray(rows) },
  };
}
