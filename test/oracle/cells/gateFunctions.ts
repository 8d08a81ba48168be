import type { CellOptions } from "../../support/subjectContract.js";
import { oracleActivation } from "../activations.js";

/** A function of one number and its derivative. */
export interface Curve {
  readonly value: (a: number) => number;
  readonly derivative: (a: number) => number;
}

/** min(max(a, −limit), limit); its derivative is 0 beyond. */
export function clipping(limit: number): Curve {
  return {
    value: (a) => Math.min(Math.max(a, -limit), limit),
    derivative: (a) => (Math.abs(a) < limit ? 1 : 0),
  };
}

/** The functions of a gated cell: f of the gates and g of the candidate, both after the clip, h of the cell state. */
export function gateFunctions(options: CellOptions): { f: Curve; g: Curve; h: Curve } {
  const { gateActivation = "sigmoid", candidateActivation = "tanh", outputActivation = "tanh" } = options;
  const clip = clipping(options.clip ?? Infinity);
  return {
    f: after(clip, oracleActivation(gateActivation)),
    g: after(clip, oracleActivation(candidateActivation)),
    h: oracleActivation(outputActivation),
  };
}

/** f of one function: the options of a cell with a single activation. */
export function singleFunction(options: CellOptions, standard: string): Curve {
  return after(clipping(options.clip ?? Infinity), oracleActivation(options.activation ?? standard));
}

/** outer(inner(a)) by the chain rule. */
function after(inner: Curve, outer: Curve): Curve {
  return {
    value: (a) => outer.value(inner.value(a)),
    derivative: (a) => outer.derivative(inner.value(a)) * inner.derivative(a),
  };
}
