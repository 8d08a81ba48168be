import { describe, expect, test } from "vitest";
import { type EncoderDecoderOptions, encoderDecoder, type Layer, oneToMany } from "../../src/index.js";
import { PlannedAnswers } from "../support/answers.js";
import { expectSameBits } from "./bits.js";

const lengths = [4, 0, 6, 3];
const targetLengths = [3, 5, 2, 0];
const sources = lengths.map((steps, index) => Array.from({ length: steps }, (_, step) => [(index * 5 + step * 3) % 7]));
const targets = targetLengths.map((steps, index) =>
  Array.from({ length: steps }, (_, step) => [(index * 2 + step) % 5]),
);

const ofTokens = (options: Partial<EncoderDecoderOptions> = {}) =>
  encoderDecoder({
    cell: "lstm",
    vocabularySize: 7,
    targetVocabularySize: 5,
    start: 1,
    units: 6,
    layers: 2,
    bidirectional: true,
    ...options,
  });

const networks: Record<string, () => Layer> = {
  "without attention": () => ofTokens(),
  "attention: dot": () => ofTokens({ attention: "dot", bridge: "concatenate" }),
  "attention: general": () => ofTokens({ attention: "general", bridge: "dense" }),
  "attention: additive": () => ofTokens({ attention: "additive" }),
};

const flat = (output: number[][][]) => output.flat(2);

describe.each(Object.entries(networks))("encoder and decoder, %s", (_, make) => {
  test("a sequence alone gives the same bits as among others, forced or free", () => {
    using planned = new PlannedAnswers(make(), false);
    planned.forward(sources, targets);
    const forced = planned.output();
    planned.forward(sources, 5);
    const free = planned.output();
    sources.forEach((source, index) => {
      planned.forward([source], [targets[index] ?? []]);
      expectSameBits(flat(planned.output()), flat([forced[index] ?? []]), `forced ${index}`);
      planned.forward([source], 5);
      expectSameBits(flat(planned.output()), flat([free[index] ?? []]), `free ${index}`);
    });
  });

  test("one step at a time gives the same bits as all at once", () => {
    using planned = new PlannedAnswers(make(), false);
    planned.forward(sources, 5);
    const free = planned.output();
    // Forced with what it answered itself, all steps are one call.
    const own = free.map((answer) => answer.map((row) => [row.indexOf(Math.max(...row))]));
    planned.forward(sources, own);
    expectSameBits(flat(planned.output()), flat(free), "output");
  });

  test("a longer prediction begins with the shorter one", () => {
    using planned = new PlannedAnswers(make(), false);
    planned.forward(sources, 7);
    const long = planned.output();
    planned.forward(sources, 3);
    expectSameBits(flat(planned.output()), flat(long.map((answer) => answer.slice(0, 3))), "output");
  });

  test("training gives the same bits as prediction", () => {
    using planned = new PlannedAnswers(make(), false);
    using trained = new PlannedAnswers(make(), true);
    for (const each of [planned, trained]) each.forward(sources, targets);
    expectSameBits(flat(trained.output()), flat(planned.output()), "output");
  });
});

describe("attention", () => {
  test.each(Object.entries(networks).slice(1))("%s: weights add up to 1 over the input's own steps", (_, make) => {
    using planned = new PlannedAnswers(make(), false);
    planned.forward(sources, targets);
    const steps = Math.max(...lengths);
    lengths.forEach((length, sequence) => {
      for (let answer = 0; answer < (targetLengths[sequence] as number); answer++) {
        const row = planned.attention(sequence, answer, steps);
        // Three to six weights, each rounded once.
        expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(length > 0 ? 1 : 0, 6);
        expect(row.subarray(0, length).every((weight) => weight > 0)).toBe(true);
        expect(row.subarray(length).every((weight) => weight === 0)).toBe(true);
      }
    });
  });

  test.each(Object.entries(networks))("%s: a masked step might as well not be there", (_, make) => {
    using masked = new PlannedAnswers(make(), false, { isMasked: true });
    using plain = new PlannedAnswers(make(), false);
    const holes = sources.map((source) => [[6], ...source.slice(0, 1), [0], [3], ...source.slice(1), [2]]);
    const mask = sources.map((source) => [
      0,
      ...source.slice(0, 1).map(() => 1),
      0,
      0,
      ...source.slice(1).map(() => 1),
      0,
    ]);
    masked.forward(holes, targets, mask);
    plain.forward(sources, targets);
    expectSameBits(flat(masked.output()), flat(plain.output()), "output");
  });
});

