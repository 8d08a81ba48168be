import { expect, test } from "vitest";
import {
  crossEntropy,
  encoderDecoder,
  gradientFlow,
  Model,
  meanSquaredError,
  oneToMany,
  type Tensor,
  trace,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";

const UNITS = 6;
const translator = (): Model =>
  new Model(
    encoderDecoder({
      cell: "gru",
      vocabularySize: 9,
      targetVocabularySize: 9,
      units: UNITS,
      start: 1,
      stop: 2,
      steps: 12,
    }),
    { seed: 4 },
  );
const sentences = Array.from({ length: 70 }, (_, sentence) =>
  Array.from({ length: 1 + (sentence % 5) }, (_, step) => 3 + ((5 * sentence + 2 * step) % 6)),
);

/** A sum of two products of numbers below 1, in float32. */
const TOLERANCE = 3e-7;

/** The row of a sequence at a step. */
const row = ({ data, shape: [, steps, width] }: Tensor, sequence: number, step: number): Float32Array =>
  data.subarray((sequence * steps + step) * width, (sequence * steps + step + 1) * width);

test("a decoder is followed through the steps of its answers", () => {
  using model = translator();
  const { output, layers } = trace(model, sentences);
  const [encoder, decoder] = layers;
  expect(layers.map(({ path }) => path)).toEqual(["encoder.rnn", "decoder.rnn"]);
  expectSameBits(output.data, model.predictBatch(sentences).data, "output");
  const [, answered] = output.shape;
  expect(encoder.states.h.shape).toEqual([70, 5, UNITS]);
  expect(decoder.states.h.shape).toEqual([70, answered, UNITS]);
  const { r, z, n } = decoder.gates;
  expect(Object.keys(decoder.gates)).toEqual(["r", "z", "n"]);
  expect(r.shape).toEqual([70, answered, UNITS]);
  for (const [sentence, { length }] of sentences.entries()) {
    for (let step = 0; step < answered; step++) {
      const isAnswered = row(output, sentence, step).some((value) => value !== 0);
      const before =
        step === 0 ? row(encoder.states.h, sentence, length - 1) : row(decoder.states.h, sentence, step - 1);
      row(decoder.states.h, sentence, step).forEach((value, unit) => {
        const [update, candidate] = [z, n].map((gate) => row(gate, sentence, step)[unit]);
        const wanted = isAnswered ? candidate + update * (before[unit] - candidate) : 0;
        expect(Math.abs(value - wanted), `${sentence} ${step}`).toBeLessThan(TOLERANCE);
      });
    }
  }
});

test("answers of another length are followed as far as they go", () => {
  using model = translator();
  const { output, layers } = trace(model, sentences.slice(0, 3), { steps: 2 });
  expect(output.shape[1]).toBe(2);
  const whole = trace(model, sentences.slice(0, 3)).layers[1];
  expectSameBits(row(layers[1].states.h, 2, 1), row(whole.states.h, 2, 1), "h");
  expect(() => trace(model, sentences, { steps: 0 })).toThrow("steps of trace");
});

test("one to many: every gate and both states of every answer", () => {
  using model = new Model(
    oneToMany({ cell: "lstm", inputSize: 3, units: UNITS, outputSize: 3, steps: 4, feedback: "output" }),
  );
  const { output, layers } = trace(model, [
    [1, 2, 3],
    [0, -1, 1],
  ]);
  expect(output.shape).toEqual([2, 4, 3]);
  const [{ path, states, gates }] = layers;
  expect(path).toBe("rnn");
  for (const sequence of [0, 1]) {
    for (let step = 1; step < 4; step++) {
      row(states.c, sequence, step).forEach((value, unit) => {
        const [i, f, g] = ["i", "f", "g"].map((gate) => row(gates[gate], sequence, step)[unit]);
        expect(Math.abs(value - (f * row(states.c, sequence, step - 1)[unit] + i * g))).toBeLessThan(TOLERANCE);
      });
    }
  }
});

test("saturated gates of a decoder are told, fed with its targets", () => {
  using model = translator();
  const target = sentences.map((sentence) => [...sentence, 2]);
  const shares = () => gradientFlow(model, { input: sentences, target }, crossEntropy).layers[1];
  const before = shares().saturation;
  expect(before.map(({ gate }) => gate)).toEqual(["r", "z", "n"]);
  expect(before[1]?.share).toBe(0);
  const bias = model.parameters.find(({ name }) => name === "decoder.rnn.bias_ih_l0");
  bias?.write(Float32Array.from({ length: 3 * UNITS }, (_, index) => (index >= UNITS && index < 2 * UNITS ? 9 : 0)));
  const { saturation, verdict } = shares();
  expect(saturation[1]).toEqual({ gate: "z", share: 1, low: 0, high: 1 });
  expect(verdict).toContain("100 % of the values of z are at a bound");
});

test("one to many: saturation counts all answers", () => {
  using model = new Model(
    oneToMany({ cell: "lstm", inputSize: 1, units: UNITS, outputSize: 1, steps: 3, feedback: "zeros" }),
  );
  const target = [[[0], [1], [0]]];
  const [{ saturation }] = gradientFlow(model, { input: [[200]], target }, meanSquaredError).layers;
  // The input is large at the first of three steps and 0 at the others.
  expect(saturation.find(({ gate }) => gate === "g")?.share).toBeGreaterThanOrEqual(1 / 3);
  expect(saturation.find(({ gate }) => gate === "g")?.share).toBeLessThan(1);
});
