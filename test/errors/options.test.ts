import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  adam,
  batches,
  bidirectional,
  clipGradients,
  crossEntropy,
  dense,
  dropout,
  elman,
  evaluate,
  finalState,
  fit,
  gru,
  indRnn,
  type Layer,
  lastStep,
  lstm,
  Model,
  manyToOne,
  meanSquaredError,
  memoryUsage,
  Optimizer,
  residual,
  ShapeError,
  StateError,
  sequential,
  sgd,
} from "../../src/index.js";
import { expectRefusal, expectRejection, stateOf } from "../support/refusal.js";

/** What no type allows, but JavaScript does. */
const any = (value: unknown) => value as never;

describe("a specification refuses what makes no sense", () => {
  test.each([
    ["no units", () => lstm(0), ["units of lstm", "1 to 65536", "received 0"]],
    ["negative units", () => gru(-3), ["units of gru", "received -3"]],
    ["half a unit", () => elman(2.5), ["units of elman", "received 2.5"]],
    ["units as text", () => dense(any("4")), ["units of dense", 'received "4"']],
    ["too many units", () => dense(65537), ["from 1 to 65536", "received 65537"]],
    ["unknown option", () => lstm(4, any({ dropuot: 0.5 })), ["lstm(4)", '"dropuot"', "direction"]],
    ["unknown option of dense", () => dense(4, any({ units: 5 })), ["dense(4)", '"units"', "activation"]],
    ["options as text", () => lstm(4, any("reverse")), ["lstm(4)", "object", '"reverse"']],
    ["options as null", () => gru(4, any(null)), ["gru(4)", "object", "null"]],
    ["options as a list", () => dense(4, any(["relu"])), ["dense(4)", "object", "an array of 1"]],
    [
      "an unknown direction",
      () => lstm(4, { direction: any("backward") }),
      ['one of "forward", "reverse"', '"backward"'],
    ],
    ["an unknown normalization", () => gru(4, { normalization: any("batch") }), ['one of "none", "layer"', '"batch"']],
    ["a clip of nothing", () => indRnn(4, { clip: 0 }), ["clip of indRnn", "received 0"]],
    ["an unknown reset", () => gru(4, { reset: any("never") }), ['one of "after", "before"', '"never"']],
    ["a reset that JSON cannot say", () => gru(4, { reset: any(1n) }), ["received the bigint 1n"]],
    ["an unknown activation", () => elman(4, { activation: any("tnah") }), ['one of "linear"', '"tnah"']],
    [
      "an activation's unknown parameter",
      () => dense(4, { activation: any({ type: "elu", gamma: 1 }) }),
      ['"gamma"', "alpha"],
    ],
    [
      "an activation's wrong parameter",
      () => dense(4, { activation: { type: "elu", alpha: Number.NaN } }),
      ["alpha", "NaN"],
    ],
    ["an unknown initializer", () => lstm(4, { recurrentInitializer: any("xavier") }), ['"xavier"', "orthogonal"]],
    ["a bias that is no truth value", () => lstm(4, { bias: any(1) }), ["true or false", "received 1"]],
    ["a forget bias beyond float32", () => lstm(4, { forgetBias: 1e39 }), ["forgetBias", "1e+39"]],
    [
      "an activation beyond float32",
      () => dense(1, { activation: { type: "affine", alpha: 1e39 } }),
      ["alpha", "1e+39"],
    ],
    ["a forget bias that is not finite", () => lstm(4, { forgetBias: Number.NaN }), ["forgetBias", "NaN"]],
    ["a bad name", () => lstm(4, { name: "a b" }), ["name", '"a b"']],
    ["no layers", () => sequential(), ["at least one layer"]],
    ["a list of layers", () => sequential(any([lstm(4)])), ["lstm(64)", "an array of 1"]],
    ["a class instead of a layer", () => sequential(any(lstm)), ["lstm(64)", "a function"]],
    [
      "two layers of one name",
      () => sequential(lstm(4, { name: "a" }), dense(1, { name: "a" })),
      ['two layers named "a"'],
    ],
    ["a name that is another's place", () => sequential(dense(1, { name: "1" }), dense(1)), ['two layers named "1"']],
    ["no architecture", () => manyToOne(any(undefined)), ["manyToOne", "object", "undefined"]],
    [
      "an unknown cell",
      () => manyToOne({ cell: any("ltsm"), inputSize: 1, units: 2, outputSize: 1 }),
      ["elman", '"ltsm"'],
    ],
    ["a missing size", () => manyToOne(any({ cell: "gru", inputSize: 1, outputSize: 1 })), ["units", "undefined"]],
    [
      "an input of nothing",
      () => manyToOne({ cell: "gru", inputSize: 0, units: 2, outputSize: 1 }),
      ["inputSize", "received 0"],
    ],
    [
      "a cell's option of another cell",
      () => manyToOne({ cell: "gru", inputSize: 1, units: 2, outputSize: 1, activation: "relu" }),
      ['"activation"'],
    ],
    [
      "a million layers",
      () => manyToOne({ cell: "gru", inputSize: 1, units: 2, outputSize: 1, layers: 1e6 }),
      ["layers", "1 to 64"],
    ],
  ] as const)("%s", (_name, act, texts) => expectRefusal(act, ArgumentError, ...texts));

  test("a misplaced layer is told when its input is known", () => {
    const tail =
      (...layers: Layer[]) =>
      () =>
        new Model(sequential(...layers), { inputSize: 2 });
    const { used } = memoryUsage();
    expectRefusal(tail(lstm(3), lastStep(), lastStep()), ShapeError, "lastStep expects [batch, time, 3]", "[batch, 3]");
    expectRefusal(tail(dense(3), finalState()), ShapeError, "finalState must follow a recurrent layer");
    expectRefusal(tail(lstm(3), dense(3), finalState()), ShapeError, "finalState must follow a recurrent layer");
    expectRefusal(tail(finalState()), ShapeError, "finalState must follow a recurrent layer");
    expectRefusal(tail(lstm(3), dropout(0.5), finalState()), ShapeError, "Put dropout behind it");
    expectRefusal(
      tail(bidirectional(sequential(lstm(3), dropout(0.5))), finalState()),
      ShapeError,
      "Put dropout behind it",
    );
    expectRefusal(tail(lstm(3), residual(lstm(3)), finalState()), ShapeError, "past what comes between");
    expect(memoryUsage().used).toBe(used);
  });

  test("parameters of one name are refused rather than shared", () => {
    const layer = sequential(sequential(dense(2)), dense(1, { name: "0.0" }));
    const { used } = memoryUsage();
    expectRefusal(
      () => new Model(layer, { inputSize: 1 }),
      ArgumentError,
      'two parameters would be called "0.0.weight"',
    );
    expect(memoryUsage().used).toBe(used);
  });

  test("nobody can change a specification, not even through the options it came from", () => {
    const activation = { type: "elu" as const, alpha: 2 };
    const layer = dense(3, { activation });
    activation.alpha = Number.NaN;
    expect(layer.config.activation).toEqual({ type: "elu", alpha: 2 });
    for (const change of [
      () => Object.assign(layer, { type: "lstm" }),
      () => Object.assign(layer.config, { units: 5 }),
      () => Object.assign(layer.config.activation as object, { alpha: 5 }),
    ]) {
      expect(change).toThrow(TypeError);
    }
  });
});

