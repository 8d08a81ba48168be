import { describe, expect, test } from "vitest";
import { decode, encoderDecoder, type Layer, Model, oneToMany } from "../../src/index.js";
import { TestRandom } from "../oracle/random.js";
import { ForcedAnswers, logShares } from "../support/forcedAnswers.js";
import { expectSameBits } from "./bits.js";

/**
 * Scores are sums of at most 10 float64 logarithms of the same float32 logits: they differ by how two runtimes round exp and
 * log, some 10⁻¹⁶ of values up to 50.
 */
const SCORE = 1e-12;

const STOP = 1;
const sources = [[3, 1, 4], [2], [5, 0, 2, 5, 3, 1], [4, 4]];
const translator = (vocabulary: number, options: object = {}) =>
  encoderDecoder({
    ...{ cell: "lstm", vocabularySize: 6, targetVocabularySize: vocabulary, units: 5, layers: 2, steps: 9 },
    ...{ start: 0, stop: STOP, attention: "additive", bidirectional: true, ...options },
  });
const networks: Record<string, (vocabulary: number) => Layer> = {
  "an LSTM with additive attention": translator,
  "a GRU with attention by products": (vocabulary) =>
    translator(vocabulary, { cell: "gru", attention: "dot", bridge: "concatenate" }),
  "a network without attention": (vocabulary) => translator(vocabulary, { attention: "none", cell: "elman" }),
};
/** Of as many tokens as it reads. */
const melody = (vocabulary: number, options: object = {}) =>
  oneToMany({ cell: "gru", vocabularySize: vocabulary, units: 6, layers: 2, steps: 9, stop: STOP, ...options });

/** With weights large enough for answers to be surprising. */
function wild(layer: Layer, seed: number): Model {
  const model = new Model(layer, { seed });
  const random = new TestRandom(seed);
  for (const parameter of model.parameters) {
    const values = parameter.read();
    values.data.set(random.numbers(values.data.length, 1.6));
    parameter.write(values);
  }
  return model;
}

const penalty = (length: number, alpha: number) => ((5 + length) / 6) ** alpha;

interface Scored {
  readonly tokens: readonly number[];
  readonly score: number;
}

const best = (all: readonly Scored[]) => [...all].sort((a, b) => b.score - a.score);

/** Every answer that there is. */
function everyAnswer(
  forced: ForcedAnswers,
  source: number[],
  vocabulary: number,
  steps: number,
  alpha: number,
): Scored[] {
  const grown = (tokens: readonly number[], sum: number): Scored[] => {
    if (tokens.at(-1) === STOP || tokens.length === steps)
      return [{ tokens: tokens.filter((token) => token !== STOP), score: sum / penalty(tokens.length, alpha) }];
    const shares = logShares(forced.logits(source, tokens)[tokens.length] as number[]);
    return Array.from({ length: vocabulary }, (_, token) => grown([...tokens, token], sum + shares[token])).flat();
  };
  return grown([], 0);
}

describe("a beam that holds every answer finds the best of all", () => {
  const vocabulary = 3;
  test.each([1, 2, 3, 4])("answers of at most %d tokens", (steps) => {
    for (const seed of [1, 2, 3]) {
      for (const make of [translator, melody]) {
        using model = wild(make(vocabulary), seed);
        using forced = new ForcedAnswers(model);
        const inputs = make === melody ? [[0], [2]] : sources;
        for (const lengthPenalty of [0, 0.6, 1, 3]) {
          const beam = vocabulary ** steps;
          const found = decode(model, inputs, { beam, lengthPenalty, steps, hypotheses: beam });
          // A search for the best alone may end sooner.
          const alone = decode(model, inputs, { beam, lengthPenalty, steps });
          inputs.forEach((source, index) => {
            const all = best(everyAnswer(forced, source, vocabulary, steps, lengthPenalty));
            const { tokens, score, hypotheses = [] } = found[index];
            expect(tokens).toEqual(all[0].tokens);
            expect(alone[index]).toEqual({ tokens, score });
            expect(Math.abs((score as number) - all[0].score)).toBeLessThan(SCORE);
            expect(hypotheses.map((each) => each.tokens)).toEqual(all.map((each) => each.tokens));
            hypotheses.forEach((each, rank) => {
              expect(Math.abs(each.score - all[rank].score)).toBeLessThan(SCORE);
            });
          });
        }
      }
    }
  });

  test("wherever the best answer is not the greedy one", () => {
    let others = 0;
    for (let seed = 1; seed <= 10; seed++) {
      using model = wild(translator(vocabulary), seed);
      const [wide, greedy] = [81, 1].map((beam) => decode(model, sources, { beam, steps: 4 }));
      others += wide.filter(({ tokens }, index) => tokens.join() !== greedy[index].tokens.join()).length;
    }
    // Of 40: else the tests above say nothing that a greedy search would not fulfil.
    expect(others).toBeGreaterThan(5);
  });
});

