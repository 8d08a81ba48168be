import { describe, expect, test } from "vitest";
import { type EncoderDecoderOptions, encoderDecoder, type Layer, oneToMany } from "../../src/index.js";
import { PlannedAnswers } from "../support/answers.js";

/** Ragged, unsorted, one of them empty; targets of other lengths and another order. */
const lengths = [4, 0, 6, 3];
const targetLengths = [3, 5, 2, 0];
const values = (steps: number, width: number, seed: number) =>
  Array.from({ length: steps }, (_, step) =>
    Array.from({ length: width }, (_, feature) => 0.9 * Math.sin(seed + 2.1 * step + 0.7 * feature)),
  );
const tokens = (steps: number, seed: number, size: number) =>
  Array.from({ length: steps }, (_, step) => [(seed * 5 + step * 3) % size]);

const sources = {
  values: lengths.map((steps, index) => values(steps, 3, index)),
  tokens: lengths.map((steps, index) => tokens(steps, index, 7)),
};
const targets = {
  values: targetLengths.map((steps, index) => values(steps, 2, 9 + index)),
  tokens: targetLengths.map((steps, index) => tokens(steps, index + 2, 5)),
};
const singles = {
  values: lengths.map((_, index) => values(1, 2, index)),
  tokens: lengths.map((_, index) => tokens(1, index, 5)),
};

interface Sample {
  readonly layer: Layer;
  readonly input: readonly (readonly (readonly number[])[])[];
  readonly target: readonly (readonly (readonly number[])[])[];
}

const base = { cell: "gru", inputSize: 3, outputSize: 2, units: 3 } as const;
const ofValues = (options: Partial<EncoderDecoderOptions> = {}): Sample => ({
  layer: encoderDecoder({ ...base, ...options }),
  input: sources.values,
  target: targets.values,
});
const ofTokens = (options: Partial<EncoderDecoderOptions> = {}): Sample => ({
  layer: encoderDecoder({ cell: "lstm", vocabularySize: 7, targetVocabularySize: 5, start: 1, units: 3, ...options }),
  input: sources.tokens,
  target: targets.tokens,
});

const samples: Record<string, () => Sample> = {
  "states handed over": () => ofValues(),
  "states of a stack of LSTMs": () => ofValues({ cell: "lstm", layers: 2 }),
  "both directions added": () => ofValues({ cell: "lstm", layers: 2, bidirectional: true }),
  "both directions side by side": () => ofValues({ bidirectional: true, bridge: "concatenate" }),
  "a dense bridge": () => ofValues({ cell: "lstm", layers: 2, bidirectional: true, bridge: "dense" }),
  "a dense bridge of one direction": () => ofValues({ bridge: "dense", cell: "elman" }),
  "attention: dot": () => ofValues({ attention: "dot" }),
  "attention: dot, twice as wide": () =>
    ofValues({ attention: "dot", bidirectional: true, bridge: "concatenate", units: 5 }),
  "attention: general": () => ofValues({ attention: "general", bidirectional: true }),
  "attention: additive": () => ofValues({ attention: "additive", bidirectional: true, attentionSize: 5 }),
  "attention of one unit": () => ofValues({ attention: "additive", units: 1 }),
  "outputs fed back": () => ofValues({ teacherForcing: 0 }),
  "outputs fed back, attention": () => ofValues({ teacherForcing: 0, attention: "additive", layers: 2 }),
  "half of the outputs fed back": () => ofValues({ teacherForcing: 0.5, attention: "general" }),
  "the last input first": () => ofValues({ outputSize: 3, start: "last", teacherForcing: 0 }),
  tokens: () => ofTokens({ attention: "dot" }),
  "tokens, stacked and bidirectional": () => ofTokens({ attention: "additive", layers: 2, bidirectional: true }),
  "one to many, fed back": () => ({
    layer: oneToMany({ cell: "gru", inputSize: 2, outputSize: 2, units: 3, steps: 4, teacherForcing: 0 }),
    input: singles.values,
    target: targets.values,
  }),
  "one to many, partly forced": () => ({
    layer: oneToMany({ cell: "lstm", inputSize: 2, outputSize: 2, units: 3, layers: 2, steps: 4, teacherForcing: 0.5 }),
    input: singles.values,
    target: targets.values,
  }),
  "one to many, repeated": () => ({
    layer: oneToMany({ cell: "gru", inputSize: 2, outputSize: 1, units: 3, steps: 4, feedback: "repeat" }),
    input: singles.values,
    target: targetLengths.map((steps, index) => values(steps, 1, index)),
  }),
  "one to many, zeros": () => ({
    layer: oneToMany({ cell: "elman", inputSize: 2, outputSize: 1, units: 3, steps: 4, feedback: "zeros" }),
    input: singles.values,
    target: targetLengths.map((steps, index) => values(steps, 1, index)),
  }),
  "one to many, tokens": () => ({
    layer: oneToMany({ cell: "gru", vocabularySize: 5, units: 3, steps: 4 }),
    input: singles.tokens,
    target: targets.tokens,
  }),
};

/**
 * Step of the differences, and what they may miss over the largest gradient of a parameter: their own error of h² · f''',
 * and float32's rounding of a sum of about 20 answers, 2e-6, over twice the step.
 */
const STEP = 4e-3;
const TOLERANCE = 2e-4;

/** Largest difference between the gradients and central differences, over a sample of each parameter. */
function largestDifference({ layer, input, target }: Sample): number {
  using planned = new PlannedAnswers(layer, true);
  const lossAt = () => {
    planned.forward(input, target);
    return planned.loss();
  };
  lossAt();
  const gradients = planned.backward();
  let worst = 0;
  for (const [name, gradient] of gradients) {
    const original = planned.read(name);
    const scale = Math.max(1, ...gradient.map(Math.abs));
    for (let index = 0; index < original.length; index += Math.max(1, original.length >> 3)) {
      const moved = (offset: number) => {
        const copy = original.slice();
        copy[index] = (copy[index] as number) + offset;
        planned.write(name, copy);
        return lossAt();
      };
      const slope = (moved(STEP) - moved(-STEP)) / (2 * STEP);
      planned.write(name, original);
      worst = Math.max(worst, Math.abs(slope - (gradient[index] as number)) / scale);
    }
  }
  return worst;
}

describe("networks that answer at steps of their own", () => {
  test.each(Object.entries(samples))("%s: backward is the derivative of forward", (_, make) => {
    expect(largestDifference(make())).toBeLessThan(TOLERANCE);
  });

  test.each(Object.entries(samples))("%s: every parameter has a gradient", (_, make) => {
    const { layer, input, target } = make();
    using planned = new PlannedAnswers(layer, true);
    planned.forward(input, target);
    for (const [name, gradient] of planned.backward())
      expect(
        gradient.some((value) => value !== 0),
        name,
      ).toBe(true);
  });
});