describe("a model refuses options that make no sense, and takes no memory for them", () => {
  const layer = sequential(lstm(2), lastStep(), dense(1));
  const told = manyToOne({ cell: "gru", inputSize: 3, units: 2, outputSize: 1 });
  test.each([
    ["no specification", () => new Model(any(undefined)), ["lstm(64)", "undefined"]],
    ["a plain object", () => new Model(any({ type: "lstm", config: {} })), ["an object with type, config"]],
    ["null as options", () => new Model(layer, any(null)), ["Model", "null"]],
    ["a second layer", () => new Model(lstm(2), any(dense(1))), ["Model wants its options", "a recurve layer"]],
    ["a model", () => new Model(any(new Model(lstm(2)))), ["lstm(64)", "a recurve model"]],
    ["an unknown option", () => new Model(layer, any({ inputsize: 3 })), ['"inputsize"', "inputSize, seed"]],
    ["an input of nothing", () => new Model(layer, { inputSize: 0 }), ["inputSize", "received 0"]],
    ["a negative input", () => new Model(layer, { inputSize: -1 }), ["inputSize", "received -1"]],
    ["a text as input", () => new Model(layer, { inputSize: any("3") }), ["inputSize", 'received "3"']],
    ["a negative seed", () => new Model(layer, { inputSize: 1, seed: -1 }), ["seed", "received -1"]],
    ["half a seed", () => new Model(layer, { seed: 0.5 }), ["seed", "received 0.5"]],
    ["a size against the specification's", () => new Model(told, { inputSize: 2 }), ["inputSize 2", "says 3"]],
  ] as const)("%s", (_name, act, texts) => {
    const { used } = memoryUsage();
    expectRefusal(act, ArgumentError, ...texts);
    expect(memoryUsage().used).toBe(used);
  });

  test("a network larger than the memory is refused by name, and leaves nothing", () => {
    const { used } = memoryUsage();
    const huge = () => new Model(sequential(dense(65536)), { inputSize: 65536 });
    expectRefusal(huge, StateError, "needs 17180131328 more bytes", "2 GiB", "fewer units");
    expect(memoryUsage().used).toBe(used);
    expect(new Model(layer, { inputSize: 1 }).predict([1, 2]).shape).toEqual([1]);
  });
});

