import { describe, expect, test } from "vitest";
import {
  adam,
  bidirectional,
  columns,
  concatenate,
  crossEntropy,
  type Data,
  dense,
  embedding,
  evaluate,
  fit,
  lastStep,
  loadModel,
  lstm,
  Model,
  meanSquaredError,
  oneToOne,
  run,
  sequential,
  stepAll,
  Tensor,
  trace,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";

const tagger = () => new Model(sequential(embedding(9, 4), bidirectional(lstm(5)), dense(3)), { seed: 6 });
const reader = () => new Model(sequential(embedding(9, 4), lstm(5), dense(3)), { seed: 6 });
const ragged = [[3, 1, 4], [8, 0], [5]];
const padded = new Tensor(Float32Array.of(3, 1, 4, 8, 0, 7, 5, 7, 7), [3, 3]);
const lengths = [3, 2, 1];
const mask = [
  [1, 1, 1],
  [1, 1, 0],
  [1, 0, 0],
];

describe("tokens are read in every form that people have them", () => {
  const model = tagger();
  const whole = model.predictBatch(ragged);

  test("as lists, as a padded tensor with lengths, as rows of one value", () => {
    expect(whole.shape).toEqual([3, 3, 3]);
    expectSameBits(model.predictBatch(padded, { lengths }).data, whole.data, "padded");
    const rows = ragged.map((sequence) => sequence.map((token) => [token]));
    expectSameBits(model.predictBatch(rows).data, whole.data, "rows");
    ragged.forEach((sequence, index) => {
      const alone = model.predict(sequence);
      expect(alone.shape).toEqual([sequence.length, 3]);
      expectSameBits(alone.data, whole.data.slice(9 * index, 9 * index + alone.data.length), `sequence ${index}`);
    });
  });

  test("with a mask, which keeps what the lengths end", () => {
    const answer = new Model(sequential(embedding(9, 4), lstm(5), lastStep(), dense(3)), { seed: 6 });
    expectSameBits(answer.predictBatch(padded, { mask }).data, answer.predictBatch(ragged).data, "masked");
  });

  test("by run, by trace, by sessions and stepAll", () => {
    const stream = reader();
    const all = stream.predictBatch([[3, 1, 4]]).data;
    expectSameBits(run(stream, [[3, 1, 4]]).output.data, all, "run");
    expectSameBits(trace(stream, padded, { lengths }).output.data, stream.predictBatch(ragged).data, "trace");
    const [one, other] = [stream.session(), stream.session()];
    [3, 1, 4].forEach((token, step) => {
      const row = all.slice(3 * step, 3 * step + 3);
      expectSameBits(one.step(token), row, `step ${step}`);
      expectSameBits(stepAll([other], [token]), row, `step ${step} of stepAll`);
    });
  });

  test("a saved model proves itself on them", () => {
    const bytes = model.save({ vectors: { ragged: { input: ragged }, padded: { input: padded, lengths } } });
    expectSameBits(loadModel(bytes, { verify: true }).predictBatch(ragged).data, whole.data, "loaded");
  });
});

describe("a training sees the same tokens whatever their form", () => {
  const target = [[0, 1, 2], [2, 1], [0]];
  const filled = [
    [0, 1, 2],
    [2, 1, 0],
    [0, 0, 0],
  ];
  const train = async (data: Data) => {
    const model = tagger();
    const options = { loss: crossEntropy, optimizer: adam({ learningRate: 0.05 }), epochs: 4, batchSize: 2 };
    await fit(model, data, { ...options, validation: data });
    return model.predictBatch(ragged).data;
  };

  test("lists, padding with lengths, padding with weights", async () => {
    const wanted = await train({ input: ragged, target });
    expectSameBits(await train({ input: padded, target: filled, lengths }), wanted, "lengths");
    expectSameBits(await train({ input: padded, target, lengths, weights: mask }), wanted, "weights");
    expect(wanted).not.toEqual(tagger().predictBatch(ragged).data);
  });

  test("equal lengths too: [batch, time] is no row of features", async () => {
    const model = reader();
    const data = {
      input: [
        [1, 2],
        [3, 4],
      ],
      target: [
        [0, 1],
        [2, 0],
      ],
    };
    const rows = { input: data.input.map((tokens) => tokens.map((token) => [token])), target: data.target };
    expect(evaluate(model, data, { loss: crossEntropy })).toEqual(evaluate(model, rows, { loss: crossEntropy }));
    await fit(model, data, { loss: crossEntropy, epochs: 1, validation: { input: ragged, target } });
  });

  test("what changes after the check changes nothing", () => {
    const input = new Tensor(Float32Array.of(1, 2), [1, 2]);
    const model = reader();
    const before = model.predictBatch(input).data;
    const loss = (_: Tensor, wanted: Tensor) => {
      input.data[0] = 77;
      return { loss: 0, gradient: new Float32Array(wanted.data.length) };
    };
    evaluate(
      model,
      {
        input,
        target: [
          [
            [0, 0, 0],
            [0, 0, 0],
          ],
        ],
      },
      { loss },
    );
    input.data[0] = 1;
    expectSameBits(model.predictBatch(input).data, before, "after");
  });
});

test("a network of single steps reads [batch, features]", async () => {
  const model = new Model(oneToOne({ inputSize: 2, units: 8, outputSize: 1 }), { seed: 2 });
  const input = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  expect(model.predict([0, 1]).shape).toEqual([1]);
  expectSameBits(model.predictBatch(input).data, model.predictBatch(input.map((row) => [row])).data, "with steps");
  const data = { input, target: [0, 1, 1, 0] };
  await fit(model, data, { loss: meanSquaredError, optimizer: adam({ learningRate: 0.05 }), epochs: 300 });
  // Exclusive or, which no network without a hidden layer gets below 0.25.
  expect(evaluate(model, data, { loss: meanSquaredError }).loss).toBeLessThan(0.01);
});

describe("tokens among other features", () => {
  const branch = (first: number) => sequential(columns(first, first + 1), embedding(5, 4));
  const mixed = () =>
    new Model(sequential(concatenate(branch(0), sequential(columns(0, 3), branch(2))), lstm(4), dense(2)), {
      inputSize: 3,
      seed: 3,
    });
  const target = [
    [
      [0, 1],
      [1, 0],
    ],
    [[1, 1]],
  ];
  const loss = meanSquaredError;

  test.each([
    [0, "feature 0"],
    [2, "feature 2"],
  ])("a wrong one in column %i is refused before the first update", async (column, text) => {
    const model = mixed();
    const before = model.parameters.map((parameter) => parameter.read());
    const row = [4, 0.5, 4];
    row[column] = 7;
    const data = {
      input: [
        [
          [1, 0.5, 2],
          [2, 0.1, 0],
        ],
        [row],
      ],
      target,
    };
    const running = fit(model, data, { loss, epochs: 1, batchSize: 1 });
    await expect(running).rejects.toThrow(`received 7 in sequence 1, step 0, ${text}`);
    model.parameters.forEach((parameter, index) => {
      expect(parameter.read()).toEqual(before[index]);
    });
  });

  test("are read as tokens alone where a branch reads them whole", () => {
    using model = new Model(sequential(concatenate(embedding(9, 2), embedding(5, 3)), dense(1)), { seed: 3 });
    expect(model.predict([3, 1, 4]).shape).toEqual([3, 1]);
    expect(() => model.predict([7])).toThrow("from 0 to 4, received 7");
  });
});
