import { oracleActivation } from "../activations.js";
import { add, gate } from "../linear.js";
import type { MakeCell } from "./cell.js";
import { inputProjection, project, projectBackward, recurrentProjection } from "./projection.js";
import { shownState } from "./shownState.js";

const sigmoid = oracleActivation("sigmoid");
const tanh = oracleActivation("tanh");

/**
 * Long short-term memory with forget gate (Hochreiter & Schmidhuber 1997, Gers et al. 2000), gate blocks i, f, g, o:
 *   a  = W_ih x + b_ih + W_hh h + b_hh
 *   i  = σ(a_i)   f = σ(a_f)   g = tanh(a_g)   o = σ(a_o)
 *   c' = f ⊙ c + i ⊙ g
 *   h' = o ⊙ tanh(s), s = c' or the normalised c'
 */
export const lstm: MakeCell = () => ({
  gates: 4,
  recurrentBlocks: 4,
  states: 2,
  showsCell: true,
  step(weights, x, [, c], hidden) {
    const units = c.length;
    const [input, recurrent, shown] = [inputProjection(weights), recurrentProjection(weights), shownState(weights)];
    const a = add(project(input, x), project(recurrent, hidden));
    const { i, f, g, o } = gateValues(a, units);
    const nextC = c.map((_, j) => f[j] * c[j] + i[j] * g[j]);
    const s = shown.value(nextC);
    const nextH = s.map((value, j) => o[j] * Math.tanh(value));
    return {
      next: [nextH, nextC],
      undo([dNextH, dNextC], gradients) {
        const dS = s.map((value, j) => dNextH[j] * o[j] * tanh.derivative(value));
        const { da, dC } = pointwiseBackward(a, c, s, dNextH, add(dNextC, shown.backward(nextC, dS, gradients)));
        const dX = projectBackward(input, inputProjection(gradients), x, da);
        const dHidden = projectBackward(recurrent, recurrentProjection(gradients), hidden, da);
        return { dX, dPrevious: [c.map(() => 0), dC], dHidden };
      },
    };
  },
});

function gateValues(a: Float64Array, units: number): Record<"i" | "f" | "g" | "o", Float64Array> {
  return {
    i: gate(a, 0, units).map(sigmoid.value),
    f: gate(a, 1, units).map(sigmoid.value),
    g: gate(a, 2, units).map(tanh.value),
    o: gate(a, 3, units).map(sigmoid.value),
  };
}

/** From the derivatives by h' and by c', the way through the output included, to those by the arguments of the gates, a, and by c. */
function pointwiseBackward(
  a: Float64Array,
  c: Float64Array,
  s: Float64Array,
  dNextH: Float64Array,
  dCell: Float64Array,
): { da: Float64Array; dC: Float64Array } {
  const units = c.length;
  const { i, f, g } = gateValues(a, units);
  const da = new Float64Array(4 * units);
  const dC = new Float64Array(units);
  for (let j = 0; j < units; j++) {
    const dc = dCell[j];
    da[j] = dc * g[j] * sigmoid.derivative(a[j]);
    da[units + j] = dc * c[j] * sigmoid.derivative(a[units + j]);
    da[2 * units + j] = dc * i[j] * tanh.derivative(a[2 * units + j]);
    da[3 * units + j] = dNextH[j] * Math.tanh(s[j]) * sigmoid.derivative(a[3 * units + j]);
    dC[j] = dc * f[j];
  }
  return { da, dC };
}
