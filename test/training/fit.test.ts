import { describe, expect, test } from "vitest";
import {
  adam,
  backpropagate,
  batches,
  clipGradients,
  crossEntropy,
  dense,
  elman,
  evaluate,
  type FitProgress,
  fit,
  gru,
  lastStep,
  lstm,
  Model,
  meanSquaredError,
  Optimizer,
  type OptimizerRule,
  sequential,
  sgd,
  tensor,
  windows,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";

const wave = Array.from({ length: 60 }, (_, index) => ((index * index * 7) % 23) / 11 - 1);
const data = windows(wave, { window: 6 });
const network = sequential(lstm(5, { name: "rnn" }), lastStep(), dense(1, { name: "head" }));
const make = () => new Model(network, { inputSize: 1, seed: 3 });
const weights = (model: Model) => model.parameters.map(({ read }) => read().data);

const ragged = {
  input: [3, 1, 0, 5, 2, 5, 4].map((length, index) => wave.slice(index, index + length).map((x) => [x])),
  target: [3, 1, 0, 5, 2, 5, 4].map((length, index) => wave.slice(index + 1, index + 1 + length).map((x) => [x])),
};

describe("fit is the loop one would write", () => {
  test.each<[string, { batchSize: number; shuffle: boolean; seed?: number }]>([
    ["in order", { batchSize: 8, shuffle: false }],
    ["in an order of its own for each epoch", { batchSize: 8, shuffle: true, seed: 7 }],
  ])("%s, bit for bit", async (_name, { batchSize, shuffle, seed }) => {
    const [short, long] = [make(), make()];
    const result = await fit(short, data, {
      loss: meanSquaredError,
      optimizer: adam({ learningRate: 0.01 }),
      epochs: 3,
      batchSize,
      shuffle,
      seed,
      clipNorm: 0.5,
    });
    const optimizer = new Optimizer(long, adam({ learningRate: 0.01 }));
    const losses: number[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      let [sum, seen] = [0, 0];
      for (const batch of batches(data, { batchSize, shuffle, seed, epoch })) {
        const loss = backpropagate(long, batch, meanSquaredError);
        clipGradients(long, { norm: 0.5 });
        optimizer.update();
        sum += loss * batch.examples.length;
        seen += batch.examples.length;
      }
      losses.push(sum / seen);
    }
    expect(long.save()).toEqual(short.save());
    expect(result).toEqual({
      epochs: 3,
      updates: optimizer.updates,
      losses,
      validationLosses: [],
      stopped: "finished",
    });
  });

  test("over ragged sequences, some of them empty", async () => {
    const layers = sequential(gru(4), dense(1));
    const [short, long] = [new Model(layers, { inputSize: 1 }), new Model(layers, { inputSize: 1 })];
    await fit(short, ragged, { loss: meanSquaredError, optimizer: sgd(), batchSize: 3, shuffle: false });
    const optimizer = new Optimizer(long, sgd());
    for (const batch of batches(ragged, { batchSize: 3 })) {
      backpropagate(long, batch, meanSquaredError);
      optimizer.update();
    }
    expect(long.save()).toEqual(short.save());
  });

  test("whose gradients were cleared first, whatever lay in the model", async () => {
    const [clean, used] = [make(), make()];
    backpropagate(used, data, meanSquaredError);
    for (const model of [clean, used]) await fit(model, data, { loss: meanSquaredError });
    expect(used.save()).toEqual(clean.save());
  });
});

describe("the order of the examples", () => {
  const orders = (options: object) =>
    Array.from(batches(data, { batchSize: 10, shuffle: true, ...options }), ({ examples }) =>
      Array.from(examples),
    ).flat();

  test("is drawn from the seed and the epoch, and visits each once", () => {
    const first = orders({ seed: 7, epoch: 2 });
    expect(orders({ seed: 7, epoch: 2 })).toEqual(first);
    expect(orders({ seed: 7, epoch: 3 })).not.toEqual(first);
    expect(orders({ seed: 8, epoch: 2 })).not.toEqual(first);
    expect(first.toSorted((a, b) => a - b)).toEqual(Array.from({ length: data.count }, (_, index) => index));
    expect(orders({ seed: 7, epoch: 2, batchSize: 7 })).toEqual(first);
  });

  test("is the caller's without shuffle, in batches of the size asked for", () => {
    const sizes = Array.from(batches(data, { batchSize: 32 }), ({ examples }) => examples.length);
    expect(sizes).toEqual([32, 22]);
    expect(orders({ shuffle: false })).toEqual(Array.from({ length: data.count }, (_, index) => index));
  });

  test("can be gone through twice", () => {
    const twice = batches(data, { batchSize: 20 });
    expect([...twice].length).toBe(3);
    expect([...twice].length).toBe(3);
  });

  test("and the seed alone make a run: the same again, another otherwise", async () => {
    const run = async (seed: number) => {
      const model = make();
      await fit(model, data, { loss: meanSquaredError, epochs: 2, seed });
      return model.save();
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });
});

describe("gradients", () => {
  const halves = [data.slice(0, 27), data.slice(27, 54)] as const;

  test("of two calls are the sum of both, in the order of the calls", () => {
    const [both, first, second] = [make(), make(), make()];
    for (const half of halves) backpropagate(both, half, meanSquaredError);
    backpropagate(first, halves[0], meanSquaredError);
    backpropagate(second, halves[1], meanSquaredError);
    both.parameters.forEach((parameter, index) => {
      const [a, b] = [first, second].map((model) => model.parameters[index]?.gradient().data as Float32Array) as [
        Float32Array,
        Float32Array,
      ];
      const sum = a.map((value, at) => value + (b[at] as number));
      // Rows are added one by one to what is there: the roundings differ, by less than 1e-6 of gradients around 1.
      parameter
        .gradient()
        .data.forEach((value, at) => expect(Math.abs(value - (sum[at] as number))).toBeLessThan(1e-6));
    });
  });

  test("of a call that fails are those from before", () => {
    const model = make();
    backpropagate(model, halves[0], meanSquaredError);
    const before = model.parameters.map((parameter) => parameter.gradient());
    expect(() => backpropagate(model, { input: [[[1]]], target: [[1, 2]] }, meanSquaredError)).toThrow();
    expect(model.parameters.map((parameter) => parameter.gradient())).toEqual(before);
  });
});

describe.each<[string, OptimizerRule]>([
  ["sgd", sgd({ learningRate: 0.1 })],
  ["sgd with decay", sgd({ learningRate: 0.1, weightDecay: 0.01 })],
  ["momentum", sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true })],
  ["adam", adam({ learningRate: 0.1 })],
])("freezing, under %s", (_name, optimizer) => {
  test("leaves exactly those parameters alone that were frozen", async () => {
    for (const path of ["rnn", "rnn.weight_hh_l0", "head", "head.bias"]) {
      const model = make();
      const before = weights(model);
      model.freeze(path);
      await fit(model, data, { loss: meanSquaredError, optimizer, epochs: 2 });
      model.parameters.forEach(({ name, isFrozen, read }, index) => {
        expect(isFrozen).toBe(name === path || name.startsWith(`${path}.`));
        if (isFrozen) expectSameBits(read().data, before[index] as Float32Array, name);
        else expect(read().data).not.toEqual(before[index]);
      });
    }
  });

  test("ends with unfreeze, and all of it frozen is a run that changes nothing", async () => {
    const model = make();
    const before = weights(model);
    for (const path of ["rnn", "head"]) model.freeze(path);
    const { losses } = await fit(model, data, { loss: meanSquaredError, optimizer, epochs: 2, shuffle: false });
    expect(weights(model)).toEqual(before);
    expect(losses[0]).toBe(losses[1]);
    for (const path of ["rnn", "head"]) model.unfreeze(path);
    const free = make();
    for (const one of [model, free]) await fit(one, data, { loss: meanSquaredError, optimizer });
    expect(model.save()).toEqual(free.save());
  });
});

