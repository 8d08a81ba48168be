import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  backpropagate,
  crossEntropy,
  type Data,
  dense,
  evaluate,
  fit,
  gradientFlow,
  lastStep,
  lstm,
  Model,
  meanSquaredError,
  memoryUsage,
  ShapeError,
  StateError,
  sequential,
  sgd,
  tensor,
} from "../../src/index.js";
import { expectRefusal, expectRejection, expectUntouched, stateOf } from "../support/refusal.js";

const any = (value: unknown) => value as never;
const sequences = [
  [[1], [2], [3]],
  [[4], [5], [6]],
];

/** Every way into training and measuring, by name. */
const ways = {
  backpropagate: (model: Model, data: Data, loss: never) => backpropagate(model, data, loss),
  evaluate: (model: Model, data: Data, loss: never) => evaluate(model, data, { loss }),
  gradientFlow: (model: Model, data: Data, loss: never) => gradientFlow(model, data, loss),
};

const atEnd = sequential(lstm(2, { name: "rnn" }), lastStep(), dense(3, { name: "head" }));
const atEach = sequential(lstm(2), dense(3));
const one = sequential(lstm(2), lastStep(), dense(1));

const cases: [string, typeof one, unknown, unknown, typeof ShapeError | typeof ArgumentError, string[]][] = [
  ["no data", atEnd, undefined, crossEntropy, ArgumentError, ["{ input, target }", "undefined"]],
  ["no target", atEnd, { input: sequences }, crossEntropy, ArgumentError, ["target must be a Tensor", "undefined"]],
  ["no input", atEnd, { target: [1, 2] }, crossEntropy, ArgumentError, ["input must be a Tensor", "undefined"]],
  [
    "a misspelt field",
    atEnd,
    { input: sequences, targets: [1, 2] },
    crossEntropy,
    ArgumentError,
    ['"targets"', "input, target, lengths"],
  ],
  ["no examples", atEnd, { input: [], target: [] }, crossEntropy, ArgumentError, ["no examples"]],
  ["fewer targets", atEnd, { input: sequences, target: [1] }, crossEntropy, ShapeError, ["2 inputs but 1 targets"]],
  [
    "NaN targets",
    one,
    { input: sequences, target: [1, Number.NaN] },
    meanSquaredError,
    ArgumentError,
    ["target must be finite", "NaN in sequence 1"],
  ],
  [
    "another input width",
    one,
    { input: [[[1, 2]]], target: [1] },
    meanSquaredError,
    ShapeError,
    ["[batch, time, 1]", "received 2 features"],
  ],
  [
    "no axis of time",
    one,
    { input: [[1], [2]], target: [1, 2] },
    meanSquaredError,
    ShapeError,
    ["reshape to [2, 1, 1]"],
  ],
  [
    "a list of [time]",
    one,
    { input: [[1, 2], [3]], target: [1, 2] },
    meanSquaredError,
    ShapeError,
    ["a list of [time] sequences"],
  ],
  [
    "another target width",
    one,
    {
      input: sequences,
      target: [
        [1, 2],
        [3, 4],
      ],
    },
    meanSquaredError,
    ShapeError,
    ["wants targets [batch, 1]", "received [2, 2]"],
  ],
  [
    "class numbers for values",
    atEnd,
    { input: sequences, target: [1, 2] },
    meanSquaredError,
    ShapeError,
    ["wants targets [batch, 3]", "received [2]"],
  ],
  [
    "classes of one output",
    one,
    { input: sequences, target: [0, 0] },
    crossEntropy,
    ShapeError,
    ["crossEntropy needs at least 2 outputs", "gives 1"],
  ],
  [
    "a class beyond the last",
    atEnd,
    { input: sequences, target: [0, 3] },
    crossEntropy,
    ArgumentError,
    ["from 0 to 2", "received 3 in target 1"],
  ],
  [
    "a negative class",
    atEnd,
    { input: sequences, target: [-1, 0] },
    crossEntropy,
    ArgumentError,
    ["from 0 to 2", "received -1 in target 0"],
  ],
  [
    "half a class",
    atEnd,
    { input: sequences, target: [0.5, 0] },
    crossEntropy,
    ArgumentError,
    ["whole number", "received 0.5"],
  ],
  [
    "a class beyond the last, later",
    atEach,
    {
      input: sequences,
      target: [
        [0, 1, 2],
        [0, 7, 1],
      ],
    },
    crossEntropy,
    ArgumentError,
    ["received 7 in target 1, step 1"],
  ],
  [
    "targets of steps for one answer",
    atEnd,
    {
      input: sequences,
      target: [
        [[1], [2], [0]],
        [[1], [2], [0]],
      ],
    },
    crossEntropy,
    ShapeError,
    ["one output a sequence", "several steps"],
  ],
  [
    "one target for many steps",
    atEach,
    { input: sequences, target: [1, 2] },
    crossEntropy,
    ShapeError,
    ["target 0 has 1 steps, its input 3"],
  ],
  [
    "too few target steps",
    atEach,
    {
      input: sequences,
      target: [
        [0, 1],
        [1, 2],
      ],
    },
    crossEntropy,
    ShapeError,
    ["target 0 has 2 steps, its input 3"],
  ],
  [
    "too many target steps",
    atEach,
    {
      input: sequences,
      target: [
        [0, 1, 2, 0],
        [0, 1, 2, 0],
      ],
    },
    crossEntropy,
    ShapeError,
    ["target 0 has 4 steps, its input 3"],
  ],
  [
    "a ragged target that does not follow its input",
    atEach,
    { input: [[[1]], [[2], [3]]], target: [[0, 1], [2]] },
    crossEntropy,
    ShapeError,
    ["target 0 has 2 steps, its input 1"],
  ],
  [
    "too many lengths",
    atEach,
    {
      input: sequences,
      target: [
        [0, 1, 2],
        [0, 1, 2],
      ],
      lengths: [1, 2, 3],
    },
    crossEntropy,
    ShapeError,
    ["lengths", "2 sequences", "received 3"],
  ],
  ["no loss", one, { input: sequences, target: [1, 2] }, null, ArgumentError, ["loss must be", "null"]],
];

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
    await expectRejection(() => validated({ input: [], target: [] }), ArgumentError, "no examples");
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
    ["it gives a promise", async () => ({ loss: 1, gradient }), ArgumentError, ["{ loss, gradient }", "no fields"]],
    ["it gives no gradient", () => ({ loss: 1 }), ArgumentError, ["undefined"]],
    ["its loss is a text", () => ({ loss: "1", gradient }), ArgumentError, ["loss, gradient"]],
    ["too few values", () => ({ loss: 1, gradient: new Float32Array(1) }), ShapeError, ["[2, 1]", "received [1]"]],
    ["another shape", () => ({ loss: 1, gradient: tensor([[1, 2]]) }), ShapeError, ["[2, 1]", "received [1, 2]"]],
    [
      "NaN",
      () => ({ loss: 1, gradient: [[1], [Number.NaN]] }),
      ArgumentError,
      ["must be finite", "NaN in sequence 1, step 0"],
    ],
    ["texts", () => ({ loss: 1, gradient: [["1"], ["2"]] }), ArgumentError, ['"1"']],
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

