import { cells, recurrentLayer } from "./recurrent.mjs";

/*
 * One time step of a stream from JavaScript: write the input, carry the state row, one call into the core, read the output.
 */

/**
 * A layer over T = 1, B = 1 without a way back.
 * @returns { layer, step(input [D], output [H]) }: allocates nothing
 */
export function stream(core, offsets, cell, { D, H }) {
  const layer = recurrentLayer(core, offsets, cell, { T: 1, B: 1, D, H, training: 0 });
  const { recurrentForward } = core.exports;
  const { plan, fields } = layer;
  const [x, before] = [fields.x >> 2, fields.states >> 2];
  const width = fields.statesStride >> 2;
  const after = before + width;
  let floats = new Float32Array(core.exports.memory.buffer);
  const step = (input, output) => {
    // A later layer's buffers may have made the memory grow, which detaches the view.
    if (floats.length === 0) floats = new Float32Array(core.exports.memory.buffer);
    for (let i = 0; i < D; i++) floats[x + i] = input[i];
    floats.copyWithin(before, after, after + width);
    recurrentForward(plan, 0, 1);
    for (let i = 0; i < H; i++) output[i] = floats[after + i];
  };
  return { layer, step };
}

/** Throws unless steps of a stream give the bits of a whole sequence with the same weights. */
function verifyStream(core, offsets, cell, { D, H }) {
  const T = 7;
  const whole = recurrentLayer(core, offsets, cell, { T, B: 1, D, H });
  const { layer, step } = stream(core, offsets, cell, { D, H });
  const lengths = { weightIh: cell.gates * H * D, weightHh: cell.recurrent * H * H };
  Object.assign(lengths, { biasIh: cell.gates * H, biasHh: cell.recurrent * H });
  for (const [field, length] of Object.entries(lengths)) {
    core.floats(layer.fields[field], length).set(core.floats(whole.fields[field], length));
  }
  layer.pack();
  whole.forward();
  const output = new Float32Array(H);
  for (let t = 0; t < T; t++) {
    step(core.floats(whole.fields.x + t * whole.fields.xStride, D), output);
    const expected = core.floats(whole.fields.states + (t + 1) * whole.fields.statesStride, H);
    if (output.some((value, i) => value !== expected[i]) || output.every((value) => value === 0)) {
      throw new Error(`${cell.name}: step ${t} of a stream differs from the whole sequence`);
    }
  }
}

/** Streaming steps of an LSTM by units. */
export function streamingItems(core, offsets, D, units) {
  verifyStream(core, offsets, cells.lstm, { D, H: units[0] });
  return units.map((H) => {
    const { step } = stream(core, offsets, cells.lstm, { D, H });
    const [input, output] = [new Float32Array(D).fill(0.5), new Float32Array(H)];
    return { name: `lstm step D=${D} H=${H}`, work: 1, run: () => step(input, output) };
  });
}
