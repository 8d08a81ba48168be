import { expect, test } from "vitest";
import {
  backpropagate,
  clearGradients,
  clipGradients,
  ctc,
  type Data,
  dense,
  evaluate,
  gru,
  Model,
  meanSquaredError,
  memoryUsage,
  sequential,
} from "../../src/index.js";
import { oracleLosses } from "../oracle/losses.js";
import { TestRandom } from "../oracle/random.js";

const lengths = [5, 2, 7, 3];
const random = new TestRandom(5);
const input = lengths.map((length) => Array.from({ length }, () => Array.from(random.numbers(2, 1))));
const target = [[1, 2], [], [3, 3, 1], [2]];
const network = sequential(gru(4, { name: "rnn" }), dense(4, { name: "head" }));
/** float32 logits through two sums of some ten terms; the loss itself is float64. */
const NEAR = 1e-6;

function gradientsOf(model: Model, data: Data): number[] {
  clearGradients(model);
  backpropagate(model, data, ctc());
  return model.parameters.flatMap((parameter) => Array.from(parameter.gradient().data));
}

/** The loss of one sequence by what the model gives for its steps. */
function lossAlone(model: Model, index: number): number {
  const output = Float64Array.from(model.predict(input[index]).data);
  return oracleLosses.ctc(output, target[index], [lengths[index], 4]).loss;
}

test("the loss of a ragged batch is the mean over its sequences, however it is cut into batches", () => {
  using model = new Model(network, { inputSize: 2 });
  const alone = lengths.map((_, index) => lossAlone(model, index));
  const mean = alone.reduce((sum, loss) => sum + loss, 0) / 4;
  expect(backpropagate(model, { input, target }, ctc())).toBeCloseTo(mean, 6);
  for (const batchSize of [1, 2, 3, 4])
    expect(Math.abs(evaluate(model, { input, target }, { loss: ctc(), batchSize }).loss - mean)).toBeLessThan(NEAR);
});

test("sequences count by their weights; those of weight 0 are not looked at", () => {
  using model = new Model(network, { inputSize: 2 });
  const alone = lengths.map((_, index) => lossAlone(model, index));
  const weights = [2, 1, 0, 3];
  const expected = (2 * alone[0] + alone[1] + 3 * alone[3]) / 6;
  const unseen = target.map((labels, index) => (index === 2 ? [9, 0, 1, 1, 1, 1, 1, 1, 1] : labels));
  const { loss } = evaluate(model, { input, target: unseen, weights }, { loss: ctc(), batchSize: 3 });
  expect(Math.abs(loss - expected)).toBeLessThan(NEAR);
});

test("masked steps are no part of an alignment: gradients are those of the sequence without them", () => {
  using model = new Model(network, { inputSize: 2 });
  const keep = [1, 0, 1, 1, 0, 1, 1];
  const cut = input[2].filter((_, step) => keep[step] === 1);
  const masked = gradientsOf(model, { input: [input[2]], target: [target[2]], mask: [keep] });
  const short = gradientsOf(model, { input: [cut], target: [target[2]] });
  masked.forEach((value, at) => {
    expect(Math.abs(value - short[at])).toBeLessThan(NEAR);
  });
  expect(short.some((value) => Math.abs(value) > 0.01)).toBe(true);
});

test("one step downhill lowers the loss by the squared norm of the gradient", () => {
  using model = new Model(network, { inputSize: 2 });
  const [rate, data] = [1e-3, { input, target }];
  const before = backpropagate(model, data, ctc());
  let square = 0;
  for (const parameter of model.parameters) {
    const [values, slopes] = [parameter.read(), parameter.gradient().data];
    square += slopes.reduce((sum, slope) => sum + slope * slope, 0);
    values.data.forEach((value, at) => {
      values.data[at] = value - rate * slopes[at];
    });
    parameter.write(values);
  }
  const after = evaluate(model, data, { loss: ctc() }).loss;
  // The second order is some rate × curvature of the fall: less than a tenth of it here.
  expect((before - after) / (rate * square)).toBeCloseTo(1, 1);
});

test("longer targets take the place of the room for shorter ones, and all of it is given back", () => {
  const { used } = memoryUsage();
  const model = new Model(network, { inputSize: 2 });
  const losses = [target, [[1], [2], [3, 1, 2, 3, 1, 2], []], target].map((own) =>
    backpropagate(model, { input, target: own }, ctc()),
  );
  expect(losses[2]).toBe(losses[0]);
  expect(losses[1]).not.toBe(losses[0]);
  model.dispose();
  expect(memoryUsage().used).toBe(used);
});

test("a target too long for its input is refused, or counts as 0 where that is wanted", () => {
  using model = new Model(network, { inputSize: 2 });
  const long = [[1, 2], [1, 2, 3], [3, 3, 1], [2]];
  const alone = lengths.map((_, index) => (index === 1 ? 0 : lossAlone(model, index)));
  const loss = backpropagate(model, { input, target: long }, ctc({ zeroInfinity: true }));
  expect(Math.abs(loss - alone.reduce((sum, value) => sum + value, 0) / 4)).toBeLessThan(NEAR);
});

test.each([
  [0.5, (values: number[]) => values.reduce((sum, value) => sum + Math.sqrt(Math.abs(value)), 0) ** 2],
  [1, (values: number[]) => values.reduce((sum, value) => sum + Math.abs(value), 0)],
  [2, (values: number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))],
  [3, (values: number[]) => Math.cbrt(values.reduce((sum, value) => sum + Math.abs(value) ** 3, 0))],
  [Infinity, (values: number[]) => Math.max(...values.map(Math.abs))],
])("clipping by the norm of order %d scales all gradients together", (order, norm) => {
  using model = new Model(sequential(gru(3), dense(2)), { inputSize: 2 });
  backpropagate(model, { input, target: input }, meanSquaredError);
  const read = () => model.parameters.flatMap((parameter) => Array.from(parameter.gradient().data));
  const before = read();
  const found = clipGradients(model, { norm: 0.01, order });
  // Sums of some sixty float32 numbers in float64.
  expect(found).toBeCloseTo(norm(before), 9);
  read().forEach((value, at) => {
    expect(value).toBeCloseTo((before[at] * 0.01) / (found + 1e-6), 7);
  });
});
