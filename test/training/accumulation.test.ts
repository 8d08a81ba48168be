import { describe, expect, test } from "vitest";
import {
  backpropagate,
  crossEntropyWith,
  type Data,
  dense,
  type FitOptions,
  type FitProgress,
  fit,
  gru,
  type Layer,
  lastStep,
  Model,
  meanSquaredError,
  sequential,
  sgd,
  Trainer,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { data, make, wave, weights } from "./samples.js";

const loss = meanSquaredError;

/** Rounding of one float32 operation. */
const UNIT = 2 ** -24;

describe("batches that are accumulated are one batch so many times as large", () => {
  test("bit for bit, where the rows come in the same order and the weights are powers of two", async () => {
    // Sequences of one step: a batch's rows are its sequences, one after the other, and a quarter of a sum is exact.
    const steps = { input: wave.map((x, at) => [[x, (at % 7) / 7]]).concat([[[0.5, 1]]]), target: [...wave, 0.25] };
    const one = { input: [...steps.input, steps.input[3], steps.input[7], steps.input[9]] as number[][][] };
    const whole: Data = { input: one.input, target: [...steps.target, 1, -1, 0.5] };
    expect(one.input).toHaveLength(64);
    const network = sequential(gru(5), lastStep(), dense(1));
    const files = await Promise.all(
      [{ batchSize: 32 }, { batchSize: 8, accumulate: 4 }].map(async (size) => {
        const model = new Model(network, { inputSize: 2, seed: 6 });
        const optimizer = sgd({ learningRate: 0.125, momentum: 0.5 });
        const { updates } = await fit(model, whole, { loss, optimizer, epochs: 3, clipNorm: 0.5, ...size });
        expect(updates).toBe(6);
        return model.save();
      }),
    );
    expect(files[1]).toEqual(files[0]);
  });

  /** 23 ragged sequences; some count for nothing, the others each for something else. */
  const lengths = Array.from({ length: 23 }, (_, index) => (index === 5 ? 0 : 1 + ((index * 5) % 6)));
  const input = lengths.map((length, at) => Array.from({ length }, (_, step) => [wave[at + step] as number]));
  const counts = lengths.map((length, at) =>
    Array.from({ length }, (_, step) => (at < 4 ? 0 : 0.25 + ((at * 3 + step) % 5))),
  );
  const values: Data = { input, target: input.map((rows) => rows.map(([x = 0]) => [x * x])), weights: counts };
  const classes: Data = { input, target: lengths.map((length, at) => Array.from({ length }, (_, s) => (at + s) % 4)) };
  const picky = crossEntropyWith({ classWeights: [1, 0.5, 3], ignoreIndex: 3 });

  test.each<[string, Layer, Data, FitOptions["loss"]]>([
    ["weights of steps", sequential(gru(4), dense(1)), values, loss],
    ["weights of classes, ignored steps", sequential(gru(4), dense(3)), classes, picky],
  ])("%s: the gradient is that of the mean over all rows", async (_name, layer, given, judge) => {
    const [parts, large] = [4, 24].map((batchSize): Updated => {
      const model = new Model(layer, { inputSize: 1, seed: 2 });
      const trainer = new Trainer(model, given, {
        ...{ loss: judge, optimizer: sgd({ learningRate: 1 }), shuffle: false },
        ...{ batchSize, accumulate: 24 / batchSize },
      });
      const before = weights(model);
      const report = trainer.run({ batches: 1 });
      expect([report.epochs, trainer.updates]).toEqual([1, 1]);
      const gradients = weights(model).map((values, at) =>
        values.map((w, k) => ((before[at] as Float32Array)[k] as number) - w),
      );
      return { before, gradients, report };
    }) as [Updated, Updated];
    // Both add the same products of at most `rows` rows, each in its order: two sums of which each is off by rows · UNIT of
    // the sizes that were added, and by a rounding of the weight that it was subtracted from.
    const rows = lengths.reduce((sum, length) => sum + length, 0);
    const sizes = sizesOf(layer, given, judge);
    parts.gradients.forEach((gradient, at) =>
      gradient.forEach((value, k) => {
        const other = large.gradients[at]?.[k] as number;
        const weight = Math.abs(parts.before[at]?.[k] as number) + 1;
        const bound = 2 * UNIT * (rows * (sizes[at] as number) + weight);
        expect(Math.abs(value - other)).toBeLessThan(bound);
      }),
    );
    // Sums of float64 in two orders, of float32 outputs that are the same bits.
    expect(parts.report.loss).toBeCloseTo(large.report.loss, 12);
  });

  /** The largest size that the gradients of single sequences have, parameter by parameter. */
  function sizesOf(layer: Layer, given: Data, judge: FitOptions["loss"]): number[] {
    const model = new Model(layer, { inputSize: 1, seed: 2 });
    const sizes = model.parameters.map(() => 0);
    (given.input as number[][][]).forEach((rows, at) => {
      if (rows.length === 0) return;
      const single = new Model(layer, { inputSize: 1, seed: 2 });
      backpropagate(
        single,
        {
          input: [rows],
          target: [(given.target as number[][])[at] as number[]],
          ...(given.weights !== undefined && { weights: [(given.weights as number[][])[at] as number[]] }),
        },
        judge,
      );
      single.parameters.forEach((parameter, index) => {
        sizes[index] = Math.max(sizes[index] as number, ...parameter.gradient().data.map(Math.abs));
      });
      single.dispose();
    });
    model.dispose();
    return sizes;
  }
});

/** What an update of rate 1 took from the weights. */
interface Updated {
  readonly before: Float32Array[];
  readonly gradients: Float32Array[];
  readonly report: { readonly loss: number };
}

describe("an accumulated update", () => {
  test("is one update: an epoch's last may have fewer batches, and its numbers are those of the large batch", async () => {
    // 54 examples: 24, 24 and 6.
    const told = await Promise.all(
      [{ batchSize: 24 }, { batchSize: 8, accumulate: 3 }].map(async (size) => {
        const model = make();
        const progress: FitProgress[] = [];
        const losses: number[] = [];
        const result = await fit(model, data, {
          ...{ loss, epochs: 2, optimizer: sgd({ learningRate: 0.1 }), ...size },
          ...{ onProgress: (report: FitProgress) => progress.push(report) },
          onUpdate: (value, update) => {
            losses.push(value);
            expect(update).toBe(losses.length);
          },
        });
        expect(result.updates).toBe(6);
        expect(losses).toHaveLength(6);
        return [...losses, ...result.losses, progress.at(-1)?.gradientNorm as number];
      }),
    );
    // Six small steps apart from each other by a few roundings of numbers around 1.
    told[0]?.forEach((value, at) => expect(Math.abs(value - (told[1]?.[at] as number))).toBeLessThan(1e-5));
  });

  test("of one batch is what it would be without", async () => {
    const [plain, said, alone] = [make(), make(), make()];
    await fit(plain, data, { loss, epochs: 2, batchSize: 54 });
    await fit(said, data, { loss, epochs: 2, batchSize: 54, accumulate: 1 });
    await fit(alone, data, { loss, epochs: 2, batchSize: 54, accumulate: 9 });
    expect(said.save()).toEqual(plain.save());
    expect(alone.save()).toEqual(plain.save());
  });

  test("that is aborted before its last batch changes nothing, and leaves no gradients", async () => {
    const model = make();
    const before = weights(model);
    const controller = new AbortController();
    let batches = 0;
    const { updates, stopped } = await fit(model, data, {
      ...{ batchSize: 8, accumulate: 7, signal: controller.signal },
      loss: (prediction) => {
        if (++batches === 3) controller.abort();
        return { loss: 1, gradient: prediction.data };
      },
    });
    expect([updates, stopped, batches]).toEqual([0, "aborted", 3]);
    weights(model).forEach((values, at) => expectSameBits(values, before[at] as Float32Array, "weights"));
    for (const parameter of model.parameters)
      expect(parameter.gradient().data.every((value) => value === 0)).toBe(true);
  });

  test("counts the work of its batches, and a run in pieces of work ends with a whole one", () => {
    const [few, many] = [54, 9].map(
      (batchSize) => new Trainer(make(), data, { loss, batchSize, accumulate: 54 / batchSize }),
    ) as [Trainer, Trainer];
    const { work } = few.run({ batches: 1 });
    expect(many.run({ work: 1 })).toMatchObject({ work, batches: 1, epochs: 1 });
  });
});
