import { describe, expect, test } from "vitest";
import {
  backpropagate,
  bidirectional,
  dense,
  dropout,
  elman,
  evaluate,
  finalState,
  gru,
  indRnn,
  type Layer,
  lastStep,
  loadModel,
  lstm,
  Model,
  max,
  mean,
  meanSquaredError,
  minGru,
  residual,
  sequential,
} from "../../src/index.js";

const values = (count: number, seed: number) =>
  Array.from({ length: count }, (_, index) => 0.8 * Math.sin((index + 1) * 12.9898 * seed));
/** Ragged, unsorted, one of them empty. */
const input = [5, 0, 3, 4].map((steps, sequence) =>
  Array.from({ length: steps }, (_, step) => values(3, 1 + sequence + step / 7)),
);
const target = [
  [0.1, 0.2],
  [0.3, -0.4],
  [0.5, 0.6],
  [0.2, -0.9],
];
const data = { input, target };

/** Step of the differences, and what they may miss: their own h² error and float32's 1e-7 / h in a loss of about 1. */
const STEP = 4e-3;
const TOLERANCE = 2e-4;

const networks: Record<string, () => Layer> = {
  "bidirectional, concatenated": () => sequential(bidirectional(lstm(3)), lastStep(), dense(2)),
  "bidirectional, final states": () => sequential(bidirectional(gru(3)), finalState(), dense(2)),
  "bidirectional, summed, mean over time": () => sequential(bidirectional(gru(5), { merge: "sum" }), mean(), dense(2)),
  "bidirectional, averaged, largest over time": () =>
    sequential(bidirectional(gru(5), { merge: "average" }), max(), dense(2)),
  "bidirectional stack, multiplied": () =>
    sequential(bidirectional(sequential(gru(5), lstm(3)), { merge: "mul" }), lastStep(), dense(2)),
  "stacks of unequal widths with residual connections": () =>
    sequential(gru(3), bidirectional(lstm(3)), residual(lstm(6)), residual(bidirectional(gru(3))), mean(), dense(2)),
  "a projected LSTM, and one of general cells": () =>
    sequential(
      lstm(5, { projectionSize: 2 }),
      lstm(3, { projectionSize: 6, peepholes: true, direction: "reverse" }),
      mean(),
      dense(2),
    ),
  "projected cells that read their own h": () =>
    sequential(
      gru(5, { projectionSize: 3 }),
      minGru(4, { projectionSize: 2 }),
      indRnn(3, { projectionSize: 5, activation: "tanh" }),
      mean(),
      dense(2),
    ),
  "learned initial states": () =>
    sequential(
      lstm(3, { initialState: "learned" }),
      gru(4, { initialState: "learned", projectionSize: 3, direction: "reverse" }),
      lastStep(),
      dense(2),
    ),
  "reverse layers": () =>
    sequential(elman(4, { direction: "reverse" }), finalState(), dense(2, { activation: "tanh" })),
};

/** Largest difference between the gradients and central differences of the loss, over a sample of the parameters. */
function largestDifference(model: Model): number {
  let worst = 0;
  backpropagate(model, data, meanSquaredError);
  for (const parameter of model.parameters) {
    const gradient = parameter.gradient().data;
    const original = parameter.read().data;
    for (let index = 0; index < original.length; index += Math.max(1, original.length >> 3)) {
      const lossAt = (offset: number) => {
        const moved = original.slice();
        moved[index] = (moved[index] as number) + offset;
        parameter.write(moved);
        return evaluate(model, data, { loss: meanSquaredError }).loss;
      };
      const slope = (lossAt(STEP) - lossAt(-STEP)) / (2 * STEP);
      parameter.write(original);
      worst = Math.max(worst, Math.abs(slope - (gradient[index] as number)));
    }
  }
  return worst;
}

describe("composed layers over ragged sequences", () => {
  test.each(Object.entries(networks))("%s: backward is the derivative of forward", (_, make) => {
    using model = new Model(make(), { inputSize: 3, seed: 3 });
    expect(largestDifference(model)).toBeLessThan(TOLERANCE);
  });

  test.each(Object.entries(networks))("%s: a saved model predicts the same bits", (_, make) => {
    using model = new Model(make(), { inputSize: 3, seed: 3 });
    using twin = loadModel(model.save());
    expect(twin.predictBatch(input).data).toEqual(model.predictBatch(input).data);
  });
});

