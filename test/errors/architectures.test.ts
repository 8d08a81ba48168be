import { describe, test } from "vitest";
import {
  ArgumentError,
  bidirectional,
  type EncoderDecoderOptions,
  embedding,
  encoderDecoder,
  lstm,
  type ManyToOneOptions,
  Model,
  manyToMany,
  manyToOne,
  type OneToManyOptions,
  oneHot,
  oneToMany,
  oneToOne,
  ShapeError,
  sequential,
} from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";

/** What no type allows, but JavaScript does. */
const any = (value: unknown) => value as never;

const one = (options: Partial<ManyToOneOptions>) =>
  manyToOne({ cell: "gru", inputSize: 2, units: 3, outputSize: 1, ...options });
const many = (options: Partial<OneToManyOptions>) =>
  oneToMany({ cell: "gru", inputSize: 2, units: 3, outputSize: 2, steps: 4, ...options });
const both = (options: Partial<EncoderDecoderOptions>) =>
  encoderDecoder({ cell: "gru", inputSize: 2, units: 3, outputSize: 2, ...options });
const translator = (options: Partial<EncoderDecoderOptions>) =>
  encoderDecoder({ cell: "gru", vocabularySize: 9, targetVocabularySize: 6, units: 3, start: 1, ...options });

describe("an embedding refuses", () => {
  test.each([
    ["no vocabulary", () => embedding(0, 4), ["vocabularySize of embedding"]],
    ["no size", () => embedding(9, 0), ["size of embedding"]],
    ["an unknown option", () => embedding(9, 4, any({ padding: 0 })), ["embedding(9, 4)", '"padding"', "paddingIndex"]],
    ["a padding index that is no token", () => embedding(9, 4, { paddingIndex: 9 }), ["paddingIndex", "0 to 8"]],
    ["a place behind another layer", () => sequential(lstm(1), embedding(9, 4)), ["embedding(9, 4)", "first layer"]],
    ["a direction", () => bidirectional(embedding(9, 4)), ["embedding(9, 4)", "direction"]],
    ["a place in a chain behind a chain", () => sequential(lstm(1), sequential(embedding(9, 4))), ["first layer"]],
    [
      "a token in a model that has no such token",
      () => new Model(embedding(9, 4)).predict([3, 9]),
      ["0 to 8", "received 9"],
    ],
  ])("%s", (_, act, texts) => expectRefusal(act, ArgumentError, ...texts));
});

describe("one-hot rows refuse", () => {
  test.each([
    ["no vocabulary", () => oneHot(0), ["vocabularySize of oneHot", "received 0"]],
    ["a vocabulary wider than any layer", () => oneHot(65537), ["vocabularySize of oneHot", "65536"]],
    ["an unknown option", () => oneHot(9, any({ size: 4 })), ["oneHot(9)", '"size"', "name"]],
    ["a name that is no path", () => oneHot(9, { name: "a b" }), ["name of a layer"]],
    ["a place behind another layer", () => sequential(lstm(1), oneHot(9)), ["oneHot(9)", "first layer"]],
    ["a direction", () => bidirectional(oneHot(9)), ["oneHot(9)", "direction"]],
    [
      "a token that is not there",
      () => new Model(sequential(oneHot(9), lstm(2))).predict([3, 9]),
      ["0 to 8", "received 9"],
    ],
    ["half a token", () => new Model(sequential(oneHot(9), lstm(2))).predict([0.5]), ["0 to 8", "received 0.5"]],
    [
      "such a token in a session",
      () => new Model(sequential(oneHot(9), lstm(2))).session().step(-1),
      ["0 to 8", "received -1"],
    ],
  ])("%s", (_, act, texts) => expectRefusal(act, ArgumentError, ...texts));

  test("rows of numbers", () => {
    const rows = [
      [0, 1],
      [1, 0],
    ];
    const act = () => new Model(sequential(oneHot(2), lstm(2))).predict(rows);
    expectRefusal(act, ShapeError, "reads token numbers", "2 features a step");
  });
});

describe("an architecture refuses", () => {
  test.each([
    ["neither features nor tokens", () => one({ inputSize: any(undefined) }), ["inputSize of manyToOne"]],
    ["features and tokens", () => one({ vocabularySize: 9 }), ["inputSize", "vocabularySize", "not both"]],
    ["a width of tokens without tokens", () => one({ embeddingSize: 4 }), ["embeddingSize", "vocabularySize"]],
    [
      "an unknown way of pooling",
      () => one({ pool: any("first") }),
      ["pool of manyToOne", '"last", "mean", "max"', '"first"'],
    ],
    ["directions that are no truth value", () => one({ bidirectional: any("yes") }), ["bidirectional of manyToOne"]],
    ["a dropout of everything", () => one({ dropout: 1 }), ["dropout of manyToOne", "below 1"]],
    ["a dropout in percent", () => one({ dropout: 20 }), ["Did you mean 0.2"]],
    ["no layers", () => one({ layers: 0 }), ["layers of manyToOne"]],
    ["an option of another architecture", () => manyToMany(any({ cell: "gru", steps: 4 })), ["manyToMany", '"steps"']],
    [
      "an output of nothing",
      () => manyToMany({ cell: "gru", inputSize: 2, units: 3, outputSize: 0 }),
      ["units of dense"],
    ],
    ["one to one without units", () => oneToOne(any({ inputSize: 2, outputSize: 1 })), ["units of oneToOne"]],
    ["one to one with a cell", () => oneToOne(any({ cell: "gru" })), ["oneToOne", '"cell"', "activation"]],
    ["an activation of a gated cell", () => one({ activation: "relu" }), ["gru(3)", '"activation"']],
  ])("%s", (_, act, texts) => expectRefusal(act, ArgumentError, ...texts));
});

