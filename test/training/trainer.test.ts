import { describe, expect, test } from "vitest";
import {
  absoluteError,
  accuracy,
  adam,
  backpropagate,
  binaryCrossEntropy,
  crossEntropy,
  defineSchedule,
  dense,
  dropout,
  type EpochReport,
  evaluate,
  fit,
  gru,
  type Layer,
  type Loss,
  type LossFunction,
  lastStep,
  lstm,
  Model,
  manyToOne,
  meanSquaredError,
  memoryUsage,
  scaler,
  sequential,
  Tensor,
  Trainer,
  windows,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { data, make, ragged, wave, weights } from "./samples.js";

const loss = meanSquaredError;

describe("a trainer", () => {
  test("does what fit does, bit for bit, and tells the same", async () => {
    const options = { loss, epochs: 4, batchSize: 8, validation: 0.3, patience: 2, metrics: [absoluteError], seed: 9 };
    const [fitted, trained] = [make(), make()];
    const told: Record<"fit" | "trainer", EpochReport[]> = { fit: [], trainer: [] };
    const result = await fit(fitted, data, { ...options, onEpoch: (epoch) => told.fit.push(epoch) });
    const trainer = new Trainer(trained, data, { ...options, onEpoch: (epoch) => told.trainer.push(epoch) });
    const report = trainer.run({ epochs: 99 });
    expect(trained.save()).toEqual(fitted.save());
    expect(told.trainer).toEqual(told.fit);
    expect([trainer.losses, trainer.validationLosses, trainer.updates, trainer.epochs, report.stopped]).toEqual([
      ...[result.losses, result.validationLosses, result.updates, result.epochs, result.stopped],
    ]);
  });

  test("stops at the end of an epoch, the begun one being the first", () => {
    const trainer = new Trainer(make(), data, { loss, batchSize: 20 });
    expect(trainer.run({ batches: 2 })).toMatchObject({ batches: 2, epochs: 0 });
    expect(trainer.run({ epochs: 2 })).toMatchObject({ batches: 4, epochs: 2 });
    expect(trainer.run({ batches: 3 })).toMatchObject({ batches: 3, epochs: 1 });
    expect([trainer.epochs, trainer.updates, trainer.stopped]).toEqual([3, 9, undefined]);
  });

  test("counts work: three multiply-adds for each weight of a matrix and each row it is applied to", () => {
    // Weights of lstm(5) for one feature: 20 rows of 1 + 5; of dense(1): 5. 54 windows of 6 steps.
    const perSequence = 6 * 20 * (1 + 5) + 5;
    const trainer = new Trainer(make(), data, { loss, batchSize: 27 });
    expect(trainer.run({ epochs: 1 }).work).toBe(3 * 54 * perSequence);
    expect(trainer.run({ work: 1 })).toMatchObject({ batches: 1, work: 3 * 27 * perSequence });
    expect(trainer.run({ work: 3 * 27 * perSequence + 1 })).toMatchObject({ batches: 2, epochs: 1 });
    const validated = new Trainer(make(), data, { loss, batchSize: 27, validation: data.slice(0, 10) });
    expect(validated.run({ epochs: 1 }).work).toBe((3 * 54 + 10) * perSequence);
    // Ragged sequences count by their steps: 20 in all, of gru(4) and dense(1).
    const steps = new Trainer(new Model(sequential(gru(4), dropout(0.5), dense(1))), ragged, { loss });
    expect(steps.run({ epochs: 1 }).work).toBe(3 * 20 * (12 * (1 + 4) + 4));
    // The same whether an architecture is written out or not.
    const short = new Model(manyToOne({ cell: "lstm", inputSize: 1, units: 5, outputSize: 1 }));
    expect(new Trainer(short, data, { loss, batchSize: 27 }).run({ batches: 1 }).work).toBe(3 * 27 * perSequence);
  });

  test("takes no memory from run to run, and gives it all back", () => {
    const { used } = memoryUsage();
    for (let count = 0; count < 3; count++) {
      const trainer = new Trainer(make(), data, { loss, batchSize: 9, validation: 0.2, patience: 100 });
      trainer.run({ epochs: 2 });
      const warm = memoryUsage().used;
      trainer.run({ epochs: 20 });
      expect(memoryUsage().used).toBe(warm);
      const twin = Trainer.resume(trainer.save(), data);
      twin.run({ epochs: 1 });
      twin.dispose();
      for (const { model } of [trainer, twin]) model.dispose();
      expect(memoryUsage().used).toBe(used);
    }
  });

  test("keeps what belongs to it as JSON: a scaler comes back with its bits", () => {
    const scale = scaler().fit(wave);
    const trainer = new Trainer(make(), data, { loss, extras: { scaler: scale, note: "Monday", of: [1, null] } });
    const { extras } = Trainer.resume(trainer.save(), data);
    expect(extras).toEqual({ scaler: scale.toJSON(), note: "Monday", of: [1, null] });
  });

  test("has a learning rate that may change between runs, and is kept", () => {
    const [steady, changed] = [make(), make()].map(
      (model) => new Trainer(model, data, { loss, optimizer: adam({ learningRate: 0.01 }) }),
    ) as [Trainer, Trainer];
    expect(changed.learningRate).toBe(0.01);
    for (const trainer of [steady, changed]) trainer.run({ epochs: 1 });
    changed.learningRate = 0;
    const twin = Trainer.resume(changed.save(), data);
    expect(twin.learningRate).toBe(0);
    const before = weights(twin.model);
    for (const trainer of [steady, changed, twin]) trainer.run({ epochs: 1 });
    expect(weights(twin.model)).toEqual(before);
    expect(weights(changed.model)).toEqual(before);
    expect(weights(steady.model)).not.toEqual(before);
  });
});

describe("a schedule", () => {
  test("gives the rate of every update, from 1, and 0 changes nothing", async () => {
    const asked: [number, number][] = [];
    const model = make();
    const before = weights(model);
    await fit(model, data, {
      loss,
      batchSize: 20,
      epochs: 2,
      optimizer: adam({ learningRate: 0.5 }),
      schedule: defineSchedule({ name: "none", options: {}, rate: (update, base) => 0 * asked.push([update, base]) }),
    });
    expect(asked).toEqual([1, 2, 3, 4, 5, 6].map((update) => [update, 0.5]));
    expect(weights(model)).toEqual(before);
  });

  test("that is the rate itself is none", async () => {
    const [plain, scheduled] = [make(), make()];
    const schedule = defineSchedule({ name: "same", options: {}, rate: (_update, base) => base });
    await fit(plain, data, { loss, epochs: 2 });
    await fit(scheduled, data, { loss, epochs: 2, schedule });
    expect(scheduled.save()).toEqual(plain.save());
  });
});

describe("validation by a share", () => {
  test("holds the last examples back, whatever is shuffled", async () => {
    const [byShare, byHand] = [make(), make()];
    const options = { loss, epochs: 3, batchSize: 7, shuffle: true };
    const first = await fit(byShare, data, { ...options, validation: 0.2 });
    const second = await fit(byHand, data.slice(0, 43), { ...options, validation: data.slice(43, 54) });
    expect(first).toEqual(second);
    expect(byShare.save()).toEqual(byHand.save());
  });
});

describe("metrics", () => {
  const classes = {
    input: wave.slice(0, 40).map((x) => [[x], [x / 2]]),
    target: wave.slice(0, 40).map((x) => (x > 0 ? 1 : 0)),
  };

  test("accuracy of a single output is told by where its loss has the middle", () => {
    const input = [[[1]], [[2]], [[3]]];
    const told = (layer: Layer, bias: number, loss: Loss | LossFunction) => {
      const model = new Model(sequential(lastStep(), layer), { inputSize: 1 });
      model.parameters[0]?.write([[0]]);
      model.parameters[1]?.write([bias]);
      return evaluate(model, { input, target: [[1], [1], [0]] }, { loss, metrics: [accuracy] }).metrics?.accuracy;
    };
    const own: LossFunction = ({ data, shape }) => ({
      loss: 0,
      gradient: new Tensor(
        data.map(() => 0),
        shape,
      ),
    });
    const [yes, no] = [2 / 3, 1 / 3];
    for (const loss of [binaryCrossEntropy, own]) {
      expect(told(dense(1), 0.3, loss)).toBe(yes);
      expect(told(dense(1), -0.3, loss)).toBe(no);
    }
    for (const loss of [meanSquaredError, own]) {
      expect(told(dense(1, { activation: "sigmoid" }), 0.3, loss)).toBe(yes);
      expect(told(dense(1, { activation: "sigmoid" }), -0.3, loss)).toBe(no);
    }
    expect(told(dense(1), 0.6, meanSquaredError)).toBe(yes);
    expect(told(dense(1), 0.3, meanSquaredError)).toBe(no);
  });

  test("accuracy is the share told right, of class numbers, of one-hot targets and of a single logit", () => {
    const two = new Model(sequential(gru(4), lastStep(), dense(2)), { inputSize: 1 });
    const logits = two.predictBatch(classes.input).toArray() as number[][];
    const right = logits.filter(([no = 0, yes = 0], index) => (yes > no ? 1 : 0) === classes.target[index]).length;
    const measured = evaluate(two, classes, { loss: crossEntropy, metrics: [accuracy] });
    expect(measured.metrics).toEqual({ accuracy: right / 40 });
    const hot = { input: classes.input, target: classes.target.map((value) => [1 - value, value]) };
    expect(evaluate(two, hot, { loss, metrics: [accuracy] }).metrics).toEqual({ accuracy: right / 40 });
    const one = new Model(sequential(gru(4), lastStep(), dense(1)), { inputSize: 1 });
    const above = one
      .predictBatch(classes.input)
      .data.filter((logit, index) => logit > 0 === (classes.target[index] === 1));
    const binary = evaluate(one, classes, { loss: binaryCrossEntropy, metrics: [accuracy] });
    expect(binary.metrics).toEqual({ accuracy: above.length / 40 });
  });

  test("the library's score one row as their words say", () => {
    const rows = (...values: number[]) => Float32Array.from(values);
    expect(absoluteError.score(rows(1, -2, 0.5), rows(0, 2, 0.5))).toBeCloseTo(5 / 3, 12);
    // More classes than two: a half is nobody's border.
    expect([0, 1, 2].map((wanted) => accuracy.score(rows(0, 0.25, 3), rows(wanted)))).toEqual([0, 0, 1]);
    expect(accuracy.score(rows(0, 0.25, 3), rows(0.5, 0.25, 0.25))).toBe(0);
    // A single logit of 0, and a target of a half, are not above.
    expect([0, 1].map((wanted) => accuracy.score(rows(0), rows(wanted)))).toEqual([1, 0]);
    expect(accuracy.score(rows(-1), rows(0.5))).toBe(1);
  });

  test("are means over the steps that count: weights and masks", () => {
    const model = new Model(sequential(gru(3), dense(1)), { inputSize: 1 });
    const [first, second] = [wave.slice(0, 4), wave.slice(4, 8)];
    const input = [first, second].map((row) => row.map((x) => [x]));
    const target = [first, second].map((row) => row.map((x) => [2 * x]));
    const errors = Array.from(model.predictBatch(input).data, (y, at) => Math.abs(y - (target.flat(2)[at] as number)));
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const measure = (more: object) =>
      evaluate(model, { input, target, ...more }, { loss, metrics: [absoluteError] }).metrics.absoluteError as number;
    // Differences of float32 values that are rounded once: 1e-7 of errors around 1.
    expect(measure({})).toBeCloseTo(mean(errors), 6);
    expect(measure({ weights: [1, 0] })).toBeCloseTo(mean(errors.slice(0, 4)), 6);
    expect(
      measure({
        mask: [
          [1, 1, 1, 1],
          [1, 1, 0, 0],
        ],
      }),
    ).toBeCloseTo(mean(errors.slice(0, 6)), 6);
  });
});

test("the defaults work: orthogonal recurrent weights, forget bias 1, Adam, norm 1, seed 1", async () => {
  const plain = new Model(sequential(lstm(6), lastStep(), dense(1)), { inputSize: 1 });
  const spelled = new Model(
    sequential(
      lstm(6, {
        recurrentInitializer: "orthogonal",
        inputInitializer: "glorot",
        biasInitializer: "zeros",
        forgetBias: 1,
      }),
      lastStep(),
      dense(1),
    ),
    { inputSize: 1, seed: 1 },
  );
  const recurrent = plain.parameters.find(({ name }) => name === "0.weight_hh_l0")?.read().data as Float32Array;
  for (let gate = 0; gate < 4; gate++) {
    for (let row = 0; row < 6; row++) {
      for (let other = 0; other < 6; other++) {
        const [a, b] = [row, other].map((index) =>
          recurrent.subarray(6 * (6 * gate + index), 6 * (6 * gate + index + 1)),
        );
        const product = (a as Float32Array).reduce((sum, value, at) => sum + value * (b?.[at] as number), 0);
        // Six products of float32 values below 1, each rounded by 6e-8.
        expect(Math.abs(product - (row === other ? 1 : 0))).toBeLessThan(1e-6);
      }
    }
  }
  const bias = plain.parameters.find(({ name }) => name === "0.bias_ih_l0")?.read().data;
  expect(bias).toEqual(Float32Array.from({ length: 24 }, (_, at) => (at >= 6 && at < 12 ? 1 : 0)));
  // Targets so far off that the norm is above 1, and clipping matters.
  const far = windows(
    wave.map((value) => 50 * value),
    { window: 5 },
  );
  expect(backpropagate(plain, far, loss)).toBeGreaterThan(100);
  await fit(plain, far, { loss, epochs: 2 });
  const long = { optimizer: adam({ learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 }) };
  await fit(spelled, far, { loss, epochs: 2, ...long, clipNorm: 1, batchSize: 32, shuffle: true, seed: 1 });
  weights(plain).forEach((values, index) =>
    expectSameBits(values, weights(spelled)[index] as Float32Array, `${index}`),
  );
});
