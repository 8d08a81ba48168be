import { expect, test } from "vitest";
import { uniform } from "../../examples/learning/random.js";
import {
  adam,
  ctc,
  ctcBeam,
  ctcGreedy,
  dense,
  evaluate,
  fit,
  gaussianNll,
  gru,
  klDivergence,
  labelErrorRate,
  lastStep,
  Model,
  mixtureDensity,
  sampleMixture,
  sequential,
} from "../../src/index.js";
import { oneHot } from "./tasks/random.js";

/** Some twelve uniform numbers make a nearly normal one. */
function noise(next: () => number): number {
  return Array.from({ length: 12 }, next).reduce((a, b) => a + b, 0) - 6;
}

/** Answers that are 1 + x or −(1 + x), as a coin falls, but for some noise of deviation 0.1. */
function twoBranches(count: number, seed: number) {
  const next = uniform(seed);
  const input = Array.from({ length: count }, () => [[next()], [2 * next() - 1]]);
  const target = input.map(([, [x]]) => [(next() < 0.5 ? 1 : -1) * (2 + x) + 0.1 * noise(next)]);
  return { input, target };
}

test("a mixture of two finds both branches where one Gaussian can only tell their middle", async () => {
  const [data, test] = [twoBranches(512, 1), twoBranches(256, 2)];
  using mixture = new Model(sequential(gru(8), lastStep(), dense(6)), { inputSize: 1 });
  using single = new Model(sequential(gru(8), lastStep(), dense(2)), { inputSize: 1 });
  const loss = mixtureDensity({ components: 2 });
  const course = { epochs: 60, batchSize: 32, optimizer: adam({ learningRate: 0.01 }), clipNorm: 1 };
  await fit(mixture, data, { loss, ...course });
  await fit(single, data, { loss: gaussianNll({ full: true }), ...course });
  // ln 2 + ½ ln (2πe · 0.1²) = −0.19 is the least there is; a Gaussian as wide as both branches has 2.1.
  expect(evaluate(mixture, test, { loss }).loss).toBeLessThan(0.1);
  expect(evaluate(single, test, { loss: gaussianNll({ full: true }) }).loss).toBeGreaterThan(1.8);
  const drawn = sampleMixture(mixture.predictBatch(test.input), { components: 2, seed: 3 }).data;
  const isNear = (index: number) => Math.abs(Math.abs(drawn[index]) - (2 + test.input[index][1][0])) < 0.5;
  expect(test.input.filter((_, index) => isNear(index)).length).toBeGreaterThan(0.95 * 256);
  // Four deviations of 256 tosses are 32.
  expect(Math.abs(drawn.filter((value) => value > 0).length - 128)).toBeLessThan(32);
});

test("gaussianNll learns how far the answers scatter, not only where", async () => {
  const next = uniform(5);
  const input = Array.from({ length: 512 }, () => [[2 * next() - 1], [2 * next() - 1]]);
  /** ln σ = x − 1 of the second step, the mean is x of the first. */
  const target = input.map(([[a], [b]]) => [a + Math.exp(b - 1) * noise(next)]);
  using model = new Model(sequential(gru(8), lastStep(), dense(2)), { inputSize: 1 });
  await fit(model, { input, target }, { loss: gaussianNll(), epochs: 60, optimizer: adam({ learningRate: 0.01 }) });
  const told = model.predictBatch(input).data;
  const away = input.map(([[a], [b]], index) => [
    Math.abs(told[2 * index] - a),
    Math.abs(told[2 * index + 1] / 2 - (b - 1)),
  ]);
  const mean = (part: number) => away.reduce((sum, pair) => sum + pair[part], 0) / away.length;
  // A constant would be off by 0.5 in both.
  expect(mean(0)).toBeLessThan(0.15);
  expect(mean(1)).toBeLessThan(0.2);
});

/** One to four signals of one to three steps each, with gaps, in a stream of twelve to twenty noisy steps. */
function signals(count: number, seed: number) {
  const next = uniform(seed);
  const whole = (most: number) => Math.floor(next() * most);
  const examples = Array.from({ length: count }, () => {
    const labels = Array.from({ length: 1 + whole(4) }, () => 1 + whole(3));
    const steps = labels.flatMap((label) => [
      ...Array.from({ length: 1 + whole(2) }, () => oneHot(4, 0)),
      ...Array.from({ length: 1 + whole(3) }, () => oneHot(4, label)),
    ]);
    return { labels, steps: steps.map((step) => step.slice(1).map((value) => value + 0.2 * noise(next))) };
  });
  return { input: examples.map(({ steps }) => steps), target: examples.map(({ labels }) => labels) };
}

test("ctc learns to tell labels from a stream in which nobody marked them", async () => {
  const [data, test] = [signals(256, 7), signals(128, 8)];
  using model = new Model(sequential(gru(16), dense(4)), { inputSize: 3 });
  const loss = ctc();
  const before = evaluate(model, test, { loss }).loss;
  await fit(model, data, { loss, epochs: 40, batchSize: 16, optimizer: adam({ learningRate: 0.01 }), clipNorm: 1 });
  expect(evaluate(model, test, { loss }).loss).toBeLessThan(before / 10);
  const output = model.predictBatch(test.input);
  const lengths = test.input.map((steps) => steps.length);
  const greedy = labelErrorRate(ctcGreedy(output, { lengths }), test.target);
  const beam = labelErrorRate(
    ctcBeam(output, { lengths, beamWidth: 8 }).map(([best]) => best.labels),
    test.target,
  );
  expect(greedy).toBeLessThan(0.05);
  expect(beam).toBeLessThan(0.05);
});

test("klDivergence: a small network comes near the probabilities of another", async () => {
  const next = uniform(9);
  const input = Array.from({ length: 256 }, () => Array.from({ length: 4 }, () => [2 * next() - 1]));
  const target = input.map((steps) => {
    const shares = [0, 1, 2].map((label) =>
      Math.exp(steps.reduce((sum, [x], at) => sum + x * Math.cos(at + 2 * label), 0)),
    );
    const sum = shares.reduce((a, b) => a + b, 0);
    return shares.map((share) => share / sum);
  });
  using model = new Model(sequential(gru(12), lastStep(), dense(3)), { inputSize: 1 });
  const loss = klDivergence();
  const before = evaluate(model, { input, target }, { loss }).loss;
  await fit(model, { input, target }, { loss, epochs: 60, optimizer: adam({ learningRate: 0.01 }) });
  expect(evaluate(model, { input, target }, { loss }).loss).toBeLessThan(before / 20);
});
