import { describe, expect, test } from "vitest";
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  backpropagate,
  batches,
  dense,
  fit,
  type LossFunction,
  lion,
  Model,
  meanSquaredError,
  nadam,
  Optimizer,
  type OptimizerRule,
  type Parameter,
  radam,
  rmsprop,
  sequential,
  setRates,
  sgd,
  Trainer,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { data, make, weights } from "./samples.js";

const isVector = ({ shape }: Parameter) => shape.length < 2;

/** Of one layer under this loss the gradients are the same whatever the weights: each parameter moves as if it were alone. */
const slope: LossFunction = (prediction) => ({ loss: 1, gradient: prediction.data.map((_, at) => 0.3 - at / 8) });
const examples = { input: [[[1, -2]], [[0.5, 3]]], target: [[[0, 0]], [[0, 0]]] };

/** One layer after five updates. */
function moved(rule: OptimizerRule, prepare: (model: Model) => void = () => {}): Model {
  const model = new Model(sequential(dense(2, { name: "head" })), { inputSize: 2, seed: 4 });
  prepare(model);
  const optimizer = new Optimizer(model, rule);
  for (let update = 0; update < 5; update++) {
    backpropagate(model, examples, slope);
    optimizer.update();
  }
  return model;
}

type Make = (options: { learningRate: number; weightDecay: number }) => OptimizerRule;

describe.each<[string, Make]>([
  ["sgd", (options) => sgd({ ...options, momentum: 0.5 })],
  ["rmsprop", rmsprop],
  ["adagrad", adagrad],
  ["adadelta", adadelta],
  ["adam", adam],
  ["adamW", adamW],
  ["adamax", adamax],
  ["nadam", nadam],
  ["radam", radam],
  ["lion", lion],
])("under %s", (_name, rule) => {
  const [weight, bias] = [0, 1];
  const of = (model: Model, index: number) => weights(model)[index] as Float32Array;

  test("a parameter without decay moves as without any, the others as with theirs", () => {
    const decayed = moved(rule({ learningRate: 0.125, weightDecay: 0.25 }));
    const free = moved(rule({ learningRate: 0.125, weightDecay: 0 }));
    const mixed = moved(rule({ learningRate: 0.125, weightDecay: 0.25 }), (model) =>
      setRates(model, isVector, { decay: 0 }),
    );
    expectSameBits(of(mixed, weight), of(decayed, weight), "weight");
    expectSameBits(of(mixed, bias), of(free, bias), "bias");
    expect(of(decayed, weight)).not.toEqual(of(free, weight));
  });

  test("factors of rate and decay are those of an optimizer with such a rate and such a decay", () => {
    // Powers of two: products with them are exact.
    const given = moved(rule({ learningRate: 0.125, weightDecay: 0.25 }), (model) =>
      setRates(model, "head.weight", { rate: 0.5, decay: 2 }),
    );
    const scaled = moved(rule({ learningRate: 0.0625, weightDecay: 0.5 }));
    const plain = moved(rule({ learningRate: 0.125, weightDecay: 0.25 }));
    expectSameBits(of(given, weight), of(scaled, weight), "weight");
    expectSameBits(of(given, bias), of(plain, bias), "bias");
  });
});

describe("rates", () => {
  test("of all below a path, of what a function picks, one after the other", () => {
    const model = make();
    setRates(model, "rnn", { rate: 0.5 });
    setRates(model, isVector, { decay: 0 });
    setRates(model, "rnn.bias_ih_l0", { rate: 2 });
    expect(model.parameters.map(({ name, rate, decay }) => [name, rate, decay])).toEqual([
      ["rnn.weight_ih_l0", 0.5, 1],
      ["rnn.weight_hh_l0", 0.5, 1],
      ["rnn.bias_ih_l0", 2, 0],
      ["rnn.bias_hh_l0", 0.5, 0],
      ["head.weight", 1, 1],
      ["head.bias", 1, 0],
    ]);
  });

  test("of 1 change no bit, and those of 0 leave the parameter alone though its gradient counts", async () => {
    const [plain, ones, none] = [make(), make(), make()];
    setRates(ones, "rnn", { rate: 1, decay: 1 });
    setRates(none, "rnn", { rate: 0 });
    const before = weights(none);
    const norms: number[] = [];
    for (const model of [plain, ones, none])
      await fit(model, data, {
        ...{ loss: meanSquaredError, optimizer: adamW(), epochs: 1, batchSize: 54 },
        onProgress: ({ gradientNorm }) => norms.push(gradientNorm),
      });
    expect(ones.save()).toEqual(plain.save());
    expect(new Set(norms).size).toBe(1);
    none.parameters.forEach(({ name, read }, at) => {
      if (name.startsWith("rnn.")) expectSameBits(read().data, before[at] as Float32Array, name);
      else expect(read().data).not.toEqual(before[at]);
    });
  });

  // Apart: a freeze makes the optimizer look at the parameters anew, whatever setRates does.
  test.each([
    ["hold from the next update on, of an optimizer that is at work", false],
    ["outlast a freeze", true],
  ])("%s", (_what, isFrozenBetween) => {
    const [late, early] = [make(), make()].map((model) => ({ model, optimizer: new Optimizer(model, sgd()) }));
    const step = ({ model, optimizer }: { model: Model; optimizer: Optimizer }) => {
      for (const batch of batches(data, { batchSize: 54 })) backpropagate(model, batch, meanSquaredError);
      optimizer.update();
    };
    const [a, b] = [late, early] as [NonNullable<typeof late>, NonNullable<typeof early>];
    step(a);
    step(b);
    const before = weights(a.model);
    setRates(a.model, "head", { rate: 0.5 });
    if (isFrozenBetween) {
      a.model.freeze("head");
      a.model.unfreeze("head");
    }
    step(a);
    step(b);
    a.model.parameters.forEach(({ name, read }, at) => {
      const [own, other] = [read().data, b.model.parameters[at]?.read().data as Float32Array];
      if (!name.startsWith("head")) return expectSameBits(own, other, name);
      // Half of the other's step, up to the rounding of two sums of numbers below 1.
      own.forEach((value, k) => {
        const from = before[at]?.[k] as number;
        expect(Math.abs(value - (from + other[k]) / 2)).toBeLessThan(2 ** -23);
      });
      expect(own).not.toEqual(other);
    });
  });

  test("are in a trainer's file", () => {
    const model = make();
    setRates(model, "rnn", { rate: 0.25, decay: 3 });
    const trainer = new Trainer(model, data, { loss: meanSquaredError });
    const twin = Trainer.resume(trainer.save(), data);
    expect(twin.model.parameters.map(({ rate, decay }) => [rate, decay])).toEqual(
      model.parameters.map(({ rate, decay }) => [rate, decay]),
    );
  });
});