describe("a stop token", () => {
  test("ends each answer where it comes, and the run where all have ended", () => {
    using endless = new PlannedAnswers(ofTokens(), false);
    endless.forward(sources, 9);
    const free = endless.output();
    const chosen = free.map((answer) => answer.map((row) => row.indexOf(Math.max(...row))));
    for (let stop = 0; stop < 5; stop++) {
      using ended = new PlannedAnswers(ofTokens({ stop }), false);
      ended.forward(sources, 9);
      const expected = free.map((answer, index) => {
        const at = (chosen[index] as number[]).indexOf(stop);
        return at < 0 ? answer : answer.slice(0, at + 1);
      });
      expectSameBits(flat(ended.output()), flat(expected), `stop ${stop}`);
    }
    expect(new Set(chosen.flat()).size, "the sample has no stop token to meet").toBeGreaterThan(1);
  });

  test("says so, one step at a time", () => {
    using planned = new PlannedAnswers(ofTokens({ stop: 0 }), false);
    planned.forward(sources, 9);
    const lengths = Array.from(planned.run.answers?.lengths.subarray(0, 4) ?? []);
    planned.run.begin();
    planned.run.answers?.read();
    for (let step = 0; step < 9; step++)
      expect(planned.run.answers?.step(step)).toBe(lengths.some((length) => length > step + 1));
  });
});

describe("scheduled sampling", () => {
  const layer = () => oneToMany({ cell: "gru", inputSize: 2, outputSize: 2, units: 4, steps: 4, teacherForcing: 0.5 });
  const inputs = [0, 1, 2, 3].map((index) => [[Math.sin(index), Math.cos(index)]]);
  const wanted = [5, 3, 5, 4].map((steps, index) =>
    Array.from({ length: steps }, (_, step) => [Math.sin(index + step), Math.cos(step)]),
  );
  const answer = (planned: PlannedAnswers, at: readonly number[], count = 0) => {
    planned.draws.count = count;
    planned.forward(
      at.map((index) => inputs[index] ?? []),
      at.map((index) => wanted[index] ?? []),
    );
    return planned.output();
  };

  test("is drawn for each sequence by its place, whatever the lengths of the others", () => {
    using planned = new PlannedAnswers(layer(), true);
    const [first, second] = answer(planned, [0, 1, 2, 3]);
    const [again, twin] = answer(planned, [0, 1]);
    expectSameBits(flat([again ?? [], twin ?? []]), flat([first ?? [], second ?? []]), "output");
  });

  test("is drawn anew for each batch, and lies between forced and free", () => {
    using planned = new PlannedAnswers(layer(), true);
    const seen = [0, 1, 2, 3, 4, 5, 6, 7].map((count) => JSON.stringify(answer(planned, [0, 1, 2, 3], count)));
    expect(new Set(seen).size).toBe(8);
    const ratios = [0, 0.5, 1].map((teacherForcing) => {
      using other = new PlannedAnswers(
        oneToMany({ cell: "gru", inputSize: 2, outputSize: 2, units: 4, steps: 4, teacherForcing }),
        true,
      );
      return JSON.stringify(answer(other, [0, 1, 2, 3]));
    });
    expect(new Set(ratios).size).toBe(3);
  });

  test("is not there in a measurement: forced where training may force, free where it may not", () => {
    for (const [given, measured] of [
      [0.5, 1],
      [0, 0],
    ] as const) {
      const options = { cell: "gru", inputSize: 2, outputSize: 2, units: 4, steps: 4 } as const;
      using planned = new PlannedAnswers(oneToMany({ ...options, teacherForcing: given }), false);
      using reference = new PlannedAnswers(oneToMany({ ...options, teacherForcing: measured }), true);
      expectSameBits(flat(answer(planned, [0, 1, 2])), flat(answer(reference, [0, 1, 2])), `ratio ${given}`);
    }
  });
});

test("a batch leaves nothing behind for the next", () => {
  const layer = encoderDecoder({ cell: "gru", inputSize: 1, outputSize: 6, units: 4, attention: "additive" });
  const values = (steps: number, width: number) =>
    Array.from({ length: steps }, (_, step) => Array.from({ length: width }, (_, at) => Math.sin(step + 3 * at)));
  const small = { input: [values(2, 1), values(1, 1)], target: [values(2, 6), values(3, 6)] };
  using used = new PlannedAnswers(layer, true);
  using fresh = new PlannedAnswers(layer, true);
  used.forward(
    [5, 2, 7, 4].map((steps) => values(steps, 1)),
    [3, 6, 8, 1].map((steps) => values(steps, 6)),
  );
  used.backward();
  const found = [used, fresh].map((planned) => {
    planned.forward(small.input, small.target);
    return { output: planned.output(), gradients: planned.backward() };
  });
  expect(found[0]).toEqual(found[1]);
});
