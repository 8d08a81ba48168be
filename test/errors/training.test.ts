import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  backpropagate,
  crossEntropy,
  type Data,
  evaluate,
  fit,
  gradientFlow,
  Model,
  meanSquaredError,
  memoryUsage,
  ShapeError,
  StateError,
  tensor,
} from "../../src/index.js";
import { expectRefusal, expectRejection, expectUntouched, stateOf } from "../support/refusal.js";

const any = (value: unknown) => value as never;

import { atEnd, cases, one, sequences } from "./trainingCases.js";

/** Every way into training and measuring, by name. */
const ways = {
  backpropagate: (model: Model, data: Data, loss: never) => backpropagate(model, data, loss),
  evaluate: (model: Model, data: Data, loss: never) => evaluate(model, data, { loss }),
  gradientFlow: (model: Model, data: Data, loss: never) => gradientFlow(model, data, loss),
};

describe.each(Object.entries(ways))("%s refuses what does not fit, and leaves the model as it was", (_way, run) => {
  test.each(cases)("%s", (_name, layer, data, loss, kind, texts) => {
    const model = new Model(layer, { inputSize: 1 });
    expectUntouched(model, () => run(model, any(data), any(loss)), kind, ...texts);
    model.dispose();
  });
});

describe("fit refuses what does not fit, and leaves the model as it was", () => {
  test.each(cases)("%s", async (_name, layer, data, loss, kind, texts) => {
    const model = new Model(layer, { inputSize: 1 });
    const before = stateOf(model);
    await expectRejection(() => fit(model, any(data), { loss: any(loss) }), kind, ...texts);
    expect(stateOf(model)).toEqual(before);
    model.dispose();
  });

  test("validation data are looked at before the training, not after", async () => {
    const model = new Model(one, { inputSize: 1 });
    const before = stateOf(model);
    const data = { input: sequences, target: [1, 2] };
    const validated = (validation: Data) => fit(model, data, { loss: meanSquaredError, validation });
    await expectRejection(
      () => validated({ input: [[[1, 2]]], target: [1] }),
      ShapeError,
      "validation",
      "1 features",
      "received 2",
    );
    await expectRejection(
      () =>
        validated({
          input: sequences,
          target: [
            [1, 2],
            [3, 4],
          ],
        }),
      ShapeError,
      "[batch, 1]",
      "[2, 2]",
    );
    await expectRejection(() => validated({ input: [], target: [] }), ArgumentError, "validation data has no examples");
    await expectRejection(() => validated({ input: [[[Number.NaN]]], target: [1] }), ArgumentError, "validation input");
    await expectRejection(
      () => validated({ input: sequences, target: [] }),
      ShapeError,
      "validation data has 2 inputs",
    );
    await expectRejection(() => validated(true as never), ArgumentError, "validation data must be { input, target }");
    expect(stateOf(model)).toEqual(before);
  });
});

test("data that are refused do not make the sizes of a model known", async () => {
  const model = new Model(atEnd);
  const { used } = memoryUsage();
  const data = { input: [[[1, 2]]], target: [5] };
  expectRefusal(() => backpropagate(model, data, crossEntropy), ArgumentError, "received 5");
  await expectRejection(() => fit(model, data, { loss: crossEntropy }), ArgumentError, "received 5");
  expectRefusal(() => model.save(), StateError, "not yet known");
  expect(memoryUsage().used).toBe(used);
});

test("class numbers that are changed after they were checked are not read again", () => {
  const classes = tensor([0, 1]);
  const model = new Model(atEnd, { inputSize: 1 });
  const data = { input: tensor(sequences), target: classes };
  const loss = (_prediction: unknown, _target: unknown) => ({ loss: 0, gradient: new Float32Array(6) });
  expectRefusal(() => backpropagate(model, data, loss), ShapeError, "[batch, 3]");
  const before = evaluate(model, data, { loss: crossEntropy });
  classes.data.fill(0);
  classes.data[0] = 2;
  expect(evaluate(model, data, { loss: crossEntropy })).not.toEqual(before);
  classes.data[0] = 1e9;
  expectRefusal(() => evaluate(model, data, { loss: crossEntropy }), ArgumentError, "received 1000000000");
});
