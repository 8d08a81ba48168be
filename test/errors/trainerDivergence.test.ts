import { expect, test } from "vitest";
import {
  bidirectional,
  dense,
  elman,
  fit,
  gru,
  lastStep,
  Model,
  meanSquaredError,
  StateError,
  sequential,
  sgd,
  Trainer,
} from "../../src/index.js";
import { expectRefusal, stateOf } from "../support/refusal.js";

const loss = meanSquaredError;
const network = sequential(
  gru(3, { name: "below" }),
  elman(2, { name: "rnn", activation: "relu" }),
  dense(1, { name: "head" }),
);

/** A model whose weights of one parameter all have one value. */
function withWeights(path: string, value: number, layer = network): Model {
  const model = new Model(layer, { inputSize: 1 });
  const parameter = model.parameters.find(({ name }) => name === path);
  parameter?.write(new Float32Array(parameter.shape.reduce((count, size) => count * size, 1)).fill(value));
  return model;
}

/** What a training that diverges says. */
function told(model: Model, data: { input: number[][][]; target: number[][][] | number[] }, options = {}): string {
  const trainer = new Trainer(model, data, { loss, optimizer: sgd(), shuffle: false, ...options });
  const before = stateOf(model).parameters;
  let message = "";
  try {
    trainer.run({ batches: 1 });
  } catch (error) {
    expect((error as Error).name).toBe("StateError");
    message = (error as Error).message;
  }
  expect(stateOf(model)).toMatchObject({ parameters: before, isBusy: false });
  for (const { gradient } of model.parameters) expect(gradient().data.every((value) => value === 0)).toBe(true);
  return message;
}

test("the first output that is not finite is named: layer, step, sequence, and the largest weight", () => {
  // h grows by 1e20 a step: 1, 1e20, and at step 2 of the longer sequence beyond float32.
  const model = withWeights("rnn.weight_hh_l0", 1e20);
  model.parameters.find(({ name }) => name === "rnn.bias_ih_l0")?.write([1, 1]);
  const input = [[[1]], [[1], [1], [1], [1]]];
  const message = told(model, { input, target: [[[0]], [[0], [0], [0], [0]]] });
  expect(message).toContain("diverged in epoch 1, after 0 updates: the loss is");
  expect(message).toContain('the first output that is not finite is of layer "rnn" (elman(2)) at step 2 of sequence 1');
  expect(message).toMatch(/the largest weight \(1\d*\) is in weight_hh_l0 of layer "rnn"/);
  expect(message).toContain("Usual cures: a lower learning rate, clipNorm 1, scaled inputs and targets");
});

test("outputs that are finite beside a loss that is not: no layer is blamed", () => {
  const data = { input: [[[1]]], target: [[[3]]] };
  const infinite = () => ({ loss: Number.POSITIVE_INFINITY, gradient: [0] });
  expect(told(withWeights("head.weight", 1), data, { loss: infinite })).toContain(
    "the loss is Infinity; every output is finite: look at the loss itself; the largest weight",
  );
});

test("a loss whose gradient alone leaves float32: the layer it comes to is the last", () => {
  const message = told(withWeights("head.weight", 1), { input: [[[1]]], target: [[[3e38]]] });
  expect(message).toContain("the gradient's norm is");
  expect(message).toContain('that of the output of layer "head" (dense(1)) at step 0 of sequence 0');
});

test("the first gradient that is not finite on the way back is named, and the parameter with the largest", () => {
  const model = withWeights("rnn.weight_hh_l0", 1e13);
  const parameter = (path: string) => model.parameters.find(({ name }) => name === path);
  // The way forward stays at 0, where relu's slope is 1 in no place but for the one step with an input.
  parameter("rnn.bias_ih_l0")?.write([1e-30, 1e-30]);
  const options = {
    loss: (prediction: { data: Float32Array }) => ({ loss: 1, gradient: prediction.data.map(() => 1e15) }),
  };
  const message = told(model, { input: [[[1], [1], [1], [1]]], target: [[[0], [0], [0], [0]]] }, options);
  expect(message).toMatch(/the gradient's norm is (NaN|Infinity)/);
  expect(message).toContain(
    'the first gradient that is not finite is that of the output of layer "below" (gru(3)) at step',
  );
  expect(message).toMatch(/the largest gradient \(not finite\) is in \w+ of layer/);
});

test("layers inside others are named by their paths, rows without time without a step", () => {
  const inside = sequential(
    bidirectional(elman(2, { name: "both", activation: "linear" })),
    lastStep(),
    dense(1, { name: "head" }),
  );
  const model = withWeights("head.weight", 3e38, inside);
  const message = told(model, { input: [[[50]], [[90]]], target: [1, 2] });
  expect(message).toMatch(/is of layer "head" \(dense\(1\)\) at sequence \d of the batch: (-?Infinity|NaN)/);
});

test("a trainer can be mended: the same batch again at a lower rate", async () => {
  const model = new Model(sequential(gru(2), lastStep(), dense(1)), { inputSize: 1 });
  const data = { input: [[[1], [2]], [[3]]], target: [1, 2] };
  const trainer = new Trainer(model, data, { loss, optimizer: sgd({ learningRate: 1e35 }) });
  expectRefusal(() => trainer.run({ batches: 1 }), StateError, "an update of the size", "the largest gradient");
  trainer.learningRate = 0.01;
  trainer.run({ batches: 1 });
  const other = new Model(sequential(gru(2), lastStep(), dense(1)), { inputSize: 1 });
  await fit(other, data, { loss, optimizer: sgd({ learningRate: 0.01 }) });
  expect(model.save()).toEqual(other.save());
});
