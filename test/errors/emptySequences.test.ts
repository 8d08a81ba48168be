import { expect, test } from "vitest";
import {
  ArgumentError,
  backpropagate,
  columns,
  crossEntropy,
  dense,
  gru,
  lstm,
  Model,
  meanSquaredError,
  residual,
  run,
  sequential,
} from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";

test.each([
  ["values", meanSquaredError],
  ["classes", crossEntropy],
] as const)("a batch of empty sequences alone has a loss of 0, its targets %s as empty as they are", (_, loss) => {
  using model = new Model(sequential(gru(2), dense(2)), { inputSize: 1 });
  expect(backpropagate(model, { input: [[], []], target: [[], []] }, loss)).toBe(0);
  for (const parameter of model.parameters) expect(parameter.gradient().data.every((value) => value === 0)).toBe(true);
});

test.each([
  ["a residual connection", residual(lstm(2))],
  ["columns", sequential(columns(0, 1), lstm(2))],
])("states go through a chunk of empty sequences, %s first", (_, layer) => {
  using model = new Model(layer, { inputSize: 2 });
  const { finalState } = run(model, [[[1, 2]]]);
  const after = run(model, [[]], { initialState: finalState });
  expect(after.output.shape).toEqual([1, 0, 2]);
  expect(after.finalState).toEqual(finalState);
});

test("a sparse list is refused where it has a hole", () => {
  using model = new Model(sequential(gru(2), dense(1)), { inputSize: 1 });
  const [input, mask]: unknown[][] = [[], []];
  input[1] = [[1]];
  mask[1] = [1];
  expectRefusal(() => model.predictBatch(input as never), ArgumentError, "received undefined");
  const data = { input: [[[1]], [[2]]], target: [[[1]], [[2]]], mask: mask as never };
  expectRefusal(() => backpropagate(model, data, meanSquaredError), ArgumentError, "received undefined");
});