describe("validation", () => {
  const validation = {
    input: [
      [[3], [-3]],
      [[2], [2]],
    ],
    target: [[9], [-9]],
  };

  test("with patience stops where nothing gets better, and brings the best weights back", async () => {
    const model = make();
    const seen: { loss: number; bytes: Uint8Array }[] = [];
    const result = await fit(model, data, {
      loss: meanSquaredError,
      optimizer: sgd({ learningRate: 0.3 }),
      epochs: 200,
      batchSize: 4,
      validation,
      patience: 3,
      onProgress: ({ validationLoss }) => {
        if (validationLoss !== undefined) seen.push({ loss: validationLoss, bytes: model.save() });
      },
    });
    const best = seen.reduce((least, one) => (one.loss < least.loss ? one : least));
    expect(result.stopped).toBe("patience");
    expect(result.validationLosses).toEqual(seen.map(({ loss }) => loss));
    expect(result.epochs).toBe(seen.indexOf(best) + 1 + 3);
    expect(model.save()).toEqual(best.bytes);
    expect(evaluate(model, validation, { loss: meanSquaredError }).loss).toBe(best.loss);
  });

  test("without patience only measures", async () => {
    const [watched, plain] = [make(), make()];
    const { validationLosses } = await fit(watched, data, { loss: meanSquaredError, epochs: 3, validation });
    await fit(plain, data, { loss: meanSquaredError, epochs: 3 });
    expect(watched.save()).toEqual(plain.save());
    expect(validationLosses).toHaveLength(3);
    expect(validationLosses.at(-1)).toBe(evaluate(plain, validation, { loss: meanSquaredError }).loss);
  });
});