describe("a run that diverges", () => {
  const data = { input: sequences, target: [[1], [2]] };

  test("is told with epoch, layer and cures; the weights are those of the last good update", async () => {
    const model = new Model(sequential(lstm(2, { name: "rnn" }), lastStep(), dense(1, { name: "head" })), {
      inputSize: 1,
    });
    const good: Float32Array[][] = [];
    const weights = () => model.parameters.map(({ read }) => read().data);
    const run = () =>
      fit(model, data, {
        loss: meanSquaredError,
        optimizer: sgd({ learningRate: 50 }),
        epochs: 500,
        onUpdate: () => good.push(weights()),
      });
    const error = await run().catch((caught: unknown) => caught as Error);
    expect(good.length).toBeGreaterThan(0);
    const told = ["diverged in epoch", `after ${good.length} updates`, 'layer "', "lower learning rate", "clipNorm 1"];
    await expectRejection(() => Promise.reject(error), StateError, ...told);
    expect(weights()).toEqual(good.at(-1));
    for (const values of weights()) expect(values.every(Number.isFinite)).toBe(true);
    for (const parameter of model.parameters)
      expect(parameter.gradient().data.every((value) => value === 0)).toBe(true);
  });

  test("leaves finite weights even where one update would leave the range of float32", async () => {
    for (const learningRate of [1e31, 1e38, 1e300]) {
      const model = new Model(one, { inputSize: 1 });
      const before = model.parameters.map(({ read }) => read());
      const run = () => fit(model, data, { loss: meanSquaredError, optimizer: sgd({ learningRate }) });
      await expectRejection(run, StateError, "diverged in epoch 1, after 0 updates", "an update of the size");
      expect(model.parameters.map(({ read }) => read())).toEqual(before);
      model.dispose();
    }
  });

  test("leaves a model that can be mended and trained again", async () => {
    const model = new Model(one, { inputSize: 1 });
    const fresh = model.save();
    const bad = () => fit(model, data, { loss: () => ({ loss: Number.NaN, gradient: [[0], [0]] }) });
    await expectRejection(bad, StateError, "the loss is NaN", "epoch 1", "after 0 updates");
    expect(model.save()).toEqual(fresh);
    const { losses } = await fit(model, data, { loss: meanSquaredError, epochs: 30 });
    expect(losses.at(-1)).toBeLessThan(losses[0] as number);
  });

  test("is told by backpropagate and gradientFlow too", () => {
    const model = new Model(one, { inputSize: 1 });
    backpropagate(model, data, meanSquaredError);
    const infinite = () => ({ loss: Number.POSITIVE_INFINITY, gradient: [[0], [0]] });
    expectUntouched(
      model,
      () => backpropagate(model, data, infinite),
      StateError,
      "the loss is Infinity",
      "learning rate",
    );
    expectUntouched(model, () => gradientFlow(model, data, infinite), StateError, "the loss is Infinity");
  });
});
