import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  backpropagate,
  crossEntropy,
  crossEntropyWith,
  type Data,
  decode,
  dense,
  embedding,
  encoderDecoder,
  fit,
  generate,
  lstm,
  Model,
  meanSquaredError,
  memoryUsage,
  oneToMany,
  oneToOne,
  run,
  ShapeError,
  StateError,
  sequential,
  sgd,
  truncated,
} from "../../src/index.js";
import { expectRefusal, expectRejection, expectUntouched } from "../support/refusal.js";

const STOP = 2;
const tagger = new Model(sequential(embedding(9, 4), lstm(5), dense(3)));
const translator = new Model(
  encoderDecoder({ cell: "gru", vocabularySize: 9, targetVocabularySize: 6, units: 4, start: 1, stop: STOP }),
);
const follower = new Model(encoderDecoder({ cell: "gru", inputSize: 2, outputSize: 2, units: 4 }));
const pen = new Model(oneToMany({ cell: "gru", inputSize: 2, outputSize: 2, units: 4, steps: 3 }));
const single = new Model(oneToOne({ inputSize: 2, units: 4, outputSize: 1 }));
const forecaster = new Model(sequential(lstm(4), dense(2)), { inputSize: 2 });
const any = (value: unknown) => value as never;

describe("an input that the network cannot read is refused at the door", () => {
  test.each([
    ["an unknown token", tagger, () => tagger.predict([3, 9]), ArgumentError, ["0 to 8", "received 9", "step 1"]],
    ["half a token", tagger, () => tagger.predictBatch([[3], [0.5, 1]]), ArgumentError, ["0.5", "sequence 1, step 0"]],
    ["rows for tokens", tagger, () => tagger.predictBatch([[[1, 0]]]), ShapeError, ["[batch, time]", "2 features"]],
    ["lengths beyond the input", tagger, () => tagger.predictBatch([[1, 2]], { lengths: [3] }), ShapeError, ["0 to 2"]],
    ["a mask of another length", tagger, () => tagger.predictBatch([[1, 2]], { mask: [[1]] }), ShapeError, ["mask 0"]],
    ["an unknown token to translate", translator, () => decode(translator, [[9]]), ArgumentError, ["0 to 8"]],
    [
      "several steps for one",
      pen,
      () =>
        pen.predict([
          [1, 2],
          [3, 4],
        ]),
      ShapeError,
      ["one step", "has 2"],
    ],
    ["another width", single, () => single.predict([1, 2, 3]), ShapeError, ["time, 2]", "received [batch, time, 3]"]],
  ] as const)("%s", (_, model, act, kind, texts) => expectUntouched(model, act, kind, ...texts));
});

describe("targets of a network that answers at steps of its own are refused", () => {
  const given = (target: unknown, more: object = {}) => ({ input: [[3, 4], [5]], target, ...more }) as Data;
  const ignoring = crossEntropyWith({ ignoreIndex: -1 });
  test.each([
    ["a token that is none", given([[3, 6, STOP], [STOP]]), crossEntropy, ArgumentError, ["0 to 5", "received 6"]],
    ["no stop token at any end", given([[3, 4], [4]]), crossEntropy, ArgumentError, ["stop token", "Append it"]],
    ["holes between tokens", given([[3, -1, STOP], [STOP]]), ignoring, ArgumentError, ["at the end", "step 1"]],
    [
      "weights of another length",
      given([[3, STOP], [STOP]], {
        weights: [
          [1, 1],
          [1, 1, 1],
        ],
      }),
      crossEntropy,
      ShapeError,
      ["its target 1"],
    ],
    [
      "probabilities",
      given([[[0, 0, 1, 0, 0, 0]], [[0, 0, 1, 0, 0, 0]]]),
      crossEntropy,
      ShapeError,
      ["token numbers", "teacherForcing"],
    ],
    ["a loss of values", given([[3, STOP], [STOP]]), meanSquaredError, ShapeError, ["6"]],
    ["fewer targets than inputs", given([[STOP]]), crossEntropy, ShapeError, ["2 inputs", "1 targets"]],
  ] as const)("%s", (_, data, loss, kind, texts) => {
    expectUntouched(translator, () => backpropagate(translator, data, loss), kind, ...texts);
  });

  test("values of another width", () => {
    const data = { input: [[[1, 2]]], target: [[[1, 2, 3]]] };
    expectUntouched(follower, () => backpropagate(follower, data, meanSquaredError), ShapeError, "[batch, time, 2]");
  });

  test("class numbers where values are read back", () => {
    const data = { input: [[[1, 2]]], target: [[0, 1, 1]] };
    expectUntouched(follower, () => backpropagate(follower, data, crossEntropy), ShapeError, "must be values");
  });
});

