import type { MakeCell } from "./cell.js";
import { type Curve, clipping, gateFunctions } from "./gateFunctions.js";
import { type LstmEquations, type LstmValues, lstmCell } from "./lstmStep.js";

/** Arguments and values of the gates; e is c' before its clip. */
type Names = "ai" | "ag" | "ao" | "i" | "g" | "o" | "e";
type Values = LstmValues & Readonly<Record<Names, Float64Array>>;

/**
 * Long short-term memory that forgets what it writes over, gate blocks i, g, o; P = weight_peephole, blocks i, o:
 *   i  = f(a_i + P_i ⊙ c)        g = g(a_g)
 *   c' = clip(e), e = (1 − i) ⊙ c + i ⊙ g
 *   o  = f(a_o + P_o ⊙ c')       h' = o ⊙ h(s), s = c' or the normalised c'
 * Greff et al. 2017; ONNX input_forget = 1.
 */
export const lstmCoupled: MakeCell = (options = {}) => {
  const { cellClip = Infinity, peepholes } = options;
  return lstmCell(equations({ ...gateFunctions(options), cell: clipping(cellClip) }), peepholes);
};

function equations({ f, g, h, cell }: Record<"f" | "g" | "h" | "cell", Curve>): LstmEquations<Values> {
  return {
    gates: 3,
    peepholes: 2,
    forward([pi, ag, po], [Pi, Po], c, shown) {
      const ai = pi.map((value, j) => value + Pi[j] * c[j]);
      const gates = { i: ai.map(f.value), g: ag.map(g.value) };
      const e = c.map((value, j) => (1 - gates.i[j]) * value + gates.i[j] * gates.g[j]);
      const nextC = e.map(cell.value);
      const ao = po.map((value, j) => value + Po[j] * nextC[j]);
      const [o, s] = [ao.map(f.value), shown(nextC)];
      return { ...gates, ai, ag, ao, o, e, nextC, s, nextH: o.map((value, j) => value * h.value(s[j])) };
    },
    backward(v, [Pi, Po], c, dNextH, dNextC, hide) {
      const dao = v.ao.map((value, j) => dNextH[j] * h.value(v.s[j]) * f.derivative(value));
      const dS = hide(v.s.map((value, j) => dNextH[j] * v.o[j] * h.derivative(value)));
      const dCell = dNextC.map((value, j) => value + dS[j] + dao[j] * Po[j]);
      const de = v.e.map((value, j) => dCell[j] * cell.derivative(value));
      const dai = v.ai.map((value, j) => de[j] * (v.g[j] - c[j]) * f.derivative(value));
      const dag = v.ag.map((value, j) => de[j] * v.i[j] * g.derivative(value));
      const dP = [dai.map((value, j) => value * c[j]), dao.map((value, j) => value * v.nextC[j])];
      const dC = de.map((value, j) => value * (1 - v.i[j]) + dai[j] * Pi[j]);
      return { da: [dai, dag, dao], dP, dC };
    },
  };
}
