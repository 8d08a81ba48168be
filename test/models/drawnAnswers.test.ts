import { describe, expect, test } from "vitest";
import {
  adam,
  chooseToken,
  crossEntropy,
  type DecodeOptions,
  decode,
  encoderDecoder,
  fit,
  generate,
  Model,
  oneToMany,
} from "../../src/index.js";
import { ForcedAnswers } from "../support/forcedAnswers.js";
import { stateOf } from "../support/refusal.js";

const STOP = 1;
const STEPS = 9;
const sources = [[3, 1, 4], [2], [5, 0, 2, 5, 3, 1], [], [4, 4]];
const translator = new Model(
  encoderDecoder({
    ...{ cell: "gru", vocabularySize: 6, targetVocabularySize: 7, units: 6, attention: "additive", steps: STEPS },
    ...{ start: 0, stop: STOP },
  }),
  { seed: 3 },
);
const melody = new Model(
  oneToMany({ cell: "lstm", vocabularySize: 7, units: 6, layers: 2, steps: STEPS, stop: STOP }),
  { seed: 4 },
);
const networks = [
  ["an encoder and decoder", translator, sources],
  ["one token to many", melody, [[0], [5], [2], [6]]],
] as const;

const ways: [string, DecodeOptions][] = [
  ["plainly", { seed: 3 }],
  ["cold", { temperature: 0.5 }],
  ["hot, of the best three", { temperature: 2, topK: 3 }],
  ["of a nucleus, penalized", { topP: 0.8, repetitionPenalty: 1.7, seed: 11 }],
];

describe.each(networks)("%s", (_, model, inputs) => {
  test.each(ways)("drawn %s: every token is that which chooseToken draws after those before it", (__, options) => {
    using forced = new ForcedAnswers(model);
    decode(model, inputs, options).forEach(({ tokens }, sequence) => {
      const logits = forced.logits(inputs[sequence] as number[], tokens);
      const drawn = logits
        .slice(0, STEPS)
        .map((row, step) => chooseToken(row, { ...options, previous: tokens.slice(0, step), step, sequence }));
      expect(drawn.slice(0, tokens.length)).toEqual(tokens);
      // Then comes the stop token, or the answer was cut.
      expect(drawn.slice(tokens.length)).toEqual(tokens.length < STEPS ? [STOP] : []);
    });
  });

  test("what is drawn depends on seed and number of a sequence, not on its neighbours", () => {
    const drawn = decode(model, inputs, { seed: 5 });
    expect(decode(model, inputs, { seed: 5 })).toEqual(drawn);
    expect(decode(model, inputs, { seed: 6 })).not.toEqual(drawn);
    expect(decode(model, [...inputs.slice(0, 2), ...inputs.slice(0, 1)], { seed: 5 })[1]).toEqual(drawn[1]);
    expect(decode(model, inputs.slice(0, 1), { seed: 5 })[0]).toEqual(drawn[0]);
    // A shorter answer is the beginning of the longer one.
    decode(model, inputs, { seed: 5, steps: 3 }).forEach(({ tokens }, index) => {
      expect(tokens).toEqual(drawn[index].tokens.slice(0, 3));
    });
  });

  test.each(ways)("drawn %s: step by step it is the same", (__, options) => {
    const [first] = inputs;
    const [{ tokens }] = decode(model, [first], options);
    const streamed = Array.from(generate(model, first as number[], options), ({ token }) => token);
    expect(streamed).toEqual(tokens.length < STEPS ? [...tokens, STOP] : tokens);
  });

  test("temperature 0 is greedy, and so is an answer without options; a penalty alone draws nothing", () => {
    const greedy = decode(model, inputs);
    expect(decode(model, inputs, { temperature: 0 })).toEqual(greedy);
    expect(decode(model, inputs, { temperature: 0, seed: 9, topP: 0.5, topK: 2 })).toEqual(greedy);
    expect(decode(model, inputs, { repetitionPenalty: 1 })).toEqual(greedy);
    const penalized = decode(model, inputs, { repetitionPenalty: 1e6 });
    expect(decode(model, inputs, { repetitionPenalty: 1e6, temperature: 0, seed: 8 })).toEqual(penalized);
    expect(penalized).not.toEqual(greedy);
  });

  test("more than are run side by side: each draws by its number", () => {
    const many = Array.from({ length: 150 }, (__, index) => inputs[index % inputs.length] as number[]);
    const all = decode(model, many, { temperature: 1.5, seed: 2 });
    expect(decode(model, many.slice(0, 70), { temperature: 1.5, seed: 2 })).toEqual(all.slice(0, 70));
    // The same source, drawn anew.
    const same = all.filter((__, index) => index % inputs.length === 0).map(({ tokens }) => tokens.join());
    expect(new Set(same).size).toBeGreaterThan(10);
  });
});

test("attention is that of the tokens drawn", () => {
  using forced = new ForcedAnswers(translator);
  decode(translator, sources, { seed: 4, attention: true }).forEach(({ tokens, attention }, index) => {
    expect(Array.from(attention?.data ?? [])).toEqual(forced.attention(sources[index], tokens));
  });
  const streamed = [...generate(translator, sources[0], { seed: 4, attention: true })];
  const { tokens } = decode(translator, sources, { seed: 4 })[0];
  expect(streamed.slice(0, tokens.length).flatMap(({ attention }) => [...(attention?.data ?? [])])).toEqual(
    forced.attention(sources[0], tokens),
  );
});

test("draws between predictions change nothing of them, nor of the model", () => {
  const [before, state] = [translator.predictBatch(sources).data.slice(), stateOf(translator)];
  decode(translator, sources, { seed: 4 });
  decode(translator, sources, { beam: 3 });
  expect(translator.predictBatch(sources).data).toEqual(before);
  expect({ ...stateOf(translator), memory: 0 }).toEqual({ ...state, memory: 0 });
});

test("a network learns how often a token comes, and its draws show it", async () => {
  // Answers to 0: half of them 2, a quarter each 3 and 4.
  using coin = new Model(oneToMany({ cell: "gru", vocabularySize: 5, units: 4, steps: 1 }), { seed: 1 });
  const target = [[2], [2], [3], [4]];
  const data = { input: target.map(() => [0]), target };
  await fit(coin, data, { loss: crossEntropy, optimizer: adam({ learningRate: 0.05 }), epochs: 400 });
  const count = 4000;
  const drawn = decode(coin, Array(count).fill([0]), { temperature: 1 }).map(({ tokens }) => tokens[0]);
  const share = (token: number) => drawn.filter((each) => each === token).length / count;
  // A share of 4 000 draws is off by √(p (1 − p) / 4000) ≤ 0.008; four of those, and 0.01 for what is not yet learned.
  expect(Math.abs(share(2) - 0.5)).toBeLessThan(0.042);
  expect(Math.abs(share(3) - 0.25)).toBeLessThan(0.042);
  expect(Math.abs(share(4) - 0.25)).toBeLessThan(0.042);
});
