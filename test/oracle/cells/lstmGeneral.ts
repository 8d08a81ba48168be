import type { MakeCell } from "./cell.js";
import { type Curve, clipping, gateFunctions } from "./gateFunctions.js";
import { type LstmEquations, type LstmValues, lstmCell } from "./lstmStep.js";

/** Arguments and values of the gates; e is c' before its clip. */
type Names = "ai" | "af" | "ag" | "ao" | "i" | "f" | "g" | "o" | "e";
type Values = LstmValues & Readonly<Record<Names, Float64Array>>;

/**
 * Long short-term memory with everything that can vary, gate blocks i, f, g, o; P = weight_peephole, blocks i, f, o:
 *   i  = f(a_i + P_i ⊙ c)        f = f(a_f + P_f ⊙ c)        g = g(a_g)
 *   c' = clip(e), e = f ⊙ c + i ⊙ g
 *   o  = f(a_o + P_o ⊙ c')       h' = o ⊙ h(s), s = c' or the normalised c'
 * Gers & Schmidhuber 2000 (peepholes); ONNX (activations, clip of what goes into f and g); Sak et al. 2014 (clip of the cell).
 */
export const lstmGeneral: MakeCell = (options = {}) => {
  const { cellClip = Infinity, peepholes } = options;
  return lstmCell(equations({ ...gateFunctions(options), cell: clipping(cellClip) }), peepholes);
};

function equations({ f, g, h, cell }: Record<"f" | "g" | "h" | "cell", Curve>): LstmEquations<Values> {
  return {
    gates: 4,
    peepholes: 3,
    forward([pi, pf, ag, po], [Pi, Pf, Po], c, shown) {
      const ai = pi.map((value, j) => value + Pi[j] * c[j]);
      const af = pf.map((value, j) => value + Pf[j] * c[j]);
      const gates = { i: ai.map(f.value), f: af.map(f.value), g: ag.map(g.value) };
      const e = c.map((value, j) => gates.f[j] * value + gates.i[j] * gates.g[j]);
      const nextC = e.map(cell.value);
      const ao = po.map((value, j) => value + Po[j] * nextC[j]);
      const [o, s] = [ao.map(f.value), shown(nextC)];
      return { ...gates, ai, af, ag, ao, o, e, nextC, s, nextH: o.map((value, j) => value * h.value(s[j])) };
    },
    backward(v, [Pi, Pf, Po], c, dNextH, dNextC, hide) {
      const dao = v.ao.map((value, j) => dNextH[j] * h.value(v.s[j]) * f.derivative(value));
      const dS = hide(v.s.map((value, j) => dNextH[j] * v.o[j] * h.derivative(value)));
      const dCell = dNextC.map((value, j) => value + dS[j] + dao[j] * Po[j]);
      const de = v.e.map((value, j) => dCell[j] * cell.derivative(value));
      const dai = v.ai.map((value, j) => de[j] * v.g[j] * f.derivative(value));
      const daf = v.af.map((value, j) => de[j] * c[j] * f.derivative(value));
      const dag = v.ag.map((value, j) => de[j] * v.i[j] * g.derivative(value));
      const dP = [dai.map((value, j) => value * c[j]), daf.map((value, j) => value * c[j])];
      dP.push(dao.map((value, j) => value * v.nextC[j]));
      const dC = de.map((value, j) => value * v.f[j] + dai[j] * Pi[j] + daf[j] * Pf[j]);
      return { da: [dai, daf, dag, dao], dP, dC };
    },
  };
}