/** Beam search as the textbook has it, every beginning scored anew by forcing it, with the greedy answer among the last. */
function textbook(forced: ForcedAnswers, source: number[], greedy: Scored, beam: number, steps: number, alpha: number) {
  let open: Scored[] = [{ tokens: [], score: 0 }];
  const whole: Scored[] = [];
  for (let step = 0; step < steps && open.length > 0 && whole.length < beam; step++) {
    const candidates = best(
      open.flatMap(({ tokens, score }) =>
        logShares(forced.logits(source, tokens)[step] as number[]).map((share, token) => ({
          tokens: [...tokens, token],
          score: score + share,
        })),
      ),
    );
    const ends = ({ tokens }: Scored) => tokens.at(-1) === STOP || tokens.length === steps;
    const going = candidates.filter((one) => !ends(one)).slice(0, beam);
    for (const { tokens, score } of candidates.slice(0, beam).filter(ends))
      whole.push({ tokens: tokens.filter((token) => token !== STOP), score: score / penalty(tokens.length, alpha) });
    open = going;
  }
  const [found] = best(whole);
  return { found: found.score >= greedy.score ? found : greedy, isGreedyBetter: greedy.score > found.score };
}

describe.each(Object.entries(networks))("%s", (name, make) => {
  test("a beam finds what the textbook's search finds, or the greedy answer where that is better", () => {
    let better = 0;
    for (let seed = 1; seed <= 4; seed++) {
      using model = wild(make(6), seed);
      using forced = new ForcedAnswers(model);
      for (const [beam, lengthPenalty] of [
        [2, 0],
        [3, 0.8],
        [7, 0.3],
      ] as const) {
        const greedy = decode(model, sources, { beam: 1, lengthPenalty }) as Scored[];
        const found = decode(model, sources, { beam, lengthPenalty });
        sources.forEach((source, index) => {
          const expected = textbook(forced, source, greedy[index], beam, 9, lengthPenalty);
          expect(found[index].tokens).toEqual(expected.found.tokens);
          expect(Math.abs((found[index].score as number) - expected.found.score)).toBeLessThan(SCORE);
          if (expected.isGreedyBetter) better++;
        });
      }
    }
    // It does happen that the greedy beginning falls out of a beam and would have come to more: here too.
    expect(better).toBeGreaterThan(0);
  });

  test("a beam of 1 is the greedy answer, and its score that of the answer", () => {
    using model = wild(make(8), 5);
    using forced = new ForcedAnswers(model);
    for (const lengthPenalty of [0, 0.6, 2]) {
      const found = decode(model, sources, { beam: 1, lengthPenalty });
      decode(model, sources).forEach(({ tokens }, index) => {
        expect(found[index].tokens).toEqual(tokens);
        // Cut at nine steps, or ended by the stop token.
        const whole = tokens.length === 9 ? tokens : [...tokens, STOP];
        const score = forced.sum(sources[index], whole) / penalty(whole.length, lengthPenalty);
        expect(Math.abs((found[index].score as number) - score)).toBeLessThan(SCORE);
      });
    }
  });

  test("no sentence scores below greedy, some score above", () => {
    let above = 0;
    for (let seed = 1; seed <= 12; seed++) {
      using model = wild(make(12), seed);
      for (const lengthPenalty of [0, 0.6, 1.5]) {
        const greedy = decode(model, sources, { beam: 1, lengthPenalty });
        for (const beam of [2, 4, 8]) {
          decode(model, sources, { beam, lengthPenalty }).forEach(({ score = Number.NaN }, index) => {
            expect(score).toBeGreaterThanOrEqual(greedy[index].score as number);
            if (score > (greedy[index].score as number)) above++;
          });
        }
      }
    }
    expect(above).toBeGreaterThan(20);
  });

  test("a sentence alone finds what it finds among others", () => {
    using model = wild(make(7), 3);
    const options = { beam: 5, lengthPenalty: 0.7, hypotheses: 5, attention: name !== "a network without attention" };
    const many = Array.from({ length: 30 }, (_, index) => sources[index % 4].map((token) => (token + index) % 6));
    const all = decode(model, many, options);
    many.forEach((source, index) => {
      expect(decode(model, [source], options)).toEqual([all[index]]);
    });
  });
});

