import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  chooseToken,
  decode,
  dense,
  encoderDecoder,
  generate,
  lstm,
  Model,
  memoryUsage,
  oneToMany,
  ShapeError,
  sequential,
  vocabulary,
} from "../../src/index.js";
import { expectRefusal, expectUntouched } from "../support/refusal.js";

const any = (value: unknown) => value as never;
const translator = () =>
  new Model(encoderDecoder({ cell: "gru", vocabularySize: 9, targetVocabularySize: 6, units: 4, start: 1, stop: 2 }));
const model = translator();
const pen = new Model(oneToMany({ cell: "gru", inputSize: 2, outputSize: 2, units: 4, steps: 3 }));
const tagger = new Model(sequential(lstm(4), dense(2)), { inputSize: 2 });
decode(model, [[1]]);
decode(model, [[1]], { beam: 2 });

test("a single sequence is not taken for many of one token", () => {
  expectUntouched(model, () => decode(model, [3, 4, 5]), ArgumentError, "[sequence]");
});

describe("options of draws out of range are refused by chooseToken, decode and generate", () => {
  test.each([
    ["a negative temperature", { temperature: -0.5 }, ["temperature of", "0 or more", "-0.5"]],
    ["a temperature that is none", { temperature: Number.NaN }, ["temperature of", "NaN"]],
    ["a temperature without end", { temperature: Infinity }, ["temperature of", "Infinity"]],
    ["a temperature as text", { temperature: any("hot") }, ["temperature of", '"hot"']],
    ["topP 0", { topP: 0 }, ["topP of", "above 0 and at most 1", "received 0"]],
    ["topP above 1", { topP: 1.1 }, ["topP of", "at most 1", "1.1"]],
    ["a negative topP", { topP: -0.2 }, ["topP of", "-0.2"]],
    ["topP that is no number", { topP: Number.NaN }, ["topP of", "NaN"]],
    ["topK 0", { topK: 0 }, ["topK of", "1 or more", "received 0"]],
    ["half a token", { topK: 1.5 }, ["topK of", "1.5"]],
    ["a penalty of 0", { repetitionPenalty: 0 }, ["repetitionPenalty of", "above 0", "received 0"]],
    ["a negative penalty", { repetitionPenalty: -1 }, ["repetitionPenalty of", "-1"]],
    ["a penalty without end", { repetitionPenalty: Infinity }, ["repetitionPenalty of", "Infinity"]],
    ["a negative seed", { seed: -1 }, ["seed must be", "-1"]],
    ["half a seed", { seed: 0.5 }, ["seed must be", "0.5"]],
    ["a name of other libraries", any({ top_p: 0.9 }), ['"top_p"', "topP"]],
  ] as [string, object, string[]][])("%s", (_, options, texts) => {
    expectRefusal(() => chooseToken([1, 2], options), ArgumentError, ...texts);
    expectUntouched(model, () => decode(model, [[1]], options), ArgumentError, ...texts);
    expectUntouched(model, () => generate(model, [1], options), ArgumentError, ...texts);
  });
});

describe("chooseToken refuses", () => {
  test.each([
    ["an empty vocabulary", () => chooseToken([]), ["no token", "vocabulary is empty"]],
    ["an empty vocabulary, typed", () => chooseToken(new Float32Array(0)), ["vocabulary is empty"]],
    ["no logits", () => chooseToken(any(undefined)), ["scores of all tokens", "undefined"]],
    ["a number", () => chooseToken(any(3)), ["scores of all tokens", "3"]],
    ["NaN", () => chooseToken([0, Number.NaN]), ["finite logits", "token 1 is NaN"]],
    ["infinite logits", () => chooseToken([0, 1, -Infinity]), ["finite logits", "token 2 is -Infinity"]],
    ["text among logits", () => chooseToken(any([0, "1"])), ["finite logits", 'token 1 is "1"']],
    ["a hole", () => chooseToken(any([0, undefined])), ["finite logits", "token 1 is undefined"]],
    ["a negative step", () => chooseToken([1], { step: -1 }), ["step of chooseToken", "-1"]],
    ["a step beyond the counter", () => chooseToken([1], { step: 2 ** 32 }), ["step of chooseToken", "4294967296"]],
    ["half a sequence", () => chooseToken([1], { sequence: 0.5 }), ["sequence of chooseToken", "0.5"]],
    [
      "previous tokens that are none",
      () => chooseToken([1, 2], { previous: [2] }),
      ["previous", "0 to 1", "received 2"],
    ],
    ["a single previous token", () => chooseToken([1, 2], { previous: any(1) }), ["previous of", "list", "1"]],
    ["options that are a number", () => chooseToken([1], any(0.7)), ["options as an object", "0.7"]],
  ] as [string, () => unknown, string[]][])("%s", (_, act, texts) => {
    const before = memoryUsage().used;
    expectRefusal(act, ArgumentError, ...texts);
    expect(memoryUsage().used).toBe(before);
  });
});

