import type { CellName } from "../../src/cells/index.js";
import { inputProjection, project, recurrentProjection, splitRecurrentProjection } from "./cells/projection.js";
import { add } from "./linear.js";

type F64 = Float64Array;
type Weights = Readonly<Record<string, F64>>;
/** Values of the gate blocks at one step, in memory order, from the parameters, x and the states before. */
type Gates = (weights: Weights, x: F64, states: readonly F64[]) => F64[];

const sigmoid = (values: F64): F64 => values.map((a) => 1 / (1 + Math.exp(-a)));
const tanh = (values: F64): F64 => values.map(Math.tanh);
const times = (a: F64, b: F64): F64 => a.map((value, index) => value * b[index]);

function blocks(values: F64, units: number): F64[] {
  return Array.from({ length: values.length / units }, (_, block) =>
    values.subarray(block * units, (block + 1) * units),
  );
}

/** f_k(p_k + q_k) of a cell all of whose blocks are alike. */
function alike(...functions: readonly ((values: F64) => F64)[]): Gates {
  return (weights, x, [h]) => {
    const a = add(project(inputProjection(weights), x), project(recurrentProjection(weights), h));
    return blocks(a, h.length).map((block, index) => functions[index](block));
  };
}

const gru: Gates = (weights, x, [h]) => {
  const p = blocks(project(inputProjection(weights), x), h.length);
  const q = blocks(project(recurrentProjection(weights), h), h.length);
  const [r, z] = [0, 1].map((block) => sigmoid(add(p[block], q[block])));
  return [r, z, tanh(add(p[2], times(r, q[2])))];
};

/** Gates on h, of which the first gates the state for the candidate's product. */
function late(leading: number): Gates {
  return (weights, x, [h]) => {
    const p = blocks(project(inputProjection(weights), x), h.length);
    const { early, late: last } = splitRecurrentProjection(weights, leading, h.length);
    const q = blocks(project(early, h), h.length);
    const gates = q.map((block, index) => sigmoid(add(p[index], block)));
    return [...gates, tanh(add(p[leading], project(last, times(gates[0], h))))];
  };
}

/** Gates that see the input only; the candidate is the last. */
const inputOnly: Gates = (weights, x, [h]) => {
  const p = blocks(project(inputProjection(weights), x), h.length);
  return p.map((block, index) => (index === p.length - 1 ? block : sigmoid(block)));
};

/** Gate values of every cell with its defaults, written out again: what a trace is held against. */
export const gateValues: Readonly<Record<CellName, Gates>> = {
  elman: alike(tanh),
  gru,
  gruGeneral: gru,
  gruResetBefore: late(2),
  gruResetBeforeGeneral: late(2),
  indRnn: (weights, x, [h]) => {
    const a = add(project(inputProjection(weights), x), times(weights.weight_hh, h));
    return [a.map((value) => Math.max(0, value))];
  },
  lstm: alike(sigmoid, sigmoid, tanh, sigmoid),
  lstmCoupled: alike(sigmoid, tanh, sigmoid),
  lstmGeneral: alike(sigmoid, sigmoid, tanh, sigmoid),
  mgu: late(1),
  minGru: inputOnly,
  minLstm: inputOnly,
};
