import { describe, expect, test } from "vitest";
import { bestPlaces } from "../../src/decoding/bestPlaces.js";
import { type ChooseTokenOptions, chooseToken } from "../../src/index.js";
import { TestRandom } from "../oracle/random.js";

/** Logits as networks give them: float32, no two alike. */
const logits = (count: number, seed: number) => new TestRandom(seed).numbers(count, 3);

/** The shares that tokens are drawn by, as the papers write them: nothing shared with the library. */
function oracle(given: ArrayLike<number>, options: ChooseTokenOptions): number[] {
  const { temperature = 1, topK = given.length, topP = 1, repetitionPenalty = 1, previous = [] } = options;
  const scores = Array.from(given, (score, token) => {
    if (!Array.from(previous).includes(token)) return score;
    return score > 0 ? score / repetitionPenalty : score * repetitionPenalty;
  });
  const softmax = (values: number[]) => {
    const powers = values.map((value) => Math.exp(value / temperature));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / sum);
  };
  const rankOf = scores.map(
    (score, token) => scores.filter((other, at) => other > score || (other === score && at < token)).length,
  );
  const ofTop = softmax(scores.map((score, token) => ((rankOf[token] as number) < topK ? score : -Infinity)));
  return softmax(
    scores.map((score, token) => {
      const heavier = ofTop.reduce((sum, share, at) => sum + (rankOf[at] < rankOf[token] ? share : 0), 0);
      return rankOf[token] < topK && (topP === 1 || heavier < topP) ? score : -Infinity;
    }),
  );
}

const DRAWS = 4000;

function counted(given: ArrayLike<number>, options: ChooseTokenOptions): number[] {
  const counts = Array.from(given, () => 0);
  for (let step = 0; step < DRAWS; step++) counts[chooseToken(given, { ...options, step })]++;
  return counts;
}

/** Σ (n − E)² / E over the tokens that may come; those expected fewer than five times count as one. */
function chiSquare(counts: number[], shares: number[]): { value: number; freedom: number } {
  const all = shares.map((share, token) => ({ expected: share * DRAWS, count: counts[token] }));
  const rare = all.filter(({ expected }) => expected < 5);
  const sum = (of: "expected" | "count") => rare.reduce((total, each) => total + each[of], 0);
  const classes = [
    ...all.filter(({ expected }) => expected >= 5),
    ...(sum("expected") > 0 ? [{ expected: sum("expected"), count: sum("count") }] : []),
  ];
  const value = classes.reduce((total, { expected, count }) => total + (count - expected) ** 2 / expected, 0);
  return { value, freedom: classes.length - 1 };
}

/**
 * Mean n and variance 2 n of chi-square with n degrees of freedom; by Wilson and Hilferty its cube root is nearly normal, so
 * that n (1 − 2/9n + 4.5 √(2/9n))³ is exceeded by three draws of a million. The seeds are fixed: it either holds or not.
 */
const bound = (n: number) => n * (1 - 2 / (9 * n) + 4.5 * Math.sqrt(2 / (9 * n))) ** 3;

describe("tokens come as often as their shares say", () => {
  const cases: [string, ChooseTokenOptions][] = [
    ["as the softmax says", {}],
    ["cold", { temperature: 0.5 }],
    ["hot", { temperature: 2.5 }],
    ["of the best three", { topK: 3 }],
    ["of a nucleus", { topP: 0.7 }],
    ["of a nucleus of the best five, cold", { topK: 5, topP: 0.8, temperature: 0.7 }],
    ["with a penalty for what was there", { repetitionPenalty: 1.8, previous: [0, 2, 4, 4] }],
    ["with a reward", { repetitionPenalty: 0.5, previous: [1, 3], temperature: 1.5 }],
    ["everything at once", { topK: 6, topP: 0.9, temperature: 1.2, repetitionPenalty: 1.3, previous: [5, 6, 7] }],
  ];
  test.each(cases)("%s", (_, options) => {
    for (const seed of [1, 2, 3]) {
      const given = logits(8, 10 * seed);
      const shares = oracle(given, options);
      const counts = counted(given, { ...options, seed });
      shares.forEach((share, token) => {
        if (share === 0) expect(counts[token], `token ${token}`).toBe(0);
      });
      const { value, freedom } = chiSquare(counts, shares);
      expect(freedom).toBeGreaterThan(0);
      expect(value).toBeLessThan(bound(freedom));
    }
  });
});

test("temperature 0 takes the likeliest, the first of equal ones, after the penalty", () => {
  expect(chooseToken([1, 3, 3, 2], { temperature: 0 })).toBe(1);
  expect(chooseToken([1, 3, 3, 2], { temperature: 0, repetitionPenalty: 2, previous: [1] })).toBe(2);
  expect(chooseToken([-1, -3], { temperature: 0, repetitionPenalty: 4, previous: [0] })).toBe(1);
  expect(chooseToken([7])).toBe(0);
});

