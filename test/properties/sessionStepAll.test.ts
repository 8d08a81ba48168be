import { describe, expect, test } from "vitest";
import { lstm, type Model, type Session, sequential, stepAll, Tensor } from "../../src/index.js";
import { TestRandom } from "../oracle/random.js";
import { expectSameBits } from "./bits.js";
import { answering, modelOf, type Network, rowOf, sequenceOf, stepwise } from "./sessionSamples.js";

/** Sessions that stand at different steps, some of them new. */
function sessionsOf(model: Model, network: Network, count: number): Session[] {
  const random = new TestRandom(count);
  return Array.from({ length: count }, () => {
    const session = model.session();
    for (let step = random.integer(0, 3); step > 0; step--)
      session.step(sequenceOf(network, 1, random.integer(0, 99)).data);
    return session;
  });
}

describe.each([...stepwise, ...answering])("$label", (network) => {
  test("sessions side by side step to the bits of each alone", () => {
    const model = modelOf(network);
    const sessions = sessionsOf(model, network, 11);
    const alone = sessions.map((session) => session.fork());
    for (let step = 0; step < 3; step++) {
      const inputs = sequenceOf(network, sessions.length, step);
      const outputs = stepAll(sessions, inputs);
      const width = outputs.length / sessions.length;
      alone.forEach((session, index) => {
        const own = outputs.slice(index * width, (index + 1) * width);
        expectSameBits(own, session.step(rowOf(inputs, index)), `session ${index}, step ${step}`);
        expect(sessions[index].snapshot()).toEqual(session.snapshot());
      });
    }
    model.dispose();
  });
});

describe("stepAll", () => {
  const network = { label: "lstm", layer: sequential(lstm(6), lstm(5)), inputSize: 3 };

  test.each([1, 63, 64, 65, 200])(
    "of %i sessions, one or many batches of them, gives the bits of each alone",
    (count) => {
      const model = modelOf(network);
      const sessions = sessionsOf(model, network, count);
      const alone = sessions.map((session) => session.fork());
      const inputs = sequenceOf(network, count, 5);
      const outputs = stepAll(sessions, inputs);
      const expected = alone.flatMap((session, index) => Array.from(session.step(rowOf(inputs, index))));
      expectSameBits(outputs, expected, "outputs");
      expectSameBits(alone[0].step([1, 2, 3]), sessions[0].step([1, 2, 3]), "a single step after many");
      model.dispose();
    },
  );

  test("takes a tensor, flat numbers or rows, and writes where it is told", () => {
    const model = modelOf(network);
    const { data } = sequenceOf(network, 4, 6);
    const rows = [0, 1, 2, 3].map((index) => Array.from(data.slice(3 * index, 3 * index + 3)));
    const forms = [new Tensor(data, [4, 3]), data, Array.from(data), rows, rows.map((row) => Float64Array.from(row))];
    const expected = stepAll(sessionsOf(model, network, 4), data);
    for (const form of forms) {
      const out = new Float32Array(20);
      expect(stepAll(sessionsOf(model, network, 4), form, out)).toBe(out);
      expectSameBits(out, expected, "outputs");
    }
    model.dispose();
  });

  test("feeds outputs back in place", () => {
    const square = { label: "square", layer: lstm(3), inputSize: 3 };
    const model = modelOf(square);
    const [sessions, others] = [1, 2].map(() => sessionsOf(model, square, 130)) as [Session[], Session[]];
    const values = sequenceOf(network, 130, 7).data;
    let expected: Float32Array = values.slice();
    for (let step = 0; step < 3; step++) {
      stepAll(sessions, values, values);
      expected = stepAll(others, expected);
    }
    expectSameBits(values, expected, "outputs");
    model.dispose();
  });

  test("of no sessions gives nothing", () => {
    expect(stepAll([], [])).toEqual(new Float32Array(0));
  });

  test("inputs are in the order of the sessions, in whatever order they come", () => {
    const model = modelOf(network);
    const sessions = sessionsOf(model, network, 70);
    const forks = sessions.map((session) => session.fork());
    const inputs = sequenceOf(network, 70, 8);
    const turned = Float32Array.from({ length: 210 }, (_, at) => inputs.data[210 - 3 - at + 2 * (at % 3)]);
    const outputs = stepAll(sessions, inputs);
    const back = stepAll(forks.reverse(), turned);
    for (let index = 0; index < 70; index++) {
      const own = back.slice(5 * (69 - index), 5 * (70 - index));
      expectSameBits(own, outputs.slice(5 * index, 5 * index + 5), `session ${index}`);
    }
    model.dispose();
  });
});
