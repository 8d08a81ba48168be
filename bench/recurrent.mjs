/*
 * One recurrent layer over equal sequences, driven through the core's plan: no facade in between.
 */

const padded = (n) => (n + 3) & ~3;
const panels = (columns, inner) => Math.ceil(columns / 8) * 8 * inner;

/** Blocks of H: gates of p, recurrent blocks of q, states, saved values; `apart` where dq is not dp. */
export const cells = {
  elman: { gates: 1, recurrent: 1, states: 1, saved: 1, apart: false, forward: "elmanTanhForward", backward: "elmanTanhBackward" },
  lstm: { gates: 4, recurrent: 4, states: 2, saved: 5, apart: false, forward: "lstmForward", backward: "lstmBackward" },
  gru: { gates: 3, recurrent: 3, states: 1, saved: 4, apart: true, forward: "gruForward", backward: "gruBackward" },
};

/** Floating-point operations of the products of a forward pass over T steps; BPTT does twice as many again. */
export function forwardOperations(cell, { T, B, D, H }) {
  return 2 * T * B * H * (cell.gates * D + cell.recurrent * H);
}

/** Writes a plan and its buffers. @returns { pack, forward, train }: functions that run the layer once. */
export function recurrentLayer(core, offsets, cell, sizes, { training = true } = {}) {
  const fields = fieldsOf(core, cell, sizes, training);
  const plan = core.allocate(offsets.size);
  const words = core.ints(plan, offsets.size);
  for (const [name, value] of Object.entries(fields)) {
    if (offsets[name] === undefined) throw new Error(`the plan has no field ${name}`);
    words[offsets[name]] = value;
  }
  const { T } = sizes;
  const kernels = core.exports;
  const forward = kernels[cell.forward];
  const backward = kernels[cell.backward];
  const { recurrentPack, recurrentGradients } = kernels;
  const pack = () => recurrentPack(plan, cell.gates, cell.recurrent, 1);
  pack();
  return {
    forward: () => forward(plan, 0, T),
    train() {
      pack();
      forward(plan, 0, T);
      backward(plan, 0, T);
      recurrentGradients(plan, cell.gates, cell.recurrent, 0, T);
    },
    parts: { pack, forward: () => forward(plan, 0, T), backward: () => backward(plan, 0, T), gradients: () => recurrentGradients(plan, cell.gates, cell.recurrent, 0, T) },
    fields,
  };
}

function fieldsOf(core, cell, { T, B, D, H }, training) {
  const Hp = padded(H), Dp = padded(D), rows = T * B;
  const gateWidth = Math.max(cell.gates, cell.saved) * Hp, qWidth = cell.recurrent * Hp;
  const first = core.allocate(T + 1);
  core.ints(first, T + 1).forEach((_, t, all) => { all[t] = t * B; });
  const scale = 1 / Math.sqrt(H);
  const gates = core.allocate(rows * gateWidth);
  return {
    inputSize: D, units: H, sequences: B, first, training: training ? 1 : 0,
    x: core.random(rows * Dp), xStride: Dp * 4, dX: core.allocate(rows * Dp), dXStride: Dp * 4,
    weightIh: core.random(cell.gates * H * D, scale), weightHh: core.random(cell.recurrent * H * H, scale),
    biasIh: core.random(cell.gates * H, scale), biasHh: core.random(cell.gates * H, scale),
    dWeightIh: core.allocate(cell.gates * H * D), dWeightHh: core.allocate(cell.recurrent * H * H),
    dBiasIh: core.allocate(cell.gates * H), dBiasHh: core.allocate(cell.gates * H),
    panelsIh: core.allocate(panels(cell.gates * Hp, D)), panelsHh: core.allocate(panels(qWidth, H)),
    backIh: core.allocate(panels(D, cell.gates * Hp)), backHh: core.allocate(panels(H, qWidth)),
    rowIh: core.allocate(cell.gates * Hp), rowHh: core.allocate(cell.gates * Hp),
    gates, gatesStride: gateWidth * 4, q: core.allocate(B * qWidth),
    dQ: cell.apart ? core.allocate(rows * qWidth) : gates, dQStride: (cell.apart ? qWidth : gateWidth) * 4,
    states: core.allocate((B + rows) * cell.states * Hp), statesStride: cell.states * Hp * 4,
    dOutput: core.random(rows * Hp, 0.01), dOutputStride: Hp * 4, dStates: core.allocate(B * cell.states * Hp),
    scratch: core.allocate(128 * (cell.gates * Hp + 8 * Math.ceil(Math.max(D, H) / 8))),
  };
}