describe("evaluate", () => {
  test("hardly depends on the batch size: by the rounding of a sum in float64", () => {
    for (const [model, measured] of [
      [make(), data],
      [new Model(sequential(gru(4), dense(1)), { inputSize: 1 }), ragged],
    ] as const) {
      const whole = evaluate(model, measured, { loss: meanSquaredError, batchSize: 1000 }).loss;
      for (const batchSize of [1, 2, 7, 13, 53]) {
        const { loss } = evaluate(model, measured, { loss: meanSquaredError, batchSize });
        // Each batch's mean is rounded, multiplied and added: at most 54 batches, three roundings of 1.1e-16 each.
        expect(Math.abs(loss - whole)).toBeLessThanOrEqual(54 * 3 * 1.2e-16 * whole);
      }
    }
  });

  test("changes nothing", () => {
    const model = make();
    backpropagate(model, data, meanSquaredError);
    const before = [model.save(), model.parameters.map((parameter) => parameter.gradient())];
    evaluate(model, data, { loss: meanSquaredError });
    expect([model.save(), model.parameters.map((parameter) => parameter.gradient())]).toEqual(before);
  });
});

describe("progress", () => {
  test("is told after each epoch, and its numbers fit each other", async () => {
    const reports: FitProgress[] = [];
    const updates: [number, number][] = [];
    const model = make();
    const { losses, validationLosses } = await fit(model, data, {
      loss: meanSquaredError,
      epochs: 4,
      batchSize: 20,
      validation: data,
      onProgress: (report) => reports.push(report),
      onUpdate: (loss, update) => updates.push([loss, update]),
    });
    const ends = reports.filter(({ examples, of }) => examples === of);
    expect(ends.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(ends.map(({ loss }) => loss)).toEqual(losses);
    expect(ends.map(({ validationLoss }) => validationLoss)).toEqual(validationLosses);
    expect(updates.map(([, update]) => update)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect(updates.slice(0, 3).reduce((sum, [loss], index) => sum + loss * (index < 2 ? 20 : 14), 0) / 54).toBe(
      losses[0],
    );
    for (const report of reports) {
      expect(report).toMatchObject({ epochs: 4, of: 54 });
      expect(report.gradientNorm).toBeGreaterThan(0);
      expect(report.examplesPerSecond).toBeGreaterThan(0);
      expect(report.secondsLeft).toBeGreaterThanOrEqual(0);
    }
    expect(reports.at(-1)?.secondsLeft).toBe(0);
  });

  test("the event loop keeps turning while a run takes long, in training and in validation", async () => {
    let turns = 0;
    const clock = setInterval(() => turns++, 1);
    const seen: number[] = [];
    /** A step that takes longer than a page may be held up. */
    const slow = (prediction: ReturnType<typeof tensor>) => {
      seen.push(turns);
      for (const start = performance.now(); performance.now() - start < 30; );
      return { loss: 1, gradient: prediction.data };
    };
    const long = windows(
      Array.from({ length: 200 }, (_, index) => (index % 19) / 19),
      { window: 5 },
    );
    await fit(make(), long, { loss: slow, batchSize: 64, validation: long });
    clearInterval(clock);
    // Four batches of training, four of validation; the clock had its turn between two of them, but for its first tick.
    expect(seen).toHaveLength(8);
    expect(new Set(seen).size).toBeGreaterThanOrEqual(7);
  });
});

describe("a loss of one's own", () => {
  /** The mean squared error as the core computes it: differences and gradients in float32, their sum in float64. */
  const own = (prediction: ReturnType<typeof tensor>, target: ReturnType<typeof tensor>) => {
    const count = prediction.data.length;
    let sum = 0;
    const gradient = prediction.data.map((value, index) => {
      const difference = Math.fround(value - (target.data[index] as number));
      sum += difference * difference;
      return Math.fround(Math.fround(2 / count) * difference);
    });
    return { loss: sum / count, gradient };
  };

  test("that is the mean squared error trains to the same bits", async () => {
    const [library, mine] = [make(), make()];
    const options = { optimizer: sgd({ learningRate: 0.05 }), epochs: 2, batchSize: 8 };
    const wanted = await fit(library, data, { loss: meanSquaredError, ...options });
    expect(await fit(mine, data, { loss: own, ...options })).toEqual(wanted);
    expect(mine.save()).toEqual(library.save());
    expect(evaluate(mine, data, { loss: own })).toEqual(evaluate(library, data, { loss: meanSquaredError }));
  });

  test("sees predictions and targets in the caller's order, with zeros beyond each end", () => {
    const model = new Model(sequential(gru(4), dense(1)), { inputSize: 1 });
    const wanted = model.predictBatch(ragged.input);
    let calls = 0;
    const loss = (prediction: ReturnType<typeof tensor>, target: ReturnType<typeof tensor>) => {
      calls++;
      expect(prediction.shape).toEqual([7, 5, 1]);
      expectSameBits(prediction.data, wanted.data, "prediction");
      const padded = ragged.target.flatMap((rows) => Array.from({ length: 5 }, (_, step) => rows[step]?.[0] ?? 0));
      expectSameBits(target.data, Float32Array.from(padded), "target");
      // Beyond an end nobody looks: not even at NaN.
      const gradient = prediction.data.map((_, at) =>
        at % 5 < (ragged.input[Math.floor(at / 5)]?.length as number) ? 0.1 : Number.NaN,
      );
      return { loss: 1, gradient };
    };
    backpropagate(model, ragged, loss);
    expect(calls).toBe(1);
    for (const parameter of model.parameters) expect(parameter.gradient().data.every(Number.isFinite)).toBe(true);
  });

  test("may give its gradient flat, nested, or as a tensor", () => {
    const input = [
      [[1], [2]],
      [[3], [4]],
    ];
    const gradients = [
      [0.5, -1],
      Float32Array.of(0.5, -1),
      Float64Array.of(0.5, -1),
      [[0.5], [-1]],
      tensor([[0.5], [-1]]),
    ].map((gradient) => {
      const fresh = make();
      backpropagate(fresh, { input, target: [[0], [0]] }, () => ({ loss: 1, gradient }));
      return fresh.parameters.map((parameter) => parameter.gradient());
    });
    for (const other of gradients) expect(other).toEqual(gradients[0]);
  });
});

test("targets may be [batch], [batch, 1] or windows: the same run", async () => {
  const inputs = Array.from({ length: 54 }, (_, index) => wave.slice(index, index + 6).map((x) => [x]));
  const answers = wave.slice(6);
  const run = async (given: Parameters<typeof fit>[1]) => {
    const model = make();
    await fit(model, given, { loss: meanSquaredError });
    return model.save();
  };
  const wanted = await run(data);
  expect(await run({ input: inputs, target: answers })).toEqual(wanted);
  expect(await run({ input: tensor(inputs), target: answers.map((x) => [x]) })).toEqual(wanted);
});

test("a step's target may be a class number, [batch, time], also padded with lengths", () => {
  const model = new Model(sequential(elman(4), dense(3)), { inputSize: 1 });
  const list = { input: [[[1], [2]], [[3]]], target: [[0, 2], [1]] };
  const padded = {
    input: [
      [[1], [2], [9]],
      [[3], [9], [9]],
    ],
    target: [
      [0, 2, 1],
      [1, 0, 0],
    ],
    lengths: [2, 1],
  };
  const { loss } = evaluate(model, list, { loss: crossEntropy });
  expect(evaluate(model, padded, { loss: crossEntropy }).loss).toBe(loss);
  expect(backpropagate(model, padded, crossEntropy)).toBe(loss);
});