describe("optimizers refuse options that make no sense", () => {
  test.each([
    ["a negative rate", () => sgd({ learningRate: -1 }), ["learningRate of sgd", "0 or more", "received -1"]],
    ["a rate that is none", () => adam({ learningRate: Number.NaN }), ["learningRate of adam", "NaN"]],
    ["a text as rate", () => adam({ learningRate: any("0.1") }), ["learningRate of adam", '"0.1"']],
    ["an unknown option", () => adam(any({ lr: 0.1 })), ['"lr"', "learningRate"]],
    ["a number as options", () => sgd(any(0.1)), ["sgd", "object", "received 0.1"]],
    ["momentum of one", () => sgd({ momentum: 1 }), ["below 1"]],
    ["momentum of two", () => sgd({ momentum: 2 }), ["between 0 and 1", "received 2"]],
    ["looking ahead without momentum", () => sgd({ nesterov: true }), ["nesterov", "momentum above 0"]],
    ["a memory of one", () => adam({ beta2: 1 }), ["below 1"]],
    ["negative decay", () => adam({ weightDecay: -0.1 }), ["weightDecay", "-0.1"]],
  ] as const)("%s", (_name, act, texts) => expectRefusal(act, ArgumentError, ...texts));

  test("and a rate set between updates is checked before the update", () => {
    const model = new Model(sequential(dense(1)), { inputSize: 1 });
    const optimizer = new Optimizer(model, sgd());
    optimizer.learningRate = Number.NaN;
    const before = stateOf(model);
    expectRefusal(() => optimizer.update(), ArgumentError, "learningRate", "NaN");
    expect(stateOf(model)).toEqual(before);
    expect(optimizer.updates).toBe(0);
    expectRefusal(() => new Optimizer(model, any(sgd)), ArgumentError, "adam({ learningRate: 1e-3 })", "a function");
    expectRefusal(() => new Optimizer(any({}), sgd()), ArgumentError, "a Model is wanted");
  });
});

