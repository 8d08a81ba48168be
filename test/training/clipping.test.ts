import { describe, expect, test } from "vitest";
import {
  adam,
  backpropagate,
  batches,
  type ClipOptions,
  clipGradients,
  dense,
  type FitOptions,
  fit,
  gradientNorm,
  lstm,
  Model,
  meanSquaredError,
  memoryUsage,
  Optimizer,
  readSafetensors,
  sequential,
  setRates,
  sgd,
  Trainer,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { data, make } from "./samples.js";

/** The factor is rounded to float32, and so is each product: half a unit in the last place each, and a half for the reference. */
const TOLERANCE = 1.5 * 2 ** -23;

const loss = meanSquaredError;
/** Parameters of 16, 48, 12, 12, 15 and 5 numbers, with and without padding. */
const network = sequential(lstm(3, { name: "rnn" }), dense(5, { name: "head" }));
const sample = {
  input: [[[0.3], [-0.8], [0.5]], [[0.9]]],
  target: [[1, -2, 3, 0, 1].map((value) => value * 9), [4, 0, 1, 1, 0]].map((row, index) =>
    Array.from({ length: 3 - 2 * index }, () => row),
  ),
};

/** A model with gradients. */
function begun(): Model {
  const model = new Model(network, { inputSize: 1, seed: 3 });
  backpropagate(model, sample, loss);
  return model;
}

const gradients = ({ parameters }: Model) => parameters.map((parameter) => parameter.gradient().data);
const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
const wholeNorm = (all: readonly Float32Array[]) => Math.sqrt(all.reduce((sum, values) => sum + norm(values) ** 2, 0));

describe("clipping parameter by parameter", () => {
  test("scales each gradient by min(1, c / (‖g‖ + 1e-6)) of its own norm", () => {
    using model = begun();
    const before = gradients(model);
    const sizes = before.map(norm).sort((a, b) => a - b);
    // Some are clipped, some are not.
    const most = ((sizes[2] as number) + (sizes[3] as number)) / 2;
    const found = clipGradients(model, { parameterNorm: most });
    expect(Math.abs(found / wholeNorm(before) - 1)).toBeLessThan(1e-14);
    const after = gradients(model);
    before.forEach((values, index) => {
      const factor = Math.min(1, most / (norm(values) + 1e-6));
      if (factor === 1) expectSameBits(after[index] as Float32Array, values, "small enough");
      values.forEach((value, at) => {
        const wanted = value * factor;
        expect(Math.abs((after[index] as Float32Array)[at] - wanted)).toBeLessThanOrEqual(TOLERANCE * Math.abs(wanted));
      });
    });
    expect(after.filter((values, index) => norm(values) < norm(before[index] as Float32Array) * 0.999).length).toBe(3);
  });

  test("leaves frozen parameters alone, whose gradients count for no norm, and takes rates for what they are", () => {
    using model = begun();
    model.freeze("rnn.weight_hh_l0");
    setRates(model, "rnn.bias_ih_l0", { rate: 0.25 });
    setRates(model, "head.bias", { rate: 0 });
    const before = gradients(model);
    const free = before.filter((_, index) => !model.parameters[index]?.isFrozen);
    expect(free).toHaveLength(before.length - 1);
    expect(Math.abs(clipGradients(model, { parameterNorm: 1e-3 }) / wholeNorm(free) - 1)).toBeLessThan(1e-14);
    gradients(model).forEach((values, index) => {
      if (model.parameters[index]?.isFrozen) expectSameBits(values, before[index] as Float32Array, "frozen");
      else expect(Math.abs(norm(values) / 1e-3 - 1)).toBeLessThan(1e-2);
    });
  });

  test("of one parameter is clipping by the norm", () => {
    const [own, all] = [1, 2].map(() => {
      const model = new Model(dense(3, { bias: false }), { inputSize: 2 });
      backpropagate(model, { input: [[[1, 2]]], target: [[[9, 8, 7]]] }, loss);
      return model;
    }) as [Model, Model];
    expect(clipGradients(own, { parameterNorm: 0.5 })).toBe(clipGradients(all, { norm: 0.5 }));
    expect(gradients(own)).toEqual(gradients(all));
  });

  test("leaves gradients of 0 as they are, and takes no memory", () => {
    using model = begun();
    new Optimizer(model, sgd()).update();
    clipGradients(model, { parameterNorm: 1 });
    const { used } = memoryUsage();
    for (let again = 0; again < 3; again++) expect(clipGradients(model, { parameterNorm: 1 })).toBe(0);
    expect(memoryUsage().used).toBe(used);
    for (const values of gradients(model)) expect(values.every((value) => value === 0)).toBe(true);
  });
});

test.each<ClipOptions>([{ norm: Infinity }, { value: Infinity }, { parameterNorm: Infinity }])(
  "clipping to %o tells the norm alone",
  (options) => {
    using model = begun();
    const before = gradients(model);
    expect(clipGradients(model, options)).toBe(gradientNorm(model));
    expect(gradients(model)).toEqual(before);
  },
);

describe.each<[keyof FitOptions, ClipOptions]>([
  ["clipNorm", { norm: 0.05 }],
  ["clipValue", { value: 0.01 }],
  ["clipParameterNorm", { parameterNorm: 0.02 }],
])("%s", (option, clip) => {
  const most = Object.values(clip)[0] as number;
  const course = { loss, optimizer: adam({ learningRate: 0.01 }), batchSize: 8, shuffle: false, [option]: most };

  test("is what clipGradients does between backpropagate and an update", async () => {
    const [short, long] = [make(), make()];
    const norms: number[] = [];
    const optimizer = new Optimizer(long, course.optimizer);
    for (const batch of batches(data, { batchSize: 8 })) {
      backpropagate(long, batch, loss);
      norms.push(gradientNorm(long));
      clipGradients(long, clip);
      optimizer.update();
    }
    let told = 0;
    await fit(short, data, { ...course, onProgress: (progress) => (told = progress.gradientNorm) });
    expect(long.save()).toEqual(short.save());
    expect(Math.max(...norms), "clipping takes part").toBeGreaterThan(most);
    expect(told, "before clipping").toBe(norms.at(-1));
  });

  test("is kept in a trainer's file, alone", () => {
    const trainer = new Trainer(make(), data, course);
    trainer.run({ batches: 2 });
    const saved = trainer.save();
    const { settings } = JSON.parse(readSafetensors(saved).metadata.recurve as string);
    const kept = Object.entries(settings).filter(([name]) => name.startsWith("clip"));
    expect(kept).toEqual([[option, most]]);
    const resumed = Trainer.resume(saved, data);
    expect(resumed.save()).toEqual(saved);
    for (const one of [trainer, resumed]) one.run({ batches: 9 });
    expect(resumed.save()).toEqual(trainer.save());
  });

  test("takes the place of the norm of 1 that the default optimizer has", async () => {
    const [free, own] = [make(), make()];
    const far = { input: [[[1], [2]]], target: [1e3] };
    await fit(free, far, { loss, clipNorm: Infinity, epochs: 3 });
    await fit(own, far, { loss, [option]: 1e9, epochs: 3 });
    expect(own.save()).toEqual(free.save());
  });

  test("of Infinity is no clipping, in a file too", () => {
    const trainer = new Trainer(make(), data, { ...course, [option]: Infinity });
    trainer.run({ batches: 1 });
    const { settings } = JSON.parse(readSafetensors(trainer.save()).metadata.recurve as string);
    expect(settings.clipNorm).toBe(null);
    expect(Trainer.resume(trainer.save(), data).save()).toEqual(trainer.save());
  });
});
