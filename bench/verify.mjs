import { cells, recurrentLayer } from "./recurrent.mjs";

/*
 * Before anything is timed: does the layer that is timed compute what its equations say? A plan with a field left out can skip
 * most of the work without complaint, and would look fast. States against float64 equations, every gradient against central
 * differences of them, on a small layer; and on the layers that are timed, every gradient written.
 */

const SMALL = { T: 3, B: 2, D: 3, H: 5 };
/** float32 sums of a handful of terms of size 1, and central differences with a step of 1e-4 in float64. */
const TOLERANCE = 2e-6;
const STEP = 1e-4;

const sigmoid = (a) => 1 / (1 + Math.exp(-a));

/** One unit's new states from its pre-activations p, q (block by block) and its old states. */
const equations = {
  elman: (p, q) => [Math.tanh(p[0] + q[0])],
  lstm: (p, q, [, c]) => {
    const next = sigmoid(p[1] + q[1]) * c + sigmoid(p[0] + q[0]) * Math.tanh(p[2] + q[2]);
    return [sigmoid(p[3] + q[3]) * Math.tanh(next), next];
  },
  gru: (p, q, [h]) => {
    const [r, z] = [sigmoid(p[0] + q[0]), sigmoid(p[1] + q[1])];
    return [(1 - z) * Math.tanh(p[2] + r * q[2]) + z * h];
  },
};

/** All states h of a layer in float64, step by step and row by row [T, B, H]. */
function statesOf(name, { weightIh, weightHh, biasIh, biasHh, x }) {
  const { T, B, D, H } = SMALL;
  const { gates, recurrent, states } = cells[name];
  const dot = (weights, row, vector, length) => {
    let sum = 0;
    for (let k = 0; k < length; k++) sum += weights[row * length + k] * vector[k];
    return sum;
  };
  const all = [];
  let now = Array.from({ length: B }, () => Array.from({ length: H }, () => new Array(states).fill(0)));
  for (let t = 0; t < T; t++) {
    now = now.map((row, b) => {
      const [input, h] = [x.subarray((t * B + b) * D, (t * B + b + 1) * D), row.map(([first]) => first)];
      const block = (count, weights, bias, vector, length, unit) =>
        Array.from({ length: count }, (_, g) => bias[g * H + unit] + dot(weights, g * H + unit, vector, length));
      return row.map((old, unit) =>
        equations[name](
          block(gates, weightIh, biasIh, input, D, unit),
          block(recurrent, weightHh, biasHh, h, H, unit),
          old,
        ),
      );
    });
    all.push(...now.flatMap((row) => row.map(([h]) => h)));
  }
  return all;
}

/** `rows` rows of `width` numbers out of rows padded to 4 lanes, in float64. */
function dense(core, address, rows, width, stride = ((width + 3) & ~3) * 4) {
  const values = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) values.set(core.floats(address + row * stride, width), row * width);
  return values;
}

function compare(what, found, expected) {
  expected.forEach((value, index) => {
    // Not `>`: a NaN must fail too.
    if (!(Math.abs(found[index] - value) <= TOLERANCE)) {
      throw new Error(`${what} [${index}] is ${found[index]} instead of ${value}: the figures would mean nothing`);
    }
  });
}

/** Throws unless forward and BPTT of a small layer are right. */
export function verifyCell(core, offsets, name) {
  const { T, B, D, H } = SMALL;
  const cell = cells[name];
  const layer = recurrentLayer(core, offsets, cell, SMALL);
  layer.train();
  const { fields } = layer;
  const vector = (field, length) => dense(core, fields[field], 1, length);
  const values = {
    weightIh: vector("weightIh", cell.gates * H * D),
    weightHh: vector("weightHh", cell.recurrent * H * H),
    biasIh: vector("biasIh", cell.gates * H),
    biasHh: vector("biasHh", cell.recurrent * H),
    x: dense(core, fields.x, T * B, D),
  };
  const dOutput = dense(core, fields.dOutput, T * B, H);
  const loss = () => statesOf(name, values).reduce((sum, h, index) => sum + h * dOutput[index], 0);
  const output = dense(core, fields.states + B * fields.statesStride, T * B, H, fields.statesStride);
  compare(`${name}: h`, output, statesOf(name, values));
  const found = { x: dense(core, fields.dX, T * B, D) };
  for (const key of ["WeightIh", "WeightHh", "BiasIh", "BiasHh"]) {
    const own = key[0].toLowerCase() + key.slice(1);
    found[own] = vector(`d${key}`, values[own].length);
  }
  for (const [key, array] of Object.entries(values)) {
    const expected = array.map((value, index) => {
      array[index] = value + STEP;
      const above = loss();
      array[index] = value - STEP;
      const below = loss();
      array[index] = value;
      return (above - below) / (2 * STEP);
    });
    compare(`${name}: gradient of ${key}`, found[key], expected);
  }
}

/** Throws unless a training run of a layer to be timed writes a finite, nonzero number to nearly every place of every gradient. */
export function verifyWork(core, layer, cell, { T, B, D, H }) {
  layer.train();
  const lengths = {
    dX: T * B * D,
    dWeightIh: cell.gates * H * D,
    dWeightHh: cell.recurrent * H * H,
    dBiasIh: cell.gates * H,
    dBiasHh: cell.recurrent * H,
  };
  for (const [field, length] of Object.entries(lengths)) {
    const written = core
      .floats(layer.fields[field], length)
      .filter((value) => Number.isFinite(value) && value !== 0).length;
    if (written < 0.99 * length) throw new Error(`${cell.name}: ${field} holds ${written} numbers of ${length}`);
  }
}