describe("a beam that cannot be is refused", () => {
  test.each([
    ["a beam of 0", { beam: 0 }, ["beam of decode", "1 or more", "received 0"]],
    ["half a beam", { beam: 1.5 }, ["beam of decode", "1.5"]],
    ["a beam without end", { beam: Infinity }, ["beam of decode", "Infinity"]],
    ["a beam as text", { beam: any("wide") }, ["beam of decode", '"wide"']],
    ["a negative length penalty", { beam: 2, lengthPenalty: -0.1 }, ["lengthPenalty of decode", "-0.1"]],
    ["a length penalty that is none", { beam: 2, lengthPenalty: Number.NaN }, ["lengthPenalty of decode", "NaN"]],
    ["a length penalty without a beam", { lengthPenalty: 0.6 }, ["lengthPenalty of decode", "give a beam"]],
    ["hypotheses without a beam", { hypotheses: 2 }, ["hypotheses of decode", "give a beam"]],
    ["more hypotheses than the beam", { beam: 2, hypotheses: 3 }, ["hypotheses of decode", "1 to 2", "3"]],
    ["no hypotheses", { beam: 2, hypotheses: 0 }, ["hypotheses of decode", "received 0"]],
    ["a beam and a temperature", { beam: 2, temperature: 0.5 }, ["draws tokens or searches", "not both"]],
    ["a beam and a penalty", { beam: 2, repetitionPenalty: 1.2 }, ["draws tokens or searches"]],
    ["a beam and a seed", { beam: 2, seed: 1 }, ["draws tokens or searches"]],
    ["no steps", { beam: 2, steps: 0 }, ["steps of decode", "received 0"]],
  ] as [string, object, string[]][])("%s", (_, options, texts) => {
    expectUntouched(model, () => decode(model, [[1]], options), ArgumentError, ...texts);
  });

  test("by networks that answer values, or at the steps of their input", () => {
    for (const options of [{ beam: 2 }, { temperature: 1 }]) {
      expectUntouched(pen, () => decode(pen, [[1, 2]], options), ArgumentError, "gives values");
      expectUntouched(tagger, () => decode(tagger, [[[1, 2]]], options), ArgumentError, "gives values");
    }
    expectUntouched(pen, () => generate(pen, [1, 2], { seed: 1 }), ArgumentError, "draw of generate", "gives values");
  });

  test("with attention, by a network that has none", () => {
    for (const options of [{ beam: 2 }, { seed: 2 }])
      expectUntouched(
        model,
        () => decode(model, [[1]], { ...options, attention: true }),
        ArgumentError,
        "no attention",
      );
  });

  test("with inputs that do not fit", () => {
    expectUntouched(model, () => decode(model, [[9]], { beam: 2 }), ArgumentError, "0 to 8");
    expectUntouched(model, () => decode(model, [[[1, 2]]], { beam: 2 }), ShapeError, "2 features");
    expectUntouched(model, () => generate(model, [9], { beam: 2 } as never), ArgumentError, '"beam"');
  });
});

test("a vocabulary without a token is refused where it is made, and where it is named", () => {
  for (const make of [() => vocabulary([""]), () => vocabulary([[], []])])
    expectRefusal(make, ArgumentError, "vocabulary would be empty", "no token");
  expect(vocabulary([""], { stop: "<stop>" }).size).toBe(1);
  const empty = { cell: "gru", vocabularySize: 3, targetVocabularySize: 0, units: 2, start: 0 } as const;
  expectRefusal(() => encoderDecoder(empty), ArgumentError, "targetVocabularySize", "received 0");
});

test("logits that are no numbers are named, not drawn from", () => {
  const broken = translator();
  const [bias] = broken.parameters.filter(({ name, shape }) => name.includes("head") && shape.length === 1);
  const values = bias.read();
  values.data[3] = 3e38;
  values.data[4] = 3e38;
  bias.write(values);
  const [weight] = broken.parameters.filter(({ name, shape }) => name.includes("head") && shape.length === 2);
  const large = weight.read();
  weight.write(large.data.fill(3e38) && large);
  for (const options of [{ beam: 2 }, { seed: 1 }])
    expectRefusal(() => decode(broken, [[1]], options), ArgumentError, "decode expects finite logits");
  expectRefusal(() => [...generate(broken, [1], { seed: 1 })], ArgumentError, "generate expects finite logits");
  // It goes on as before.
  weight.write(large.data.fill(0) && large);
  expect(decode(broken, [[1]], { beam: 2 })).toHaveLength(1);
  expect([...generate(broken, [1], { seed: 1 })].length).toBeGreaterThan(0);
});