describe("oneToMany refuses", () => {
  test.each([
    ["the future", () => oneToMany(any({ bidirectional: true })), ["bidirectional", "not there yet"]],
    ["no options", () => oneToMany(any(undefined)), ["oneToMany", "object"]],
    ["no steps", () => many({ steps: any(undefined) }), ["steps of oneToMany"]],
    ["an unknown feedback", () => many({ feedback: any("input") }), ['"output", "zeros", "repeat"', '"input"']],
    ["outputs that are no inputs", () => many({ outputSize: 1 }), ["outputSize must be 2", "received 1", '"repeat"']],
    ["zeros for tokens", () => many({ inputSize: any(undefined), vocabularySize: 2, feedback: "zeros" }), ["no token"]],
    [
      "a teacher of what is not fed back",
      () => many({ feedback: "zeros", teacherForcing: 1 }),
      ["teacherForcing", '"zeros"'],
    ],
    ["a ratio above 1", () => many({ teacherForcing: 1.5 }), ["teacherForcing of oneToMany", "between 0 and 1"]],
    [
      "tokens as answers of which nobody says how many there are",
      () => encoderDecoder({ cell: "gru", vocabularySize: 9, units: 4, start: 1, stop: 2 }),
      ["stop of encoderDecoder belongs to answers that are tokens: give targetVocabularySize too."],
    ],
    ["a stop among values", () => many({ stop: 1 }), ["stop of oneToMany", "vocabularySize"]],
    ["a place in a chain", () => sequential(many({})), ["oneToMany(gru 3)", "no part of one"]],
  ])("%s", (_, act, texts) => expectRefusal(act, ArgumentError, ...texts));
});

describe("encoderDecoder refuses", () => {
  test.each([
    ["an answer of nothing", () => both({ outputSize: any(undefined) }), ["outputSize of encoderDecoder"]],
    ["values and tokens", () => both({ targetVocabularySize: 4, start: 0 }), ["not both"]],
    ["a stop among values", () => both({ stop: 1 }), ["stop of encoderDecoder", "targetVocabularySize"]],
    ["a width of target tokens without tokens", () => both({ targetEmbeddingSize: 4 }), ["targetEmbeddingSize"]],
    ["tokens without a start", () => translator({ start: any(undefined) }), ["start of encoderDecoder"]],
    ["a start that is no token", () => translator({ start: 6 }), ["start", "0 to 5"]],
    ["a stop that is no token", () => translator({ stop: -1 }), ["stop", "received -1"]],
    ["an unknown start of values", () => both({ start: any("first") }), ['one of "zeros", "last"', '"first"']],
    [
      "a last input of another width",
      () => both({ start: "last", outputSize: 3 }),
      ["inputSize and outputSize", "2 and 3"],
    ],
    [
      "an unknown attention",
      () => both({ attention: any("cosine") }),
      ['"none", "dot", "general", "additive"', '"cosine"'],
    ],
    ["an unknown bridge", () => both({ bridge: any("mean") }), ['"sum", "concatenate", "dense"', '"mean"']],
    [
      "dot products of unequal widths",
      () => both({ attention: "dot", bidirectional: true }),
      ["6 wide against 3", '"general"'],
    ],
    ["a size of no sums", () => both({ attention: "general", attentionSize: 4 }), ["attentionSize", "additive"]],
    ["a negative ratio", () => both({ teacherForcing: -0.1 }), ["teacherForcing of encoderDecoder", "received -0.1"]],
    ["a ratio that is none", () => both({ teacherForcing: any("always") }), ["teacherForcing", '"always"']],
    [
      "an unknown schedule",
      () => both({ teacherForcing: { kind: any("cosine"), batches: 9 } }),
      ["linear", '"cosine"'],
    ],
    [
      "a schedule beyond 1",
      () => both({ teacherForcing: { kind: "linear", from: 2, batches: 9 } }),
      ["from of teacherForcing"],
    ],
    [
      "a schedule without an end",
      () => both({ teacherForcing: any({ kind: "linear" }) }),
      ["batches of teacherForcing"],
    ],
    ["no steps", () => both({ steps: 0 }), ["steps of encoderDecoder"]],
    ["a place in a chain", () => sequential(both({})), ["encoderDecoder(gru 3)", "no part of one"]],
  ])("%s", (_, act, texts) => expectRefusal(act, ArgumentError, ...texts));
});
