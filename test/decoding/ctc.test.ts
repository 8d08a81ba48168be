import { describe, expect, test } from "vitest";
import { ctcBeam, ctcGreedy, labelErrorRate, Tensor, tensor } from "../../src/index.js";
import { TestRandom } from "../oracle/random.js";
import { softmaxRow } from "../oracle/softmax.js";

const [STEPS, CLASSES] = [5, 3];

/** Every label sequence of few steps with its likelihood and that of its likeliest alignment, counted path by path. */
function exhaustive(logits: Float32Array, blank: number) {
  const p = Array.from({ length: STEPS }, (_, t) =>
    softmaxRow(Float64Array.from(logits.subarray(t * CLASSES, (t + 1) * CLASSES)), false),
  );
  const sums = new Map<string, { labels: number[]; sum: number; most: number }>();
  for (let code = 0; code < CLASSES ** STEPS; code++) {
    const path = Array.from({ length: STEPS }, (_, t) => Math.floor(code / CLASSES ** t) % CLASSES);
    const labels = path.filter((symbol, t) => symbol !== blank && symbol !== path[t - 1]);
    const likelihood = path.reduce((product, symbol, t) => product * p[t][symbol], 1);
    const known = sums.get(labels.join()) ?? { labels, sum: 0, most: 0 };
    sums.set(labels.join(), { labels, sum: known.sum + likelihood, most: Math.max(known.most, likelihood) });
  }
  return [...sums.values()];
}

/** Sums of 3⁵ products in another order: some 1e-15 of each. */
const LOGARITHM_DIGITS = 12;
const samples = Array.from({ length: 12 }, (_, seed) => [seed, seed % CLASSES] as const);

describe("ctc decoding against every path", () => {
  test.each(samples)("sample %i, blank %i: greedy reads the likeliest path", (seed, blank) => {
    const logits = new TestRandom(seed + 1).numbers(STEPS * CLASSES, 3);
    const best = exhaustive(logits, blank).reduce((a, b) => (b.most > a.most ? b : a));
    expect(ctcGreedy([new Tensor(logits, [STEPS, CLASSES])], { blank })).toEqual([best.labels]);
  });

  test.each(samples)("sample %i, blank %i: a beam that keeps all gives every likelihood, in order", (seed, blank) => {
    const logits = new TestRandom(seed + 1).numbers(STEPS * CLASSES, 2);
    const all = exhaustive(logits, blank).sort((a, b) => b.sum - a.sum);
    const [hypotheses] = ctcBeam([new Tensor(logits, [STEPS, CLASSES])], { blank, beamWidth: 1000 });
    expect(hypotheses.length).toBe(all.length);
    hypotheses.forEach(({ labels, logProbability }, place) => {
      expect(labels).toEqual(all[place].labels);
      expect(logProbability).toBeCloseTo(Math.log(all[place].sum), LOGARITHM_DIGITS);
    });
  });

  test.each(samples)("sample %i, blank %i: a narrow beam claims no more than there is", (seed, blank) => {
    const logits = new TestRandom(seed + 1).numbers(STEPS * CLASSES, 2);
    const all = new Map(exhaustive(logits, blank).map(({ labels, sum }) => [labels.join(), Math.log(sum)]));
    for (const beamWidth of [1, 2, 4]) {
      const [hypotheses] = ctcBeam([new Tensor(logits, [STEPS, CLASSES])], { blank, beamWidth });
      expect(hypotheses.length).toBeLessThanOrEqual(beamWidth);
      const scores = hypotheses.map(({ logProbability }) => logProbability);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
      for (const { labels, logProbability } of hypotheses)
        expect(logProbability).toBeLessThan((all.get(labels.join()) as number) + 1e-12);
    }
  });
});

test("the likeliest path need not tell the likeliest labels: a beam finds them, greedy does not", () => {
  // Two steps: blank 0.6, label 0.4. The path of blanks has 0.36, the label in any place 0.64.
  const logits = [Math.log(0.6), Math.log(0.4)];
  const output = tensor([[logits, logits]]);
  expect(ctcGreedy(output)).toEqual([[]]);
  const [[best, second]] = ctcBeam(output);
  expect([best.labels, second.labels]).toEqual([[1], []]);
  expect(best.logProbability).toBeCloseTo(Math.log(0.64), 6);
});

test("repeats count once unless a blank lies between; lengths cut what is padded", () => {
  const oneHot = (path: number[]) => path.map((symbol) => [0, 1, 2].map((label) => (label === symbol ? 9 : 0)));
  const output = tensor([oneHot([1, 1, 0, 1, 2, 2]), oneHot([2, 0, 0, 1, 1, 2])]);
  expect(ctcGreedy(output)).toEqual([
    [1, 1, 2],
    [2, 1, 2],
  ]);
  expect(ctcGreedy(output, { lengths: [3, 0] })).toEqual([[1], []]);
  const [first, second] = ctcBeam(output, { lengths: [3, 0], beamWidth: 3 });
  expect(first[0].labels).toEqual([1]);
  expect(second).toEqual([{ labels: [], logProbability: 0 }]);
  expect(ctcGreedy([oneHot([1, 2]), oneHot([0])])).toEqual([[1, 2], []]);
});

test("600 steps do not underflow, and the same output gives the same hypotheses", () => {
  const output = new Tensor(new TestRandom(4).numbers(600 * 8, 4), [1, 600, 8]);
  const [hypotheses] = ctcBeam(output, { beamWidth: 5 });
  expect(hypotheses.length).toBe(5);
  expect(hypotheses.every(({ logProbability }) => Number.isFinite(logProbability) && logProbability < 0)).toBe(true);
  expect(ctcBeam(output, { beamWidth: 5 })).toEqual([hypotheses]);
});

test.each([
  [[[1, 2, 3]], [[1, 2, 3]], 0],
  [[[1, 3]], [[1, 2, 3]], 1 / 3],
  [[[3, 2, 1], []], [[1, 2, 3], [4]], 3 / 4],
  [[[1, 1, 1, 1]], [[2]], 4],
])("labelErrorRate of %j for %j is %f", (read, wanted, rate) => {
  expect(labelErrorRate(read, wanted)).toBeCloseTo(rate, 14);
});
