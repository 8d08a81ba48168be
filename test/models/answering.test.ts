import { describe, expect, test } from "vitest";
import {
  accuracy,
  adam,
  backpropagate,
  crossEntropy,
  crossEntropyWith,
  decode,
  encoderDecoder,
  evaluate,
  fit,
  generate,
  gradientCheck,
  gradientFlow,
  loadModel,
  Model,
  meanSquaredError,
  oneToMany,
  trace,
} from "../../src/index.js";
import { TestRandom } from "../oracle/random.js";
import { expectSameBits } from "../properties/bits.js";

const STOP = 2;
const random = new TestRandom(4);
const translator = (options: object = {}) =>
  encoderDecoder({
    ...{ cell: "gru", vocabularySize: 9, targetVocabularySize: 7, units: 8, bidirectional: true },
    ...{ attention: "additive", start: 1, stop: STOP, steps: 11, ...options },
  });
const follower = (options: object = {}) =>
  encoderDecoder({ cell: "lstm", inputSize: 3, outputSize: 3, units: 6, start: "last", steps: 5, ...options });
const melody = (options: object = {}) =>
  oneToMany({ cell: "gru", vocabularySize: 6, units: 8, steps: 9, stop: STOP, ...options });
const pen = (options: object = {}) =>
  oneToMany({ cell: "lstm", inputSize: 2, outputSize: 2, units: 5, steps: 7, ...options });

const tokens = [[3, 1, 4], [8], [1, 5, 0, 2, 6, 5, 3], [], [7, 7]];
const rows = tokens.map((list) => list.map((token) => [token / 9, Math.sin(token), 1 - token / 5]));

/** Networks of both architectures and both kinds, each with inputs of its own. */
const networks = [
  ["tokens to tokens, attention", translator(), tokens],
  ["values to values", follower(), rows.filter(({ length }) => length > 0)],
  ["values to tokens", translator({ vocabularySize: undefined, inputSize: 3, attention: "none" }), rows],
  ["a token to tokens", melody(), [[0], [3], [5], [1]]],
  ["values to a sequence", pen(), [[[0.5, -1]], [[0.2, 0.9]], [[-0.3, 0.1]]]],
] as const;

describe.each(networks)("%s", (_, network, inputs) => {
  const model = new Model(network, { seed: 3 });
  const all = inputs as readonly number[][][];
  const whole = model.predictBatch(all);
  const width = whole.shape[2] as number;

  test("each sequence has the bits that it has alone", () => {
    all.forEach((input, index) => {
      const alone = model.predictBatch([input]);
      const steps = alone.shape[1] as number;
      const from = index * (whole.shape[1] as number) * width;
      expectSameBits(whole.data.slice(from, from + steps * width), alone.data, `sequence ${index}`);
      const rest = whole.data.slice(from + steps * width, (index + 1) * (whole.shape[1] as number) * width);
      expect(rest.every((value) => value === 0)).toBe(true);
    });
  });

  test("an iterator gives the steps of predict, bit by bit, whatever runs in between", () => {
    all.forEach((input, index) => {
      const alone = model.predictBatch([input]);
      const found: number[] = [];
      for (const { output } of generate(model, input)) {
        found.push(...output.data);
        model.predictBatch(all, { steps: 2 });
      }
      expectSameBits(found, Array.from(alone.data), `sequence ${index}`);
    });
  });

  test("fewer steps are the first steps, more go on", () => {
    const short = model.predictBatch(all, { steps: 1 });
    expect(short.shape).toEqual([all.length, 1, width]);
    all.forEach((_input, index) => {
      const from = index * (whole.shape[1] as number) * width;
      expectSameBits(
        short.data.slice(index * width, (index + 1) * width),
        whole.data.slice(from, from + width),
        "step 0",
      );
    });
    const long = model.predictBatch(all, { steps: 30 });
    expect(long.shape[1]).toBeGreaterThanOrEqual(whole.shape[1] as number);
  });

  test("a saved model is the same model, and its test vectors prove it", () => {
    const again = loadModel(model.save({ vectors: { input: all } }), { verify: true });
    expectSameBits(again.predictBatch(all).data, whole.data, "loaded");
  });
});

test("a network with one step of input begins where it is told to", () => {
  const network = pen({ feedback: "zeros" });
  const model = new Model(network, { seed: 3 });
  const whole = model.predictBatch([
    [0.5, -1],
    [1, 1],
  ]);
  const initialState = {
    rnn: {
      h: [
        [0, 0, 0, 0, 0],
        [1, 0, -1, 0, 1],
      ],
    },
  };
  const begun = model.predictBatch(
    [
      [0.5, -1],
      [1, 1],
    ],
    { initialState },
  );
  expectSameBits(begun.data.slice(0, 14), whole.data.slice(0, 14), "begun at 0");
  expect(begun.data.slice(14)).not.toEqual(whole.data.slice(14));
});

