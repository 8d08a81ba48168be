import { describe, expect, test } from "vitest";
import { type CellName, cells } from "../../src/cells/index.js";
import {
  backpropagate,
  bidirectional,
  clearGradients,
  dense,
  elman,
  gru,
  type LossFunction,
  lstm,
  Model,
  recurrent,
  run,
  type States,
  sequential,
  stateGradients,
} from "../../src/index.js";
import { tensorDifference } from "../support/compare.js";
import { expectSameBits } from "./bits.js";

const [BATCH, STEPS] = [4, 9];
const input = Array.from({ length: BATCH }, (_, sequence) =>
  Array.from({ length: STEPS }, (_, step) => [Math.sin(1 + sequence * 7 + step), Math.cos(sequence - step * 3)]),
);
/** The same terms, summed chunk by chunk: two orders of a float32 sum of 36 terms. */
const SUM_TOLERANCE = 2e-6;

/** Where the stream is cut. */
const chunks = [
  [0, 4],
  [4, 5],
  [5, 9],
] as const;

function expectSameStates(actual: States, expected: States): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [path, parts] of Object.entries(expected)) {
    expect(Object.keys(actual[path])).toEqual(Object.keys(parts));
    for (const [name, { data, shape }] of Object.entries(parts)) {
      expect(actual[path][name].shape).toEqual(shape);
      expectSameBits(actual[path][name].data, data, `${path} ${name}`);
    }
  }
}

describe.each(Object.keys(cells) as CellName[])("%s", (name) => {
  const network = sequential(
    recurrent(cells[name], 5, { name: "first", zoneout: 0.1 }),
    recurrent(cells[name], 3, { initialState: "learned" }),
    dense(2),
  );

  const plain = sequential(recurrent(cells[name], 5), recurrent(cells[name], 3), dense(2));

  test("chunks of a stream give the bits of the whole", () => {
    using model = new Model(network, { inputSize: 2 });
    const whole = run(model, input);
    let initialState: States = {};
    for (const [from, to] of chunks) {
      const { output, finalState } = run(
        model,
        input.map((sequence) => sequence.slice(from, to)),
        { initialState },
      );
      for (let sequence = 0; sequence < BATCH; sequence++) {
        const wanted = whole.output.data.slice((sequence * STEPS + from) * 2, (sequence * STEPS + to) * 2);
        const width = (to - from) * 2;
        expectSameBits(output.data.slice(sequence * width, (sequence + 1) * width), wanted, `${from} … ${to}`);
      }
      initialState = finalState;
    }
    expectSameStates(initialState, whole.finalState);
  });

  test("the gradients of the states lead from chunk to chunk as through the whole", () => {
    using model = new Model(plain, { inputSize: 2 });
    // Each output has a gradient of its own, the same in a chunk as in the whole.
    const target = input.map((sequence) => sequence.map(([a, b]) => [a - b, a + b]));
    const sum: LossFunction = (prediction, { data }) => ({
      loss: 0,
      gradient: prediction.data.map((_, at) => data[at]),
    });
    backpropagate(model, { input, target }, sum);
    const expected = stateGradients(model);
    const gradients = model.parameters.map((parameter) => parameter.gradient().data);
    clearGradients(model);
    const cut = (list: number[][][], [from, to]: readonly [number, number]) => list.map((one) => one.slice(from, to));
    const starts: States[] = [{}];
    for (const chunk of chunks) starts.push(run(model, cut(input, chunk), { initialState: starts.at(-1) }).finalState);
    let finalGradients: States = {};
    for (const [index, chunk] of [...chunks.entries()].reverse()) {
      const data = { input: cut(input, chunk), target: cut(target, chunk), initialState: starts[index] };
      backpropagate(model, data, sum, { finalGradients });
      finalGradients = stateGradients(model);
    }
    expectSameStates(finalGradients, expected);
    model.parameters.forEach((parameter, index) => {
      expect(tensorDifference(parameter.gradient().data, gradients[index]), parameter.name).toBeLessThan(SUM_TOLERANCE);
    });
  });
});

describe("states are in the caller's order", () => {
  const network = sequential(bidirectional(lstm(4)), gru(3));

  test("ragged sequences end in the states that each ends in alone", () => {
    using model = new Model(network, { inputSize: 2 });
    const ragged = input.map((sequence, index) => sequence.slice(0, [3, 0, 9, 5][index]));
    const all = run(model, ragged);
    expect(Object.keys(all.finalState).sort()).toEqual(["0", "0.reverse", "1"]);
    ragged.forEach((sequence, index) => {
      const { finalState } = run(model, [sequence]);
      for (const [path, parts] of Object.entries(finalState)) {
        for (const [name, { data }] of Object.entries(parts))
          expectSameBits(
            all.finalState[path][name].data.slice(index * data.length, (index + 1) * data.length),
            data,
            path,
          );
      }
    });
  });

  test("many sequences, in groups, begin each with its own", () => {
    using model = new Model(elman(3), { inputSize: 2 });
    const many = Array.from({ length: 130 }, (_, index) => input[index % BATCH].slice(0, 1 + (index % 5)));
    const h = many.map((_, index) => [index / 100, -index / 200, 0.5]);
    const all = run(model, many, { initialState: { "0": { h } } });
    const alone = run(model, [many[117]], { initialState: { "0": { h: [h[117]] } } });
    expectSameBits(all.finalState["0"].h.data.slice(117 * 3, 118 * 3), alone.finalState["0"].h.data, "state");
  });

  test("a layer that reads from the end takes its state too", () => {
    using model = new Model(network, { inputSize: 2 });
    const { finalState } = run(model, input);
    const again = run(model, input, { initialState: { "0.reverse": finalState["0.reverse"] } });
    expect(again.output.data).not.toEqual(run(model, input).output.data);
    expectSameBits(again.finalState["0"].c.data, finalState["0"].c.data, "the other direction");
  });
});
