import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  backpropagate,
  binaryCrossEntropyWith,
  crossEntropyWith,
  ctc,
  dense,
  evaluate,
  fit,
  gaussianNll,
  gradientFlow,
  huber,
  klDivergence,
  lastStep,
  lstm,
  Model,
  meanSquaredError,
  memoryUsage,
  mixtureDensity,
  quantileLoss,
  ShapeError,
  StateError,
  sequential,
  smoothL1,
  tensor,
} from "../../src/index.js";
import { expectRefusal, expectRejection, stateOf } from "../support/refusal.js";

const any = (value: unknown) => value as never;
const sequences = [
  [[1], [2], [3]],
  [[4], [5], [6]],
];

const one = sequential(lstm(2), lastStep(), dense(1));

const makers = {
  ...{ binaryCrossEntropyWith, crossEntropyWith, ctc, gaussianNll, huber, klDivergence, mixtureDensity, quantileLoss },
  smoothL1,
};

describe("a loss function of one's own that is wrong is told, and nothing changes", () => {
  const data = { input: sequences, target: [[1], [2]] };
  const gradient = new Float32Array(2);
  const wrongs: [string, unknown, typeof ShapeError | typeof ArgumentError | typeof RangeError, string[]][] = [
    [
      "it throws",
      () => {
        throw new RangeError("mine");
      },
      RangeError,
      ["mine"],
    ],
    ["it gives nothing", () => undefined, ArgumentError, ["{ loss, gradient }", "undefined"]],
    ["it gives a number", () => 3, ArgumentError, ["{ loss, gradient }", "received 3"]],
    [
      "it gives a promise",
      async () => ({ loss: 1, gradient }),
      ArgumentError,
      ["{ loss, gradient }", "an object of class Promise"],
    ],
    ["it gives no gradient", () => ({ loss: 1 }), ArgumentError, ["gradient of a loss function", "undefined"]],
    ["its loss is a text", () => ({ loss: "1", gradient }), ArgumentError, ["loss, gradient"]],
    ["too few values", () => ({ loss: 1, gradient: new Float32Array(1) }), ShapeError, ["[2, 1]", "received [1]"]],
    ["another shape", () => ({ loss: 1, gradient: tensor([[1, 2]]) }), ShapeError, ["[2, 1]", "received [1, 2]"]],
    [
      "NaN",
      () => ({ loss: 1, gradient: [[1], [Number.NaN]] }),
      ArgumentError,
      ["must be finite", "NaN in sequence 1, step 0"],
    ],
    ["texts", () => ({ loss: 1, gradient: [["1"], ["2"]] }), ArgumentError, ["loss function[0][0]", '"1"']],
    ...Object.entries(makers).map(([name, maker]): (typeof wrongs)[number] => [
      `${name} that was not called`,
      maker,
      ArgumentError,
      [`loss must be what ${name} makes, received ${name} itself`, `${name}(…)`],
    ]),
  ];

  test.each(wrongs)("%s", async (_name, loss, kind, texts) => {
    const model = new Model(one, { inputSize: 1 });
    // The plan of a first batch stays with the model.
    backpropagate(model, data, meanSquaredError);
    const before = stateOf(model);
    expectRefusal(() => backpropagate(model, data, any(loss)), kind, ...texts);
    expect(stateOf(model)).toEqual(before);
    const weights = model.parameters.map(({ read }) => read());
    await expectRejection(() => fit(model, data, { loss: any(loss) }), kind, ...texts);
    expect(model.parameters.map(({ read }) => read())).toEqual(weights);
    for (const parameter of model.parameters)
      expect(parameter.gradient().data.every((value) => value === 0)).toBe(true);
    expect((await fit(model, data, { loss: meanSquaredError })).updates).toBe(1);
    model.dispose();
  });

  test("it may not use the model it judges: the step's rows must stay", () => {
    const model = new Model(one, { inputSize: 1 });
    const { used } = memoryUsage();
    const wanted = backpropagate(model, data, meanSquaredError);
    const gradients = () => model.parameters.map((parameter) => parameter.gradient());
    const kept = gradients();
    for (const meddle of [
      () => model.predictBatch(Array.from({ length: 90 }, () => [[1]])),
      () => backpropagate(model, data, meanSquaredError),
      () => evaluate(model, data, { loss: meanSquaredError }),
      () => gradientFlow(model, data, meanSquaredError),
      () => model.dispose(),
    ]) {
      const loss = () => {
        meddle();
        return { loss: 0, gradient };
      };
      expectRefusal(() => backpropagate(model, data, loss), StateError);
      expectRefusal(() => evaluate(model, data, { loss }), StateError);
    }
    expect(gradients()).toEqual(kept);
    expect(backpropagate(model, data, meanSquaredError)).toBe(wanted);
    model.dispose();
    expect(memoryUsage().used).toBeLessThan(used);
  });
});