describe("what belongs to one kind of network alone is refused by the other", () => {
  const text = "steps of their own";
  test.each([
    ["steps of predict", forecaster, () => forecaster.predict([[1, 2]], { steps: 3 }), ArgumentError, [text]],
    ["steps of predictBatch", tagger, () => tagger.predictBatch([[1]], { steps: 3 }), ArgumentError, [text]],
    ["no step", translator, () => translator.predict([1], { steps: 0 }), ArgumentError, ["steps of predictBatch", "0"]],
    ["half a step", translator, () => decode(translator, [[1]], { steps: 1.5 }), ArgumentError, ["steps of decode"]],
    ["an unknown option", translator, () => translator.predict([1], any({ horizon: 3 })), ArgumentError, ["horizon"]],
    ["generate", forecaster, () => generate(forecaster, [[1, 2]]), ArgumentError, [text, "session"]],
    ["decode of values", pen, () => decode(pen, [[1, 2]]), ArgumentError, ["gives values", "predictBatch"]],
    ["decode of classes", tagger, () => decode(tagger, [[1]]), ArgumentError, ["predictBatch"]],
    [
      "attention without any",
      translator,
      () => decode(translator, [[1]], { attention: true }),
      ArgumentError,
      ["no attention"],
    ],
    [
      "attention that is neither",
      translator,
      () => decode(translator, [[1]], { attention: any("dot") }),
      ArgumentError,
      ["attention of decode must be true or false", '"dot"'],
    ],
    [
      "attention that is neither, step by step",
      translator,
      () => generate(translator, [1], { attention: any(1) }),
      ArgumentError,
      ["attention of generate must be true or false", "1"],
    ],
    ["a session", translator, () => translator.session(), ArgumentError, ["encoderDecoder(gru 4)"]],
    ["a session of one step", pen, () => pen.session(), ArgumentError, ["oneToMany(gru 4)"]],
    ["run", follower, () => run(follower, [[[1, 2]]]), ArgumentError, ["after its whole input"]],
    [
      "an initial state of the decoder's",
      translator,
      () => translator.predictBatch([[1]], { initialState: { "decoder.rnn": { h: [[1, 2, 3, 4]] } } }),
      ArgumentError,
      ["decoder.rnn"],
    ],
  ] as const)("%s", (_, _model, act, kind, texts) => expectRefusal(act, kind, ...texts));
});

describe("a training that follows one series is refused", () => {
  const data = { input: [[[1, 2]], [[2, 3]]], target: [[[1, 2]], [[2, 3]]] };
  const options = { loss: meanSquaredError, epochs: 1, batchSize: 1, shuffle: false };
  test("carryState", () =>
    expectRejection(() => fit(follower, data, { ...options, carryState: true }), ArgumentError, "carryState"));
  test("truncate", () =>
    expectRejection(
      () => fit(follower, data, { ...options, truncate: truncated({ every: 1, window: 1 }) }),
      ArgumentError,
      "truncat",
    ));
});

describe("an answer under way", () => {
  const make = () =>
    new Model(oneToMany({ cell: "gru", inputSize: 1, outputSize: 1, units: 3, steps: 5 }), { seed: 4 });

  test("ends where its model was disposed", () => {
    const model = make();
    const answer = generate(model, [1]);
    answer.next();
    model.dispose();
    expectRefusal(() => answer.next(), StateError, "disposed");
    expect(answer.next().done).toBe(true);
  });

  test("ends where the weights have changed", async () => {
    const model = make();
    const answer = generate(model, [1]);
    answer.next();
    await fit(
      model,
      { input: [[1]], target: [[1, 2]] },
      { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1 }), epochs: 1 },
    );
    expectRefusal(() => answer.next(), StateError, "weights have changed");
  });

  test("gives its memory back when it is left", () => {
    const model = make();
    const before = memoryUsage().used;
    for (const { output } of generate(model, [1])) {
      expect(output.shape).toEqual([1]);
      expect(memoryUsage().used).toBeGreaterThan(before);
      break;
    }
    expect([...generate(model, [1], { steps: 40 })]).toHaveLength(40);
    expect(memoryUsage().used).toBe(before);
  });
});
