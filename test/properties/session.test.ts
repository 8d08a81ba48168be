import { describe, expect, test } from "vitest";
import {
  adam,
  backpropagate,
  dense,
  gru,
  lstm,
  Model,
  meanSquaredError,
  Optimizer,
  oneToOne,
  sequential,
  Tensor,
} from "../../src/index.js";
import { TestRandom } from "../oracle/random.js";
import { expectSameBits } from "./bits.js";
import { answering, modelOf, part, rowOf, sequenceOf, stepwise } from "./sessionSamples.js";

const STEPS = 9;

describe.each(stepwise)("$label", (network) => {
  test("stepping gives the bits of the whole sequence", () => {
    const model = modelOf(network);
    const input = sequenceOf(network, STEPS, 1);
    const whole = model.predict(input);
    const session = model.session();
    const out = new Float32Array(whole.shape[1]);
    for (let step = 0; step < STEPS; step++) {
      const row = rowOf(input, step);
      // Both forms, in turn.
      const found = step % 2 === 0 ? session.step(row) : session.step(row, out);
      if (step % 2 === 1) expect(found).toBe(out);
      expectSameBits(found, rowOf(whole, step), `step ${step}`);
      expect(session.steps).toBe(step + 1);
    }
    model.dispose();
  });

  test("cut at random by snapshots, forks and resets, on two models, it gives the bits of the uncut stream", () => {
    const [model, twin] = [modelOf(network), modelOf(network)];
    const input = sequenceOf(network, 2 * STEPS, 2);
    const whole = model.predict(input);
    const random = new TestRandom(network.label.length);
    let session = model.session();
    for (let step = 0; step < 2 * STEPS; step++) {
      const cut = random.integer(0, 4);
      if (cut === 0) session = twin.session(session.snapshot());
      if (cut === 1) session = model.session(session.snapshot().buffer);
      if (cut === 2) {
        const left = session;
        session = session.fork();
        left.step(rowOf(input, 0));
        left.reset();
      }
      // Something else happens in between.
      if (cut === 3) model.predict(part(input, 0, 3));
      expectSameBits(session.step(rowOf(input, step)), rowOf(whole, step), `step ${step}`);
    }
    for (const each of [model, twin]) each.dispose();
  });

  test("after a reset it is a new stream, learned initial states included", () => {
    const model = modelOf(network);
    const input = sequenceOf(network, 4, 3);
    const whole = model.predict(input);
    const session = model.session();
    session.step(rowOf(input, 3));
    session.reset();
    expect(session.steps).toBe(0);
    expect(session.snapshot()).toEqual(model.session().snapshot());
    for (let step = 0; step < 4; step++)
      expectSameBits(session.step(rowOf(input, step)), rowOf(whole, step), `step ${step}`);
    model.dispose();
  });
});

describe.each(answering)("$label", (network) => {
  test("a step gives the answer as if the sequence ended there", () => {
    const model = modelOf(network);
    const input = sequenceOf(network, STEPS, 4);
    const session = model.session();
    for (let step = 0; step < STEPS; step++) {
      const answer = model.predict(part(input, 0, step + 1)).data;
      expectSameBits(session.step(rowOf(input, step)), answer, `after step ${step}`);
    }
    model.dispose();
  });
});

describe("a model that is trained while it streams", () => {
  const layer = sequential(gru(6, { initialState: "learned" }), dense(2));
  const data = {
    input: [[[0.5], [-1], [0.25]]],
    target: [
      [
        [1, 0],
        [0, 1],
        [1, 1],
      ],
    ],
  };

  test("steps go on from the same state with the new weights", () => {
    const [model, fresh] = [1, 2].map(() => new Model(layer, { inputSize: 1, seed: 5 })) as [Model, Model];
    const optimizer = new Optimizer(model, adam({ learningRate: 0.1 }));
    const session = model.session();
    session.step(0.5);
    const before = session.snapshot();
    backpropagate(model, data, meanSquaredError);
    optimizer.update();
    // The same state under the weights of then: what the snapshot of now holds between fingerprint and checksum.
    const after = session.snapshot();
    expect(after.slice(12, -4)).toEqual(before.slice(12, -4));
    expect(after.slice(4, 12)).not.toEqual(before.slice(4, 12));
    for (const [index, parameter] of fresh.parameters.entries()) parameter.write(model.parameters[index].read());
    const twin = fresh.session(after);
    expect(session.step(-1)).toEqual(twin.step(-1));
    for (const each of [model, fresh]) each.dispose();
  });

  test("a stream that has not begun begins with the initial states as they are by then", () => {
    const model = new Model(layer, { inputSize: 1 });
    const optimizer = new Optimizer(model, adam({ learningRate: 0.1 }));
    const session = model.session();
    backpropagate(model, data, meanSquaredError);
    optimizer.update();
    expectSameBits(session.step([0.5]), model.predict([[0.5]]).data, "the first step");
    model.dispose();
  });
});

test("a network of single steps answers each step as it answers it in a batch", () => {
  const network = { label: "oneToOne", layer: oneToOne({ inputSize: 3, units: 5, outputSize: 2 }), inputSize: 3 };
  const model = modelOf(network);
  const input = sequenceOf(network, 4, 5);
  const [batch, session] = [model.predictBatch(new Tensor(input.data, [4, 1, 3])), model.session()];
  for (let step = 0; step < 4; step++)
    expectSameBits(session.step(rowOf(input, step)), rowOf(batch, step), `step ${step}`);
  model.dispose();
});

test("a plain number is a step of one feature, and numbers of an array are rounded to float32 as a Float32Array's are", () => {
  const model = new Model(lstm(3), { inputSize: 1 });
  const [first, ...others] = [0.1, [0.1], new Float32Array([0.1]), new Float64Array([0.1])].map((x) =>
    model.session().step(x),
  );
  for (const other of others) expectSameBits(other, first, "the same number");
  model.dispose();
});