describe("dropout", () => {
  const network = (rate: number, perSequence: boolean) =>
    sequential(dropout(rate, { perSequence }), gru(4), dropout(rate, { perSequence }), mean(), dense(2));
  const gradientOf = (model: Model) => {
    backpropagate(model, data, meanSquaredError);
    return model.parameters.map((parameter) => [...parameter.gradient().data]);
  };

  test("a rate of 0 changes nothing, and a prediction drops nothing", () => {
    using plain = new Model(network(0, false), { inputSize: 3 });
    using dropping = new Model(network(0.5, false), { inputSize: 3 });
    expect(dropping.predictBatch(input).data).toEqual(plain.predictBatch(input).data);
    expect(gradientOf(dropping)).not.toEqual(gradientOf(plain));
  });

  test.each([false, true])(
    "the same seed drops the same, another batch something else (per sequence: %s)",
    (perSequence) => {
      using first = new Model(network(0.5, perSequence), { inputSize: 3, seed: 5 });
      using second = new Model(network(0.5, perSequence), { inputSize: 3, seed: 5 });
      const once = gradientOf(first);
      expect(gradientOf(second)).toEqual(once);
      const twice = gradientOf(first).map((gradient, index) =>
        gradient.map((value, at) => value - (once[index]?.[at] as number)),
      );
      expect(twice).not.toEqual(once);
    },
  );

  test("per sequence, one mask serves all steps: a constant input stays constant over time", () => {
    const steps = 6;
    using model = new Model(sequential(dropout(0.5, { perSequence: true }), dense(3, { bias: false })), {
      inputSize: 3,
    });
    const constant = {
      input: [Array.from({ length: steps }, () => [1, 1, 1])],
      target: [Array.from({ length: steps }, () => [0, 0, 0])],
    };
    const seen: number[][] = [];
    backpropagate(model, constant, (prediction) => {
      for (let step = 0; step < steps; step++) seen.push([...prediction.data.slice(3 * step, 3 * step + 3)]);
      return { loss: 0, gradient: prediction };
    });
    expect(new Set(seen.map(String)).size).toBe(1);
  });
});

/** Networks with noise in the recurrence: the same batch of the same model's life draws the same noise. */
const noisy: Record<string, () => Layer> = {
  "recurrent dropout, LSTM": () => sequential(lstm(5, { recurrentDropout: 0.4 }), mean(), dense(2)),
  "recurrent dropout, gated state": () =>
    sequential(gru(5, { recurrentDropout: 0.4, reset: "before" }), mean(), dense(2)),
  "zoneout of both states": () => sequential(lstm(5, { zoneout: { h: 0.3, c: 0.5 } }), mean(), dense(2)),
  "zoneout, projection and recurrent dropout together": () =>
    sequential(
      lstm(5, { zoneout: 0.3, projectionSize: 3, recurrentDropout: 0.3, direction: "reverse" }),
      mean(),
      dense(2),
    ),
  "zoneout of an Elman network, peepholes and clip": () =>
    sequential(elman(5, { zoneout: 0.4 }), lstm(3, { zoneout: 0.4, peepholes: true, clip: 2 }), mean(), dense(2)),
};

describe("noise in the recurrence", () => {
  /** Loss of the first batch of a model with the given values, whose noise is that of every such first batch. */
  const firstLoss = (make: () => Layer, values: readonly Float32Array[]) => {
    using model = new Model(make(), { inputSize: 3, seed: 3 });
    model.parameters.forEach((parameter, index) => {
      parameter.write(values[index] as Float32Array);
    });
    return {
      loss: backpropagate(model, data, meanSquaredError),
      gradients: model.parameters.map((p) => p.gradient().data),
    };
  };

  test.each(Object.entries(noisy))("%s: backward is the derivative of forward under the same noise", (_, make) => {
    using start = new Model(make(), { inputSize: 3, seed: 3 });
    const values = start.parameters.map((parameter) => parameter.read().data);
    const { gradients } = firstLoss(make, values);
    let worst = 0;
    values.forEach((original, at) => {
      for (let index = 0; index < original.length; index += Math.max(1, original.length >> 2)) {
        const lossAt = (offset: number) => {
          const moved = original.slice();
          moved[index] = (moved[index] as number) + offset;
          return firstLoss(make, values.with(at, moved)).loss;
        };
        const slope = (lossAt(STEP) - lossAt(-STEP)) / (2 * STEP);
        worst = Math.max(worst, Math.abs(slope - (gradients[at]?.[index] as number)));
      }
    });
    expect(worst).toBeLessThan(TOLERANCE);
  });

  test.each(Object.entries(noisy))("%s: predictions draw nothing, and no rate means no difference", (_, make) => {
    using model = new Model(make(), { inputSize: 3, seed: 3 });
    expect(model.predictBatch(input).data).toEqual(model.predictBatch(input).data);
  });

  test("a prediction under zoneout is the mean of the noise after one step", () => {
    using plain = new Model(elman(4), { inputSize: 3, seed: 3 });
    using zoned = new Model(elman(4, { zoneout: 0.25 }), { inputSize: 3, seed: 3 });
    const one = [[0.3, -0.2, 0.9]];
    const expected = plain.predict(one).data.map((value) => value * 0.75);
    expect(zoned.predict(one).data).toEqual(expected);
  });
});

test("both directions of a bidirectional stack drop features of their own", () => {
  const width = 32;
  const seen: Float32Array[] = [];
  for (const perSequence of [false, true]) {
    const model = new Model(bidirectional(sequential(gru(width), dropout(0.5, { perSequence }))), { inputSize: 1 });
    backpropagate(model, { input: [[[1]]], target: [[values(2 * width, 1)]] }, (prediction) => {
      seen.push(prediction.data);
      return { loss: 0, gradient: new Float32Array(prediction.data.length) };
    });
  }
  for (const data of seen) {
    const dropped = Array.from(data, (value) => value === 0);
    expect(dropped.slice(0, width)).toContain(true);
    expect(dropped.slice(0, width)).not.toEqual(dropped.slice(width));
  }
});
