/*
 * One recurrent layer over equal sequences, driven through the core's plan: no facade in between.
 */

const padded = (n) => (n + 3) & ~3;
const panels = (columns, inner) => Math.ceil(columns / 8) * 8 * inner;

/** Blocks of H: gates of p, recurrent blocks of q, states, saved values; `apart` where dq is not dp. `name`: what describes it in the core. */
export const cells = {
  elman: { name: "elmanTanh", gates: 1, recurrent: 1, states: 1, saved: 1, apart: false },
  lstm: { name: "lstm", gates: 4, recurrent: 4, states: 2, saved: 5, apart: false },
  gru: { name: "gru", gates: 3, recurrent: 3, states: 1, saved: 4, apart: true },
};

/** Floating-point operations of the products of a forward pass over T steps; BPTT does twice as many again. */
export function forwardOperations(cell, { T, B, D, H }) {
  return 2 * T * B * H * (cell.gates * D + cell.recurrent * H);
}

/**
 * Writes a plan and its buffers, and has the core describe the cell in it.
 * @param sizes { T, B, D, H, training }: `training` 0 for a plan without a way back; default 1
 * @returns { plan, fields, pack, forward, backward, gradients, train }: the plan's address, the fields written, and functions that run the layer once
 */
export function recurrentLayer(core, offsets, cell, sizes) {
  const fields = fieldsOf(core, cell, sizes);
  const plan = core.allocate(offsets.size);
  const words = core.ints(plan, offsets.size);
  for (const [name, value] of Object.entries(fields)) {
    if (offsets[name] === undefined) throw new Error(`the plan has no field ${name}`);
    words[offsets[name]] = value;
  }
  const { recurrentPack, recurrentForward, recurrentBackward, recurrentStartBackward, recurrentGradients } =
    core.exports;
  core.exports[cell.name](plan);
  const found = [words[offsets.gateBlocks], words[offsets.recurrentBlocks], words[offsets.stateBlocks]];
  if (String(found) !== String([cell.gates, cell.recurrent, cell.states]))
    throw new Error(`${cell.name} has blocks ${found}`);
  const layer = {
    plan,
    fields,
    pack: () => recurrentPack(plan, 1),
    forward: () => recurrentForward(plan, 0, sizes.T),
    backward() {
      recurrentBackward(plan, 0, sizes.T);
      recurrentStartBackward(plan);
    },
    gradients: () => recurrentGradients(plan, 0, sizes.T),
    train() {
      layer.pack();
      layer.forward();
      layer.backward();
      layer.gradients();
    },
  };
  layer.pack();
  return layer;
}

function fieldsOf(core, cell, { T, B, D, H, training = 1 }) {
  const [Hp, Dp, rows] = [padded(H), padded(D), T * B];
  const [gateWidth, qWidth] = [Math.max(cell.gates, cell.saved) * Hp, cell.recurrent * Hp];
  const first = core.allocate(T + 1);
  const scale = 1 / Math.sqrt(H);
  const gates = core.allocate(rows * gateWidth);
  const dQ = cell.apart ? core.allocate(rows * qWidth) : gates;
  const dQStride = (cell.apart ? qWidth : gateWidth) * 4;
  const fields = {
    ...{ inputSize: D, units: H, hidden: H, sequences: B, first, training },
    ...{ x: core.random(rows * Dp), xStride: Dp * 4, dX: core.allocate(rows * Dp), dXStride: Dp * 4 },
    ...{ weightIh: core.random(cell.gates * H * D, scale), weightHh: core.random(cell.recurrent * H * H, scale) },
    ...{ biasIh: core.random(cell.gates * H, scale), biasHh: core.random(cell.recurrent * H, scale) },
    ...{ dWeightIh: core.allocate(cell.gates * H * D), dWeightHh: core.allocate(cell.recurrent * H * H) },
    ...{ dBiasIh: core.allocate(cell.gates * H), dBiasHh: core.allocate(cell.recurrent * H) },
    ...{ panelsIh: core.allocate(panels(cell.gates * Hp, D)), panelsHh: core.allocate(panels(qWidth, H)) },
    ...{ backIh: core.allocate(panels(D, cell.gates * Hp)), backHh: core.allocate(panels(H, qWidth)) },
    ...{ rowIh: core.allocate(cell.gates * Hp), rowHh: core.allocate(qWidth) },
    ...{ gates, gatesStride: gateWidth * 4, q: core.allocate(B * qWidth) },
    ...{ dQ, dQStride, dProductHh: dQ, dProductHhStride: dQStride },
    ...{ dProductIh: gates, dProductIhStride: gateWidth * 4 },
    ...{ states: core.allocate((B + rows) * cell.states * Hp), statesStride: cell.states * Hp * 4 },
    ...{ dOutput: core.random(rows * Hp, 0.01), dOutputStride: Hp * 4, dStates: core.allocate(B * cell.states * Hp) },
    scratch: core.allocate(core.exports.outerRows() * (cell.gates * Hp + 8 * Math.ceil(Math.max(D, H) / 8))),
  };
  core.ints(first, T + 1).set(Array.from({ length: T + 1 }, (_, t) => t * B));
  if (H % 4 !== 0) clearPadding(core.floats(fields.dOutput, rows * Hp), H);
  return fields;
}

function clearPadding(rows, H) {
  for (let row = 0; row < rows.length; row += padded(H)) rows.fill(0, row + H, row + padded(H));
}
