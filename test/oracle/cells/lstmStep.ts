import { add, gate } from "../linear.js";
import type { OracleCell } from "./cell.js";
import { inputProjection, project, projectBackward, recurrentProjection } from "./projection.js";
import { type ShownState, shownState } from "./shownState.js";

/** What the gates of a step give. */
export interface LstmValues {
  readonly nextH: Float64Array;
  readonly nextC: Float64Array;
  /** What the output sees of c'. */
  readonly s: Float64Array;
}

/** The gate equations of one kind of LSTM; blocks are [H] each. */
export interface LstmEquations<Values extends LstmValues> {
  readonly gates: number;
  /** Blocks of weight_peephole, if the cell had peepholes. */
  readonly peepholes: number;
  /** @param a arguments of the gates without peepholes @param P peepholes, zeros in a cell without */
  forward(a: readonly Float64Array[], P: readonly Float64Array[], c: Float64Array, shown: ShownState["value"]): Values;
  /** Derivatives by a, P and c from those by h' and c'; `hide` takes the derivative by s to that by c'. */
  backward(
    values: Values,
    P: readonly Float64Array[],
    c: Float64Array,
    dNextH: Float64Array,
    dNextC: Float64Array,
    hide: (dS: Float64Array) => Float64Array,
  ): { da: readonly Float64Array[]; dP: readonly Float64Array[]; dC: Float64Array };
}

/** The rest of an LSTM's step: a = p + q, what the output sees of c', and the parameters' derivatives. */
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
    showsCell: true,
    step(weights, x, [, c], hidden) {
      const units = c.length;
      const P = blocksOf(weights.weight_peephole ?? new Float64Array(peepholes * units), units);
      const [input, recurrent, shown] = [inputProjection(weights), recurrentProjection(weights), shownState(weights)];
      const a = add(project(input, x), project(recurrent, hidden));
      const values = equations.forward(blocksOf(a, units), P, c, shown.value);
      return {
        next: [values.nextH, values.nextC],
        undo([dNextH, dNextC], gradients) {
          const hide = (dS: Float64Array): Float64Array => shown.backward(values.nextC, dS, gradients);
          const derivatives = equations.backward(values, P, c, dNextH, dNextC, hide);
          const [da, dP] = [joined(derivatives.da), joined(derivatives.dP)];
          gradients.weight_peephole?.set(add(gradients.weight_peephole, dP));
          const dX = projectBackward(input, inputProjection(gradients), x, da);
          const dHidden = projectBackward(recurrent, recurrentProjection(gradients), hidden, da);
          return { dX, dPrevious: [c.map(() => 0), derivatives.dC], dHidden };
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
