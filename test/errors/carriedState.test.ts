import { expect, test } from "vitest";
import {
  ArgumentError,
  bidirectional,
  dense,
  elman,
  lastStep,
  Model,
  meanSquaredError,
  sequential,
  fit as train,
  windows,
} from "../../src/index.js";

const layers = {
  reverse: () => elman(3, { direction: "reverse" }),
  bidirectional: () => bidirectional(elman(3)),
};

test.each(Object.entries(layers))(
  "a %s layer carries no state, and the refused run changes nothing",
  async (_, make) => {
    using model = new Model(sequential(make(), lastStep(), dense(1)), { inputSize: 1 });
    const before = model.parameters.map((parameter) => parameter.read().data);
    const run = train(model, windows([1, 2, 3, 4, 5], { window: 3 }), {
      loss: meanSquaredError,
      batchSize: 1,
      shuffle: false,
      carryState: true,
    });
    await expect(run).rejects.toThrow(ArgumentError);
    await expect(run).rejects.toThrow(/carryState goes forward in time/);
    expect(model.parameters.map((parameter) => parameter.read().data)).toEqual(before);
  },
);

test("windows that begin several steps apart carry no state, and the refused run changes nothing", async () => {
  using model = new Model(sequential(elman(3), lastStep(), dense(1)));
  const run = train(model, windows([1, 2, 3, 4, 5, 6, 7], { window: 3, stride: 2 }), {
    ...{ loss: meanSquaredError, batchSize: 1, shuffle: false, carryState: true },
  });
  await expect(run).rejects.toThrow(ArgumentError);
  await expect(run).rejects.toThrow(/one step from window to window, these begin 2 steps apart/);
  expect(() => model.parameters).toThrow(/sizes/);
});

test("a state that was given is no state that was carried: one of them is refused before anything is trained", async () => {
  using model = new Model(sequential(elman(3, { name: "rnn" }), lastStep(), dense(1)), { inputSize: 1 });
  const before = model.parameters.map((parameter) => parameter.read().data);
  const { input, target } = windows([1, 2, 3, 4, 5], { window: 3 });
  const data = { input, target, initialState: { rnn: { h: [new Float32Array(3), new Float32Array(3)] } } };
  const run = train(model, data, { loss: meanSquaredError, batchSize: 1, shuffle: false, carryState: true });
  await expect(run).rejects.toThrow(ArgumentError);
  await expect(run).rejects.toThrow(/carryState and initialState both say/);
  expect(model.parameters.map((parameter) => parameter.read().data)).toEqual(before);
});

test("a mask carries no state, and the refused run changes nothing", async () => {
  using model = new Model(sequential(elman(3), lastStep(), dense(1)), { inputSize: 1 });
  const before = model.parameters.map((parameter) => parameter.read().data);
  const data = {
    input: [
      [[1], [2]],
      [[2], [3]],
    ],
    target: [[3], [4]],
    mask: [
      [0, 1],
      [1, 1],
    ],
  };
  const run = train(model, data, { loss: meanSquaredError, batchSize: 1, shuffle: false, carryState: true });
  await expect(run).rejects.toThrow(/carryState knows no mask/);
  expect(model.parameters.map((parameter) => parameter.read().data)).toEqual(before);
});
