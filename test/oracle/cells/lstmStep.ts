import { add, affine, affineBackward, gate } from "../linear.js";
import type { OracleCell } from "./cell.js";

/** What the gates of a step give. */
export interface LstmValues {
  readonly nextH: Float64Array;
  readonly nextC: Float64Array;
}

/** The gate equations of one kind of LSTM; blocks are [H] each. */
export interface LstmEquations<Values extends LstmValues> {
  readonly gates: number;
  /** Blocks of weight_peephole, if the cell had peepholes. */
  readonly peepholes: number;
  /** @param a arguments of the gates without peepholes @param P peepholes, zeros in a cell without */
  forward(a: readonly Float64Array[], P: readonly Float64Array[], c: Float64Array): Values;
  /** Derivatives by a, P and c from those by h' and c'. */
  backward(
    values: Values,
    P: readonly Float64Array[],
    c: Float64Array,
    dNextH: Float64Array,
    dNextC: Float64Array,
  ): { da: readonly Float64Array[]; dP: readonly Float64Array[]; dC: Float64Array };
}

/** The rest of an LSTM's step: a = W_ih x + b_ih + W_hh h + b_hh, and the parameters' derivatives. */
export function lstmCell<Values extends LstmValues>(
  equations: LstmEquations<Values>,
  hasPeepholes: boolean | undefined,
): OracleCell {
  const { gates, peepholes } = equations;
  return {
    gates,
    recurrentBlocks: gates,
    ...(hasPeepholes ? { own: { name: "weight_peephole", blocks: peepholes } } : {}),
    states: 2,
    step(weights, x, [h, c]) {
      const units = c.length;
      const P = blocksOf(weights.weight_peephole ?? new Float64Array(peepholes * units), units);
      const p = affine(weights.weight_ih, weights.bias_ih, x, gates * units);
      const q = affine(weights.weight_hh, weights.bias_hh, h, gates * units);
      const values = equations.forward(blocksOf(add(p, q), units), P, c);
      return {
        next: [values.nextH, values.nextC],
        undo([dNextH, dNextC], gradients) {
          const derivatives = equations.backward(values, P, c, dNextH, dNextC);
          const [da, dP] = [joined(derivatives.da), joined(derivatives.dP)];
          gradients.weight_peephole?.set(add(gradients.weight_peephole, dP));
          const dX = affineBackward(weights.weight_ih, x, da, gradients.weight_ih, gradients.bias_ih);
          const dH = affineBackward(weights.weight_hh, h, da, gradients.weight_hh, gradients.bias_hh);
          return { dX, dPrevious: [dH, derivatives.dC] };
        },
      };
    },
  };
}

function blocksOf(values: Float64Array, units: number): Float64Array[] {
  return Array.from({ length: values.length / units }, (_, block) => gate(values, block, units));
}

function joined(blocks: readonly Float64Array[]): Float64Array {
  return Float64Array.from(blocks.flatMap((block) => Array.from(block)));
}