describe("training refuses options that make no sense, and the model stays as it is", () => {
  const model = new Model(sequential(lstm(2), lastStep(), dense(1)), { inputSize: 1 });
  const data = {
    input: [
      [[1], [2]],
      [[3], [4]],
    ],
    target: [1, 2],
  };
  model.predict([1]);
  const loss = meanSquaredError;
  test.each([
    ["no options", undefined, ["fit", "undefined"]],
    ["no loss", {}, ["loss must be", "meanSquaredError", "undefined"]],
    ["a loss alone", meanSquaredError, ["fit wants its options as an object, { loss: … }, received a recurve loss."]],
    ["a layer as loss", { loss: dense(1) }, ["loss must be", "received a recurve layer."]],
    ["a loss by name", { loss: "mse" }, ["loss must be", '"mse"']],
    ["an unknown option", { loss, epoch: 3 }, ['"epoch"', "epochs"]],
    ["no epoch", { loss, epochs: 0 }, ["epochs", "of 1 or more, received 0"]],
    ["endless epochs", { loss, epochs: Number.POSITIVE_INFINITY }, ["epochs", "from 1 to 16777216", "Infinity"]],
    ["an empty batch", { loss, batchSize: 0 }, ["batchSize", "received 0"]],
    ["a shuffle that is no truth value", { loss, shuffle: "yes" }, ["shuffle", '"yes"']],
    ["a negative seed", { loss, seed: -2 }, ["seed", "received -2"]],
    ["a clip of nothing", { loss, clipNorm: 0 }, ["clipNorm must be a number above 0", "received 0"]],
    ["a value of nothing", { loss, clipValue: -1 }, ["clipValue must be a number above 0", "received -1"]],
    ["a norm as text", { loss, clipParameterNorm: "1" }, ["clipParameterNorm must be a number above 0", '"1"']],
    ["two clips", { loss, clipNorm: 1, clipValue: 1 }, ["in one way, received clipNorm and clipValue. Give one"]],
    ["two others", { loss, clipParameterNorm: 1, clipValue: 1 }, ["received clipValue and clipParameterNorm"]],
    ["patience without validation", { loss, patience: 2 }, ["patience needs validation"]],
    ["patience of nothing", { loss, patience: 0, validation: data }, ["patience", "received 0"]],
    ["progress that is no function", { loss, onProgress: true }, ["onProgress", "received true"]],
    ["updates that are no function", { loss, onUpdate: {} }, ["onUpdate", "no fields"]],
    ["a signal that is none", { loss, signal: new AbortController() }, ["signal must be an AbortSignal"]],
    ["an optimizer by name", { loss, optimizer: "adam" }, ["adam({ learningRate: 1e-3 })", '"adam"']],
    ["context over batches", { loss, carryState: true, shuffle: false }, ["carryState", "batchSize 1"]],
    ["context in any order", { loss, carryState: true, batchSize: 1 }, ["carryState", "shuffle false"]],
  ] as const)("%s", async (_name, options, texts) => {
    const before = stateOf(model);
    await expectRejection(() => fit(model, data, any(options)), ArgumentError, ...texts);
    expect(stateOf(model)).toEqual(before);
  });

  test.each([
    ["batches", () => batches(data, { batchSize: -1 }), ["batchSize", "-1"]],
    ["a misspelt option of batches", () => batches(data, any({ size: 3 })), ['"size"', "batchSize"]],
    ["an epoch before the first", () => batches(data, { shuffle: true, epoch: -1 }), ["epoch", "-1"]],
    ["clipping to nothing", () => clipGradients(model, { norm: 0 }), ["norm of clipGradients", "received 0"]],
    ["clipping without a norm", () => clipGradients(model, any({})), ["norm of clipGradients", "undefined"]],
    ["clipping with nothing", () => clipGradients(model, any(undefined)), ["clipGradients", "undefined"]],
    ["evaluate without options", () => evaluate(model, data, any(undefined)), ["evaluate", "undefined"]],
    [
      "evaluate with a loss in place of options",
      () => evaluate(model, data, any(crossEntropy)),
      ["evaluate wants its options as an object, { loss: … }, received a recurve loss."],
    ],
    [
      "clipping by a number alone",
      () => clipGradients(model, any(1)),
      ["clipGradients wants its options as an object, { norm: … }, received 1."],
    ],
    ["evaluate without a loss", () => evaluate(model, data, any({})), ["loss must be"]],
    [
      "evaluate in batches of nothing",
      () => evaluate(model, data, { loss, batchSize: 0 }),
      ["batchSize", "received 0"],
    ],
    ["freezing what is not there", () => model.freeze("rnn"), ['no parameter "rnn"', "0.weight_ih_l0"]],
    ["a loss for a list of classes", () => evaluate(model, data, { loss: any([crossEntropy]) }), ["an array of 1"]],
  ] as const)("%s", (_name, act, texts) => {
    const before = stateOf(model);
    expectRefusal(act, ArgumentError, ...texts);
    expect(stateOf(model)).toEqual(before);
  });
});