test("a token that was there several times is penalized once", () => {
  const cold = { temperature: 0, repetitionPenalty: 1.25 };
  // 3 / 1.25 is above 2, 3 / 1.25² below it.
  expect(chooseToken([2, 3], { ...cold, previous: [1, 1] })).toBe(1);
  expect(chooseToken([-3, -2], { ...cold, previous: [1, 1] })).toBe(1);
  expect(chooseToken([2, 3], { ...cold, repetitionPenalty: 1.6, previous: [1] })).toBe(0);
});

test("the token that crosses topP stays, the next does not; equal ones go by their number", () => {
  // Shares 0.5, 0.25, 0.125, 0.125.
  const given = [0.5, 0.25, 0.125, 0.125].map(Math.log);
  const seen = (options: ChooseTokenOptions) => {
    const tokens = new Set(Array.from({ length: 400 }, (_, step) => chooseToken(given, { ...options, step })));
    return [...tokens].sort();
  };
  expect(seen({ topP: 0.4 })).toEqual([0]);
  expect(seen({ topP: 0.6 })).toEqual([0, 1]);
  expect(seen({ topP: 0.8 })).toEqual([0, 1, 2]);
  expect(seen({ topP: 1 })).toEqual([0, 1, 2, 3]);
  expect(seen({ topK: 3 })).toEqual([0, 1, 2]);
  expect(seen({ topK: 99 })).toEqual([0, 1, 2, 3]);
  // Four alike are exact quarters: two of them reach a half, and there is nothing left to cross.
  given.fill(0);
  expect(seen({ topP: 0.5 })).toEqual([0, 1]);
});

test("a draw depends on seed, sequence and step alone, not on those before it", () => {
  const given = logits(30, 5);
  const draw = (options: ChooseTokenOptions) =>
    Array.from({ length: 40 }, (_, step) => chooseToken(given, { ...options, step }));
  const first = draw({ seed: 4 });
  expect([...first.keys()].reverse().map((step) => chooseToken(given, { seed: 4, step }))).toEqual(
    first.slice().reverse(),
  );
  expect(draw({ seed: 4 })).toEqual(first);
  expect(draw({ seed: 5 })).not.toEqual(first);
  expect(draw({ seed: 4, sequence: 1 })).not.toEqual(first);
});

test("the same tokens everywhere", () => {
  const given = Float32Array.from({ length: 50 }, (_, at) => Math.fround((at % 11) / 4 - 1));
  const drawn = Array.from({ length: 12 }, (_, step) => chooseToken(given, { temperature: 0.9, topP: 0.9, step }));
  expect(drawn).toMatchInlineSnapshot(`
    [
      9,
      41,
      10,
      29,
      42,
      21,
      21,
      29,
      41,
      27,
      30,
      43,
    ]
  `);
});

test("extremes: huge logits, tiny temperatures and huge penalties stay numbers", () => {
  const huge = [-3e38, 3e38, 2.9e38];
  expect(chooseToken(huge)).toBe(1);
  expect(chooseToken(huge, { temperature: 1e-300 })).toBe(1);
  expect(chooseToken([-1e308, -1e307], { repetitionPenalty: 1e300, previous: [0, 1], temperature: 0 })).toBe(0);
  expect([0, 1]).toContain(chooseToken([-1e308, -1e308], { repetitionPenalty: 1e300, previous: [0, 1] }));
  expect([0, 1]).toContain(chooseToken([1, 1], { temperature: 1e300 }));
});

test("options and logits are read, not changed", () => {
  const given = logits(9, 3);
  const [before, previous] = [given.slice(), [1, 2]];
  chooseToken(given, { topK: 2, topP: 0.5, repetitionPenalty: 3, previous });
  expect(given).toEqual(before);
  expect(previous).toEqual([1, 2]);
});

test("the best places are those of a stable sort, however many are wanted", () => {
  for (const [length, levels] of [
    [200, 7],
    [200, 1e9],
    [33, 3],
  ] as const) {
    const values = Float64Array.from(new TestRandom(length).numbers(length), (value) => Math.floor(value * levels));
    const sorted = [...values.keys()].sort((a, b) => values[b] - values[a] || a - b);
    for (const count of [1, 2, 8, 12, 13, 100, length, length + 3]) {
      const found = new Int32Array(count);
      bestPlaces(values, found);
      expect([...found].slice(0, length)).toEqual(sorted.slice(0, count));
    }
  }
});
