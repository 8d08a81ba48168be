import { describe, expect, test } from "vitest";
import {
  adam,
  attentionPool,
  crossEntropy,
  dense,
  elman,
  evaluate,
  everyStep,
  finalState,
  fit,
  gru,
  lastStep,
  loadModel,
  lstm,
  Model,
  manyToOne,
  meanSquaredError,
  sequential,
  Tensor,
  tensor,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";

const weights = (model: Model) => Object.fromEntries(model.parameters.map(({ name, read }) => [name, read()]));

/** Numbers that look like data, the same on every run. */
const numbers = (shape: readonly number[], step = 37) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => ((index * step) % 97) / 48 - 1),
    shape,
  );

describe("weights", () => {
  test("one specification gives each model weights of its own", async () => {
    const layer = sequential(lstm(3), lastStep(), dense(1));
    const [first, second] = [new Model(layer, { inputSize: 1 }), new Model(layer, { inputSize: 1 })];
    expect(weights(first)).toEqual(weights(second));
    const before = weights(second);
    await fit(first, { input: numbers([4, 3, 1]), target: [1, 2, 3, 4] }, { loss: meanSquaredError });
    expect(weights(second)).toEqual(before);
    expect(weights(first)).not.toEqual(before);
  });

  test("depend on the seed and the path alone: further layers and other sizes change none of the others", () => {
    const short = new Model(sequential(gru(4, { name: "a" }), dense(2, { name: "b" })), { inputSize: 3 });
    const long = new Model(
      sequential(gru(4, { name: "a" }), dense(4, { name: "new" }), elman(4), dense(2, { name: "b" })),
      {
        inputSize: 3,
      },
    );
    const kept = weights(long);
    expect(kept).toMatchObject(weights(short));
    expect(Object.keys(kept).length).toBeGreaterThan(short.parameters.length);
    const reseeded = weights(new Model(short.specification, { inputSize: 3, seed: 2 }));
    for (const [name, { data }] of Object.entries(weights(short))) {
      if (name.includes("weight")) expect(data).not.toEqual(reseeded[name]?.data);
    }
  });

  test("two layers alike have values of their own, since their paths differ", () => {
    const { "0.weight_hh_l0": first, "1.weight_hh_l0": second } = weights(
      new Model(sequential(lstm(4), lstm(4)), { inputSize: 4 }),
    );
    expect(first?.data).not.toEqual(second?.data);
  });

  test("the forget gate's input bias begins at 1, the others at 0", () => {
    const { bias_ih_l0: bias } = weights(new Model(lstm(2), { inputSize: 1 }));
    expect(bias?.toArray()).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
  });

  test("a parameter written is the parameter read, and predictions use it at once", () => {
    const model = new Model(dense(2), { inputSize: 2 });
    expect(model.predict([[1, 1]]).shape).toEqual([1, 2]);
    const [weight, bias] = model.parameters as [(typeof model.parameters)[0], (typeof model.parameters)[0]];
    weight.write([
      [1, 2],
      [3, 4],
    ]);
    bias.write(new Float32Array([10, 20]));
    expect(weight.read().toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(model.predict([[1, 1]]).toArray()).toEqual([[13, 27]]);
  });
});

const networks = {
  "one answer": sequential(
    lstm(5),
    gru(3, { reset: "before" }),
    lastStep(),
    dense(2, { activation: { type: "elu", alpha: 0.5 } }),
  ),
  "an answer a step": sequential(
    gru(5, { direction: "reverse" }),
    elman(4, { bias: false }),
    dense(3, { activation: "gelu" }),
  ),
  "the final state": sequential(gru(6, { direction: "reverse" }), finalState()),
  "an architecture": manyToOne({
    cell: "elman",
    inputSize: 2,
    units: 5,
    outputSize: 3,
    layers: 2,
    activation: { type: "leakyRelu", alpha: 0.2 },
  }),
};

describe.each(Object.entries(networks))("files of a network with %s", (_name, layer) => {
  test("bring back a model with the same predictions and the same file, bit for bit", async () => {
    const model = new Model(layer, { inputSize: 2, seed: 11 });
    const batch = numbers([5, 4, 2]);
    const output = model.predictBatch(batch);
    await fit(model, { input: batch, target: numbers(output.shape, 23) }, { loss: meanSquaredError, epochs: 3 });
    const bytes = model.save();
    const twin = loadModel(bytes);
    expect(twin.save()).toEqual(bytes);
    expectSameBits(twin.predictBatch(batch).data, model.predictBatch(batch).data, "predictions");
    expect(twin.summary()).toBe(model.summary());
    expect(JSON.stringify(twin.specification)).toBe(JSON.stringify(model.specification));
  });

  test("are the same bytes whenever and wherever they are written, from any place in a buffer", () => {
    const [first, second] = [new Model(layer, { inputSize: 2 }), new Model(layer, { inputSize: 2 })];
    second.predictBatch(numbers([70, 9, 2]));
    const bytes = first.save();
    expect(second.save()).toEqual(bytes);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(loadModel(shifted.subarray(3)).save()).toEqual(bytes);
    expect(loadModel(bytes.buffer).save()).toEqual(bytes);
  });

  test("bring back a model that trains on as the first one does", async () => {
    const model = new Model(layer, { inputSize: 2 });
    const batch = numbers([5, 4, 2]);
    const data = { input: batch, target: numbers(model.predictBatch(batch).shape, 23) };
    const twin = loadModel(model.save());
    for (const one of [model, twin])
      await fit(one, data, { loss: meanSquaredError, epochs: 2, optimizer: adam(), shuffle: true });
    expect(twin.save()).toEqual(model.save());
  });
});

describe("predictions", () => {
  test.each(Object.entries(networks))("of one sequence are the bits of its row among many: %s", (_name, layer) => {
    const model = new Model(layer, { inputSize: 2, seed: 4 });
    const lengths = [3, 0, 7, 1, 7, 2, 5];
    const list = lengths.map((length, index) => numbers([length, 2], 31 + index));
    const together = model.predictBatch(list);
    const size = together.data.length / list.length;
    list.forEach((sequence, index) => {
      const alone = model.predict(sequence);
      const row = together.data.slice(index * size, index * size + alone.data.length);
      expectSameBits(row, alone.data, `sequence ${index}`);
      const beyond = together.data.slice(index * size + alone.data.length, (index + 1) * size);
      expect(beyond.every((value) => value === 0)).toBe(true);
    });
  });

  test("of many do not depend on how many run side by side", () => {
    const model = new Model(networks["one answer"], { inputSize: 2 });
    const many = numbers([131, 3, 2]);
    const together = model.predictBatch(many).data;
    for (const index of [0, 63, 64, 65, 127, 128, 130]) {
      const alone = model.predict(new Tensor(many.data.slice(index * 6, index * 6 + 6), [3, 2]));
      expectSameBits(together.slice(index * 2, index * 2 + 2), alone.data, `sequence ${index}`);
    }
  });

  test("are the same from nested arrays, typed arrays, tensors, lists, and padding with lengths", () => {
    const model = new Model(sequential(lstm(3), dense(2)), { inputSize: 1 });
    const [a, b] = [
      [0.5, -0.25, 1.5],
      [2, 0.125, -1],
    ];
    const wanted = model.predictBatch([a.map((x) => [x]), b.map((x) => [x])]);
    const flat = Float32Array.from([...a, ...b]);
    expect(model.predictBatch(new Tensor(flat, [2, 3, 1]))).toEqual(wanted);
    expect(model.predictBatch([tensor(a, [3, 1]), tensor(b, [3, 1])])).toEqual(wanted);
    expect(model.predictBatch([a.map((x) => Float32Array.of(x)), b.map((x) => Float64Array.of(x))])).toEqual(wanted);
    const padded = [a, b].map((sequence) => [...sequence.map((x) => [x]), [99], [-99]]);
    expect(model.predictBatch(padded, { lengths: [3, 3] })).toEqual(wanted);
    expect(model.predictBatch(padded, { lengths: Int32Array.of(3, 3) })).toEqual(wanted);
    const [first] = wanted.toArray() as [never];
    for (const one of [
      a,
      Float32Array.from(a),
      Float64Array.from(a),
      tensor(a),
      a.map((x) => [x]),
      tensor(a, [3, 1]),
    ]) {
      expect(model.predict(one).toArray()).toEqual(first);
    }
  });

  test("of an empty sequence are those of the initial state", () => {
    const atEnd = new Model(sequential(gru(3), lastStep(), dense(2)), { inputSize: 2 });
    atEnd.parameters.find(({ name }) => name === "2.bias")?.write([0.5, -2]);
    expect(atEnd.predict([]).toArray()).toEqual([0.5, -2]);
    expect(atEnd.predictBatch([[], [[1, 2]], []]).shape).toEqual([3, 2]);
    expect(atEnd.predictBatch([[], []]).toArray()).toEqual([
      [0.5, -2],
      [0.5, -2],
    ]);
    const atEach = new Model(sequential(gru(3), dense(2)), { inputSize: 2 });
    expect(atEach.predict([]).shape).toEqual([0, 2]);
    expect(atEach.predictBatch([]).shape).toEqual([0, 0, 2]);
    expect(atEach.predictBatch(tensor([], [2, 0, 2])).shape).toEqual([2, 0, 2]);
  });

  test("are copies: changing one changes neither the model nor the next", () => {
    const model = new Model(sequential(gru(3), dense(2)), { inputSize: 2 });
    const wanted = model.predict([[1, 2]]).toArray();
    model.predict([[1, 2]]).data.fill(7);
    expect(model.predict([[1, 2]]).toArray()).toEqual(wanted);
  });

  test("lastStep and finalState agree after a forward layer; after a reverse one they are the two ends", () => {
    const sequence = numbers([5, 2]);
    const both = (direction: "forward" | "reverse") =>
      [lastStep(), finalState()].map((last) =>
        new Model(sequential(gru(4, { direction }), last), { inputSize: 2 }).predict(sequence),
      );
    const [last, final] = both("forward");
    expect(last).toEqual(final);
    const steps = new Model(sequential(gru(4, { direction: "reverse" })), { inputSize: 2 })
      .predict(sequence)
      .toArray() as number[][];
    const [reverseLast, reverseFinal] = both("reverse");
    expect(reverseLast?.toArray()).toEqual(steps.at(-1));
    expect(reverseFinal?.toArray()).toEqual(steps[0]);
  });
});

test("the summary tells layers, shapes, parameters and what is frozen", () => {
  const model = new Model(sequential(lstm(8, { name: "rnn" }), lastStep(), dense(3)), { inputSize: 4 });
  const text = model.summary();
  for (const part of [
    "rnn",
    "lstm(8)",
    "[batch, time, 8]",
    "448",
    "lastStep",
    "dense(3)",
    "[batch, 3]",
    "27",
    "475 parameters (1 900 bytes)",
  ]) {
    expect(text).toContain(part);
  }
  expect(text).not.toContain("frozen");
  model.freeze("rnn");
  expect(model.summary()).toContain("448 of them frozen");
});

test("the summary tells where steps go, and where they come back", () => {
  const network = sequential(everyStep(attentionPool(dense(1))), lstm(8), dense(3));
  const lines = new Model(network, { inputSize: 4 }).summary().split("\n").slice(2, 7);
  expect(lines.map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
    ["0", "dense(1)", "[batch, time, 1]"],
    ["0", "attentionPool", "[batch, 4]"],
    ["0", "everyStep", "[batch, time, 4]"],
    ["1", "lstm(8)", "[batch, time, 8]"],
    ["2", "dense(3)", "[batch, time, 3]"],
  ]);
});

test("a class is told by its number or by its probabilities alike", () => {
  const model = new Model(sequential(gru(4), lastStep(), dense(3)), { inputSize: 2 });
  const input = numbers([3, 4, 2]);
  const byNumber = evaluate(model, { input, target: [2, 0, 1] }, { loss: crossEntropy });
  const byProbability = evaluate(
    model,
    {
      input,
      target: [
        [0, 0, 1],
        [1, 0, 0],
        [0, 1, 0],
      ],
    },
    { loss: crossEntropy },
  );
  // Two kernels, the same sum: the dense one adds two products with 0.
  expect(byProbability.loss).toBeCloseTo(byNumber.loss, 6);
});
