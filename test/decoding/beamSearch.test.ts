import { expect, test } from "vitest";
import { BeamSearch, lengthPenalty } from "../../src/decoding/beamSearch.js";
import { TestRandom } from "../oracle/random.js";
import { logShares } from "../support/forcedAnswers.js";

const STOP = 1;
const VOCABULARY = 3;

/** Logits of the token after any beginning, each drawn anew. */
function language(seed: number): (tokens: readonly number[]) => Float64Array {
  const known = new Map<string, Float64Array>();
  const random = new TestRandom(seed);
  return (tokens) => {
    const found = known.get(tokens.join()) ?? new Float64Array(random.numbers(VOCABULARY, 1.2));
    known.set(tokens.join(), found);
    return found;
  };
}

/** Goes all the way, and tells of what it asked: the beginnings by their places, as a network's rows would hold them. */
function searched(logits: ReturnType<typeof language>, options: ConstructorParameters<typeof BeamSearch>[0]) {
  const search = new BeamSearch(options, VOCABULARY);
  let rows: number[][] = [[]];
  let steps = 0;
  for (; search.open > 0; steps++) {
    search.advance((row) => logits(rows[row - 7] as number[]), 7);
    rows = Array.from({ length: search.open }, (_, at) => [...rows[search.place(at)], search.token(at)]);
  }
  return { best: search.best(), steps };
}

function bestOfAll(logits: ReturnType<typeof language>, steps: number, alpha: number) {
  let best = { tokens: [] as number[], score: Number.NEGATIVE_INFINITY };
  const grow = (tokens: number[], sum: number) => {
    if (tokens.at(-1) === STOP || tokens.length === steps) {
      const score = sum / ((5 + tokens.length) / 6) ** alpha;
      if (score > best.score) best = { tokens, score };
      return;
    }
    const shares = logShares(Array.from(logits(tokens)));
    for (let token = 0; token < VOCABULARY; token++) grow([...tokens, token], sum + (shares[token] as number));
  };
  grow([], 0);
  return best;
}

test("a full beam finds the best answer, however much long ones are helped, and ends as soon as that is certain", () => {
  let early = 0;
  for (let seed = 1; seed <= 40; seed++) {
    for (const alpha of [0, 0.6, 1.5, 4]) {
      for (const steps of [2, 5]) {
        const logits = language(seed);
        const options = { beam: VOCABULARY ** steps, hypotheses: 1, lengthPenalty: alpha, stop: STOP, steps };
        const found = searched(logits, options);
        const expected = bestOfAll(logits, steps, alpha);
        expect(found.best[0]?.tokens).toEqual(expected.tokens);
        // Five logarithms, each rounded once.
        expect(found.best[0]?.score).toBeCloseTo(expected.score, 12);
        if (found.steps < steps) early++;
      }
    }
  }
  expect(early).toBeGreaterThan(40);
});

test("a narrow beam follows so many beginnings, never more", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const search = new BeamSearch({ beam: 3, hypotheses: 3, lengthPenalty: 0, stop: STOP, steps: 6 }, VOCABULARY);
    const random = new TestRandom(seed);
    for (let step = 0; search.open > 0; step++) {
      expect(step).toBeLessThan(6);
      search.advance(() => new Float64Array(random.numbers(VOCABULARY, 1)), 0);
      expect(search.open).toBeLessThanOrEqual(3);
    }
    const scores = search.best().map(({ score }) => score);
    expect(scores).toHaveLength(3);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  }
});

test("of equal candidates the first beginning's lowest token comes first", () => {
  const search = new BeamSearch({ beam: 2, hypotheses: 2, lengthPenalty: 0, stop: undefined, steps: 3 }, 4);
  for (let step = 0; step < 3; step++) search.advance(() => new Float64Array(4), 0);
  expect(search.best().map(({ tokens }) => tokens)).toEqual([
    [0, 0, 0],
    [0, 0, 1],
  ]);
});

test("the length penalty is that of Wu et al.", () => {
  expect(lengthPenalty(1, 0.6)).toBe(1);
  expect(lengthPenalty(7, 1)).toBe(2);
  expect(lengthPenalty(19, 0.5)).toBe(2);
  expect(lengthPenalty(30, 0)).toBe(1);
});
