import { describe, expect, test } from "vitest";
import {
  backpropagate,
  batches,
  type EmaOptions,
  ema,
  evaluate,
  fit,
  type Model,
  meanSquaredError,
  Optimizer,
  sgd,
  Trainer,
  WeightAverage,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { data, make, weights } from "./samples.js";

const loss = meanSquaredError;
const optimizer = sgd({ learningRate: 0.2, momentum: 0.5 });
const [train, held] = [data.slice(0, 40), data.slice(40, 54)];

/** The average of weights after each update, from its definition in float64. */
function averageOf(seen: readonly Float32Array[][], { decay = 0.999, start = 0 }: EmaOptions): number[][] {
  let average: number[][] = [];
  seen.forEach((now, index) => {
    average = now.map((values, at) =>
      Array.from(values, (w, k) => (index <= start ? w : decay * (average[at]?.[k] as number) + (1 - decay) * w)),
    );
  });
  return average;
}

/**
 * Each update of the average makes three roundings: of W − average, of its share, and of the sum. Of weights up to 2 in size
 * they are less than 2⁻²² together, and what is rounded fades with the average: 1 / (1 − decay) updates' worth stays.
 */
function expectAverage(model: Model, wanted: readonly number[][], { decay = 0.999 }: EmaOptions): void {
  const bound = 2 ** -22 / (1 - decay);
  weights(model).forEach((values, at) =>
    values.forEach((value, k) => expect(Math.abs(value - (wanted[at]?.[k] as number))).toBeLessThan(bound)),
  );
}

test.each<[EmaOptions]>([[{ decay: 0.9, start: 7 }], [{ decay: 0 }]])(
  "ema %o: before it begins, or without a past, the average is the weights themselves, bit by bit",
  (options) => {
    const model = make();
    const average = new WeightAverage(model, ema(options));
    for (const size of [1000, 0.001, 30, 1]) {
      // Weights that shrink: of them a + (w − a) would be other numbers than w.
      for (const parameter of model.parameters)
        parameter.write(parameter.read().data.map((x, k) => size * (x + k / 7)));
      average.update();
      const raw = model.save();
      average.swap();
      expect(model.save()).toEqual(raw);
      average.swap();
    }
    expect(average.updates).toBe(4);
    model.dispose();
  },
);

describe.each<[EmaOptions]>([[{}], [{ decay: 0.9 }], [{ decay: 0.75, start: 7 }], [{ decay: 0, start: 3 }]])(
  "ema %o",
  (options) => {
    test("is what fit ends with; its updates are those of a fit without", async () => {
      const [plain, averaged] = [make(), make()];
      const seen: Float32Array[][] = [];
      const common = { loss, optimizer, batchSize: 8, epochs: 4 };
      const result = await fit(plain, train, common);
      const twin = await fit(averaged, train, {
        ...{ ...common, averaging: ema(options) },
        onUpdate: () => seen.push(weights(averaged)),
      });
      expect(twin.losses).toEqual(result.losses);
      expect(seen).toHaveLength(20);
      seen.at(-1)?.forEach((values, at) => expectSameBits(values, weights(plain)[at] as Float32Array, "raw"));
      expectAverage(averaged, averageOf(seen, options), options);
    });

    test("by hand gives the same bits, and gives the weights back", async () => {
      const [fitted, own] = [make(), make()];
      await fit(fitted, train, { loss, optimizer, batchSize: 8, shuffle: false, averaging: ema(options) });
      const [descent, average] = [new Optimizer(own, optimizer), new WeightAverage(own, ema(options))];
      for (const batch of batches(train, { batchSize: 8 })) {
        backpropagate(own, batch, loss);
        descent.update();
        average.update();
      }
      // A prediction before each swap: what was packed for it must not outlive the weights that it was packed from.
      const [raw, told] = [own.save(), own.predict([1, 2])];
      average.swap();
      expect(average.isSwapped).toBe(true);
      expect(own.predict([1, 2])).toEqual(fitted.predict([1, 2]));
      expect(own.save()).toEqual(fitted.save());
      average.swap();
      expect(own.predict([1, 2])).toEqual(told);
      expect(own.save()).toEqual(raw);
      expect(average.updates).toBe(5);
      average.dispose();
      descent.dispose();
    });
  },
);

describe("averaged weights", () => {
  const averaging = ema({ decay: 0.8 });

  test("are what validation measures and what the training ends with", async () => {
    const model = make();
    const common = { loss, optimizer, batchSize: 8, epochs: 3, validation: held };
    const result = await fit(model, train, { ...common, averaging });
    expect(evaluate(model, held, { loss }).loss).toBe(result.validationLosses.at(-1));
    const plain = await fit(make(), train, common);
    expect(plain.losses).toEqual(result.losses);
    expect(plain.validationLosses).not.toEqual(result.validationLosses);
  });

  test("are what early stopping keeps and brings back", async () => {
    const model = make();
    const rough = sgd({ learningRate: 0.9 });
    const common = { loss, batchSize: 8, validation: held, patience: 2, epochs: 60 };
    const { validationLosses, stopped } = await fit(model, train, { ...common, optimizer: rough, averaging });
    expect(stopped).toBe("patience");
    expect(validationLosses.at(-1)).toBeGreaterThan(Math.min(...validationLosses));
    expect(evaluate(model, held, { loss }).loss).toBe(Math.min(...validationLosses));
  });

  test("leave what is frozen as it is, to the bit", async () => {
    const model = make();
    model.freeze("rnn");
    const before = weights(model);
    await fit(model, train, { loss, optimizer, epochs: 5, batchSize: 8, averaging: ema() });
    model.parameters.forEach(({ isFrozen, name, read }, at) => {
      if (isFrozen) expectSameBits(read().data, before[at] as Float32Array, name);
      else expect(read().data).not.toEqual(before[at]);
    });
  });

  test("are in the model after an abort, too", async () => {
    const model = make();
    const controller = new AbortController();
    const seen: Float32Array[][] = [];
    const { stopped } = await fit(model, train, {
      ...{ loss, optimizer, batchSize: 8, epochs: 9, averaging, signal: controller.signal },
      onUpdate: (_loss, update) => {
        seen.push(weights(model));
        if (update === 12) controller.abort();
      },
    });
    expect([stopped, seen.length]).toEqual(["aborted", 12]);
    expectAverage(model, averageOf(seen, { decay: 0.8 }), { decay: 0.8 });
  });

  test("of a trainer are a model of its own until the training is over", () => {
    const [plain, trainer] = [{}, { averaging }].map(
      (more) => new Trainer(make(), train, { loss, optimizer, batchSize: 8, epochs: 4, ...more }),
    ) as [Trainer, Trainer];
    const seen: Float32Array[][] = [];
    for (let update = 0; update < 9; update++) {
      for (const one of [plain, trainer]) one.run({ batches: 1 });
      seen.push(weights(trainer.model));
      expect(trainer.model.save()).toEqual(plain.model.save());
    }
    const now = trainer.averaged();
    expectAverage(now, averageOf(seen, { decay: 0.8 }), { decay: 0.8 });
    now.dispose();
    trainer.run({ epochs: 9 });
    expect(trainer.stopped).toBe("finished");
    expect(trainer.averaged().save()).toEqual(trainer.model.save());
    const saved = trainer.save();
    const twin = Trainer.resume(saved, train);
    expect(twin.save()).toEqual(saved);
    expect(twin.averaged().save()).toEqual(trainer.model.save());
  });
});
