import { describe, expect, test } from "vitest";
import { type CellName, cells } from "../../src/cells/index.js";
import {
  bidirectional,
  dense,
  dropout,
  elman,
  gru,
  type Layer,
  lstm,
  Model,
  type RecurrentOptions,
  recurrent,
  run,
  sequential,
  type Tensor,
  trace,
} from "../../src/index.js";
import { gateValues } from "../oracle/gateValues.js";
import { expectSameBits } from "../properties/bits.js";

const [BATCH, STEPS, INPUTS, UNITS] = [3, 5, 2, 6];
const input = Array.from({ length: BATCH }, (_, sequence) =>
  Array.from({ length: STEPS }, (_, step) => [Math.sin(1 + sequence * 7 + step), Math.cos(sequence - step * 3)]),
);

/** One step from float32 states, in float32: rounding of products of 8 terms, and the activations' 1.5e-7. */
const TOLERANCE = 2e-6;

/** The row of a sequence at a step. */
const row = ({ data, shape: [, steps, width] }: Tensor, sequence: number, step: number): Float64Array =>
  Float64Array.from(data.subarray((sequence * steps + step) * width, (sequence * steps + step + 1) * width));

/** Weights in float64, under the names that all directions share. */
function weightsOf(model: Model, isReversed: boolean): Record<string, Float64Array> {
  const own = model.parameters.filter(({ name }) => name.endsWith("_reverse") === isReversed);
  return Object.fromEntries(
    own.map(({ name, read }) => [name.replace(/^.*\.|_l0(_reverse)?$/g, ""), Float64Array.from(read().data)]),
  );
}

describe.each(Object.keys(cells) as CellName[])("%s", (name) => {
  const layer = (options: RecurrentOptions = {}): Layer =>
    recurrent(cells[name], UNITS, { biasInitializer: "uniform", ...options });

  test.each([false, true])("every gate equals the float64 oracle (reverse: %s)", (isReversed) => {
    using model = new Model(layer({ direction: isReversed ? "reverse" : "forward" }), { inputSize: INPUTS });
    const { layers } = trace(model, input);
    const [{ path, states, gates }] = layers;
    expect(path).toBe(isReversed ? "0.reverse" : "0");
    expect(Object.keys(gates)).toEqual(cells[name].gates);
    expect(Object.keys(states)).toEqual(cells[name].states);
    const weights = weightsOf(model, isReversed);
    for (let sequence = 0; sequence < BATCH; sequence++) {
      for (let step = 0; step < STEPS; step++) {
        const before = isReversed ? step + 1 : step - 1;
        const isFirst = before < 0 || before === STEPS;
        const previous = Object.values(states).map((state) =>
          isFirst ? new Float64Array(UNITS) : row(state, sequence, before),
        );
        const expected = gateValues[name](weights, Float64Array.from(input[sequence][step]), previous);
        cells[name].gates.forEach((gate, index) => {
          row(gates[gate], sequence, step).forEach((value, unit) => {
            expect(Math.abs(value - expected[index][unit]), `${gate} ${sequence} ${step}`).toBeLessThan(TOLERANCE);
          });
        });
      }
    }
  });

  test("the output and the states are those of a run, bit for bit", () => {
    using model = new Model(sequential(bidirectional(layer({ zoneout: 0.2 })), dropout(0.5), layer(), dense(1)), {
      inputSize: INPUTS,
    });
    const ragged = [input[0], input[1].slice(0, 2), []];
    const { output, layers } = trace(model, ragged);
    const found = run(model, ragged);
    expectSameBits(output.data, found.output.data, "output");
    expect(layers.map(({ path }) => path)).toEqual(["0", "0.reverse", "2"]);
    for (const { path, states } of layers) {
      for (const [state, values] of Object.entries(states)) {
        const final = found.finalState[path][state];
        for (const [sequence, length] of [5, 2].entries()) {
          const last = path.endsWith("reverse") ? 0 : length - 1;
          const end = final.data.slice(sequence * UNITS, (sequence + 1) * UNITS);
          expectSameBits(row(values, sequence, last), Float64Array.from(end), `${path} ${state}`);
        }
        expectSameBits(row(values, 1, 3), new Float64Array(UNITS), "beyond the end");
      }
    }
  });
});

test("a masked step shows the state it keeps and no gates, in each direction from its own side", () => {
  using model = new Model(bidirectional(lstm(UNITS)), { inputSize: INPUTS });
  const mask = [[0, 1, 0, 1, 0]];
  const h = [Array.from({ length: UNITS }, (_, unit) => unit / 10)];
  const { layers } = trace(model, input.slice(0, 1), { mask, initialState: { "0": { h } } });
  const [forward, backward] = layers;
  expectSameBits(row(forward.states.h, 0, 0), Float64Array.from(Float32Array.from(h[0])), "given state");
  expectSameBits(row(forward.states.c, 0, 2), row(forward.states.c, 0, 1), "forward keeps");
  expectSameBits(row(backward.states.c, 0, 2), row(backward.states.c, 0, 3), "backward keeps");
  expectSameBits(row(forward.gates.f, 0, 2), new Float64Array(UNITS), "no gate");
});

test("an Elman cell's one gate is its value before zoneout mixes in the old state", () => {
  using model = new Model(elman(UNITS, { zoneout: 0.4 }), { inputSize: INPUTS });
  const [{ states, gates }] = trace(model, input).layers;
  const [first, second, gate] = [row(states.h, 0, 0), row(states.h, 0, 1), row(gates.h, 0, 1)];
  second.forEach((value, unit) => {
    expect(Math.abs(value - (gate[unit] + 0.4 * (first[unit] - gate[unit])))).toBeLessThan(TOLERANCE);
  });
});

test("a trace of many sequences puts each at its place", () => {
  using model = new Model(sequential(gru(4), dense(1)), { inputSize: INPUTS });
  const many = Array.from({ length: 150 }, (_, index) => input[index % BATCH].slice(0, 1 + (index % STEPS)));
  const [{ gates }] = trace(model, many).layers;
  const alone = trace(model, [many[133]]).layers[0];
  const steps = many[133].length;
  expectSameBits(gates.z.data.slice(133 * STEPS * 4, (133 * STEPS + steps) * 4), alone.gates.z.data, "z");
});