describe("tokens", () => {
  const model = new Model(translator(), { seed: 8 });
  const answers = () => Array.from({ length: random.integer(0, 6) }, () => random.integer(3, 6)).concat(STOP);
  const data = { input: tokens, target: tokens.map(answers) };

  test("decode gives the best tokens up to the stop token, and where each looked", async () => {
    await fit(model, data, { loss: crossEntropy, optimizer: adam({ learningRate: 0.02 }), epochs: 150, batchSize: 8 });
    const found = decode(model, tokens, { attention: true });
    expect(found.map(({ tokens: list }) => [...list, STOP])).toEqual(data.target);
    found.forEach(({ attention, tokens: list }, index) => {
      const [answerSteps = -1, steps = -1] = attention?.shape ?? [];
      expect([answerSteps, steps]).toEqual([list.length, tokens[index]?.length]);
      for (let row = 0; row < answerSteps && steps > 0; row++) {
        const sum = attention?.data.slice(row * steps, (row + 1) * steps).reduce((total, weight) => total + weight, 0);
        expect(sum).toBeCloseTo(1, 5);
      }
    });
    const streamed = [...generate(model, tokens[0] as number[], { attention: true })];
    expect(streamed.map(({ token }) => token)).toEqual(data.target[0]);
    expectSameBits(
      streamed.slice(0, -1).flatMap(({ attention }) => [...(attention?.data ?? [])]),
      found[0]?.attention?.data ?? [],
      "attention",
    );
  });

  test("evaluate counts the steps of the targets, ignored ones at their ends are not there", () => {
    const loss = crossEntropyWith({ ignoreIndex: -1 });
    const padded = data.target.map((list) => [...list, ...new Array<number>(9 - list.length).fill(-1)]);
    const [ragged, filled] = [data.target, padded].map((target) =>
      evaluate(model, { input: tokens, target }, { loss, metrics: [accuracy] }),
    );
    expect(filled).toEqual(ragged);
    expect(ragged?.metrics?.accuracy).toBe(1);
  });

  test("weights a step are those of the targets", () => {
    const weights = data.target.map((list) => list.map((_, step) => (step === 0 ? 1 : 0)));
    const first = { input: tokens, target: data.target.map((list) => list.slice(0, 1)) };
    const kept = new Model(translator({ stop: undefined }), { seed: 8 });
    const weighted = evaluate(kept, { ...data, weights }, { loss: crossEntropy });
    expect(weighted.loss).toBeCloseTo(evaluate(kept, first, { loss: crossEntropy }).loss, 6);
  });
});

describe("gradients of whole networks agree with central differences", () => {
  const target = [[3, 4, STOP], [STOP], [5, 6, 3, 4, STOP], [4, STOP], [6, STOP]];
  const values = rows.map((_, index) => Array.from({ length: 1 + index }, (_row, step) => [step / 3, 0.4, -index / 5]));
  test.each([
    ["attention, forced", translator(), { input: tokens, target }, crossEntropy],
    ["attention, half forced", translator({ teacherForcing: 0.5 }), { input: tokens, target }, crossEntropy],
    [
      "values, half forced",
      follower({ teacherForcing: 0.5, start: "zeros" }),
      { input: rows, target: values },
      meanSquaredError,
    ],
    [
      "values, free",
      follower({ teacherForcing: 0, start: "zeros" }),
      { input: rows, target: values },
      meanSquaredError,
    ],
    [
      "one to many, free",
      pen({ teacherForcing: 0 }),
      {
        input: [
          [0.5, 1],
          [1, 0],
        ],
        target: [
          [
            [1, 0],
            [0, 1],
            [1, 1],
          ],
          [[0.5, 0.5]],
        ],
      },
      meanSquaredError,
    ],
    [
      "one token to many",
      melody(),
      {
        input: [3, 1],
        target: [
          [3, 4, STOP],
          [5, STOP],
        ],
      },
      crossEntropy,
    ],
  ] as const)("%s", (_, network, data, loss) => {
    const { verdict, passed } = gradientCheck(new Model(network, { seed: 5 }), data as never, loss);
    expect(passed, verdict).toBe(true);
  });

  test("the loss reaches back through the answers into the input", () => {
    const model = new Model(translator(), { seed: 5 });
    const { layers, byStep } = gradientFlow(model, { input: tokens, target }, crossEntropy);
    expect(layers.map(({ path }) => path)).toEqual(["encoder.rnn", "encoder.rnn", "decoder.rnn"]);
    expect(byStep.every((norm) => norm > 0)).toBe(true);
    const one = gradientFlow(new Model(melody(), { seed: 5 }), { input: [3], target: [[3, 4, STOP]] }, crossEntropy);
    expect(one.byStep).toHaveLength(3);
  });

  test("trace shows both directions of the encoder and the decoder, and the output of predictBatch", () => {
    const model = new Model(translator(), { seed: 5 });
    const { output, layers } = trace(model, tokens);
    expectSameBits(output.data, model.predictBatch(tokens).data, "output");
    const [, answered] = output.shape;
    expect(layers.map(({ path, states }) => [path, states.h?.shape])).toEqual([
      ["encoder.rnn", [5, 7, 8]],
      ["encoder.rnn.reverse", [5, 7, 8]],
      ["decoder.rnn", [5, answered, 8]],
    ]);
  });
});

test("what a training learns is fed back: a wave goes on from one point", async () => {
  const model = new Model(pen({ units: 16, teacherForcing: { kind: "linear", to: 0, batches: 150 } }), { seed: 2 });
  const turn = (angle: number, step: number) => [Math.cos(angle + step), Math.sin(angle + step)];
  const angles = Array.from({ length: 16 }, (_, index) => (index * Math.PI) / 8);
  const data = {
    input: angles.map((angle) => turn(angle, 0)),
    target: angles.map((angle) => [1, 2, 3, 4, 5, 6, 7].map((step) => turn(angle, step))),
  };
  await fit(model, data, {
    loss: meanSquaredError,
    optimizer: adam({ learningRate: 0.02 }),
    epochs: 300,
    batchSize: 16,
  });
  const free = evaluate(new Model(pen({ units: 16, teacherForcing: 0 })), data, { loss: meanSquaredError }).loss;
  const found = model.predictBatch(data.input).data;
  const error =
    found.reduce((sum, value, at) => sum + (value - (data.target.flat(2)[at] as number)) ** 2, 0) / found.length;
  // An untrained network is off by the variance of a point on the circle, 0.5.
  expect(free).toBeGreaterThan(0.3);
  expect(error).toBeLessThan(0.02);
  expect(backpropagate(model, data, meanSquaredError)).toBeLessThan(0.02);
});