test("every hypothesis has the score of its tokens; the first is the answer", () => {
  using model = wild(translator(6), 2);
  using forced = new ForcedAnswers(model);
  decode(model, sources, { beam: 6, hypotheses: 6, lengthPenalty: 1 }).forEach(
    ({ tokens, score, hypotheses }, index) => {
      expect(hypotheses?.[0]).toEqual({ tokens, score });
      expect(hypotheses).toHaveLength(6);
      expect(new Set(hypotheses?.map((each) => each.tokens.join())).size).toBe(6);
      for (const each of hypotheses ?? []) {
        const whole = each.tokens.length === 9 ? each.tokens : [...each.tokens, STOP];
        expect(Math.abs(each.score - forced.sum(sources[index], whole) / penalty(whole.length, 1))).toBeLessThan(SCORE);
      }
    },
  );
});

test("attention is that of the answer, whatever rows of the beam it went through", () => {
  let ofOthers = 0;
  for (let seed = 1; seed <= 5; seed++) {
    using model = wild(translator(7), seed);
    using forced = new ForcedAnswers(model);
    const greedy = decode(model, sources);
    decode(model, sources, { beam: 4, attention: true }).forEach(({ tokens, attention }, index) => {
      const source = sources[index] as number[];
      expect(attention?.shape).toEqual([tokens.length, source.length]);
      expectSameBits(attention?.data ?? [], forced.attention(source, tokens), `source ${index}`);
      if (tokens.join() !== greedy[index].tokens.join()) ofOthers++;
    });
  }
  expect(ofOthers).toBeGreaterThan(3);
});

test("steps that are padded or masked are not there for a beam either", () => {
  using model = wild(translator(6, { bidirectional: false }), 3);
  const options = { beam: 4, hypotheses: 3, lengthPenalty: 0.5 };
  const plain = decode(
    model,
    [
      [3, 1, 4],
      [2, 5],
    ],
    options,
  );
  const padded = [
    [3, 1, 4, 0],
    [2, 5, 1, 1],
  ];
  expect(decode(model, padded, { ...options, lengths: [3, 2] })).toEqual(plain);
  const holes = [
    [3, 0, 1, 4],
    [5, 2, 5, 0],
  ];
  const mask = [
    [1, 0, 1, 1],
    [0, 1, 1, 0],
  ];
  expect(decode(model, holes, { ...options, mask })).toEqual(plain);
});

test("given states are those of a sequence in all rows of its beam", () => {
  using model = wild(translator(6, { bidirectional: false, layers: 1, cell: "gru" }), 3);
  const states = [
    [0.5, -0.5, 0.9, 0, -1],
    [-1, 0.2, 0.4, 1, 0.3],
    [0.1, 0.2, 0.3, 0.4, 0.5],
  ];
  const inputs = [[3, 1], [2], [3, 1]];
  const options = { beam: 3, lengthPenalty: 0.5 };
  const all = decode(model, inputs, { ...options, initialState: { "encoder.rnn": { h: states } } });
  inputs.forEach((input, index) => {
    const initialState = { "encoder.rnn": { h: [states[index] as number[]] } };
    expect(decode(model, [input], { ...options, initialState })).toEqual([all[index]]);
  });
  expect(all[0].score).not.toBe(all[2].score);
});

test("where nothing is fed back, the beam finds the likeliest tokens step by step", () => {
  using model = wild(melody(5, { feedback: "repeat", stop: undefined, steps: 6 }), 4);
  const [first] = decode(model, [[2], [3]], { beam: 4 });
  expect(first.tokens).toEqual(decode(model, [[2]])[0].tokens);
  expect(first.tokens).toHaveLength(6);
});

test("a beam wider than there are answers is no more than all of them", () => {
  using model = wild(translator(3), 1);
  const options = { steps: 3, lengthPenalty: 0.5 };
  expect(decode(model, sources, { ...options, beam: 1_000_000 })).toEqual(
    decode(model, sources, { ...options, beam: 27 }),
  );
});

test("empty inputs, and none", () => {
  using model = wild(translator(5), 1);
  expect(decode(model, [], { beam: 3 })).toEqual([]);
  const [alone] = decode(model, [[]], { beam: 3 });
  expect(decode(model, [[1, 2], []], { beam: 3 })[1]).toEqual(alone);
});
