import { oracleActivation } from "../activations.js";
import { add, affine, affineBackward, gate } from "../linear.js";
import type { MakeCell } from "./cell.js";

const sigmoid = oracleActivation("sigmoid");
const tanh = oracleActivation("tanh");

/**
 * Long short-term memory with forget gate (Hochreiter & Schmidhuber 1997, Gers et al. 2000), gate blocks i, f, g, o:
 *   a  = W_ih x + b_ih + W_hh h + b_hh
 *   i  = σ(a_i)   f = σ(a_f)   g = tanh(a_g)   o = σ(a_o)
 *   c' = f ⊙ c + i ⊙ g
 *   h' = o ⊙ tanh(c')
 */
export const lstm: MakeCell = () => ({
  gates: 4,
  recurrentBlocks: 4,
  states: 2,
  step(weights, x, [h, c]) {
    const units = c.length;
    const a = add(
      affine(weights.weight_ih, weights.bias_ih, x, 4 * units),
      affine(weights.weight_hh, weights.bias_hh, h, 4 * units),
    );
    const { i, f, g, o } = gateValues(a, units);
    const nextC = c.map((_, j) => f[j] * c[j] + i[j] * g[j]);
    const nextH = c.map((_, j) => o[j] * Math.tanh(nextC[j]));
    return {
      next: [nextH, nextC],
      undo([dNextH, dNextC], gradients) {
        const { da, dC } = pointwiseBackward(a, c, nextC, dNextH, dNextC);
        const dX = affineBackward(weights.weight_ih, x, da, gradients.weight_ih, gradients.bias_ih);
        const dH = affineBackward(weights.weight_hh, h, da, gradients.weight_hh, gradients.bias_hh);
        return { dX, dPrevious: [dH, dC] };
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

/** From the derivatives by h' and c' to those by the arguments of the gates, a, and by c. */
function pointwiseBackward(
  a: Float64Array,
  c: Float64Array,
  nextC: Float64Array,
  dNextH: Float64Array,
  dNextC: Float64Array,
): { da: Float64Array; dC: Float64Array } {
  const units = c.length;
  const { i, f, g, o } = gateValues(a, units);
  const da = new Float64Array(4 * units);
  const dC = new Float64Array(units);
  for (let j = 0; j < units; j++) {
    const dc = dNextC[j] + dNextH[j] * o[j] * tanh.derivative(nextC[j]);
    da[j] = dc * g[j] * sigmoid.derivative(a[j]);
    da[units + j] = dc * c[j] * sigmoid.derivative(a[units + j]);
    da[2 * units + j] = dc * i[j] * tanh.derivative(a[2 * units + j]);
    da[3 * units + j] = dNextH[j] * Math.tanh(nextC[j]) * sigmoid.derivative(a[3 * units + j]);
    dC[j] = dc * f[j];
  }
  return { da, dC };
}
