import { describe, expect, test } from "vitest";
import {
  attentionPool,
  bidirectional,
  columns,
  concatenate,
  dense,
  everyStep,
  gru,
  type Layer,
  lstm,
  Model,
  mean,
  ShapeError,
  sequential,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { expectRefusal } from "../support/refusal.js";
import { describeNetworks, mask, padded, ragged } from "./layerTruths.js";

const scores = sequential(dense(3, { activation: "tanh" }), dense(1, { bias: false }));
const networks: Readonly<Record<string, Layer>> = {
  "of states": sequential(gru(4), attentionPool(scores), dense(2)),
  "of the input": sequential(attentionPool(dense(1)), dense(2)),
  "of both directions, with scores of their own memory": sequential(bidirectional(lstm(2)), attentionPool(gru(1))),
  "by a column": sequential(gru(5), attentionPool(columns(1, 2)), dense(2)),
  "beside the mean": sequential(gru(5), concatenate(attentionPool(dense(1)), mean()), dense(2)),
  "at every step": sequential(gru(3), everyStep(attentionPool(dense(1))), dense(2)),
};

describeNetworks(networks);

/** Σ softmax(scores) x, in float64. @param rows [steps, width] */
function weighted(rows: readonly (readonly number[])[], given: readonly number[]): number[] {
  const shares = given.map((score) => Math.exp(score - Math.max(...given)));
  const sum = shares.reduce((a, b) => a + b, 0);
  return (rows[0] ?? []).map((_, at) => rows.reduce((total, row, step) => total + (shares[step] / sum) * row[at], 0));
}

describe("the mean by attention", () => {
  // Scores that are the first feature, five times.
  const scored = (): Model => {
    const model = new Model(attentionPool(dense(1)), { inputSize: 3 });
    model.parameters[0].write([[5, 0, 0]]);
    return model;
  };

  test("is that of the definition, in batches of any lengths and alone", () => {
    using model = scored();
    const batch = model.predictBatch(ragged);
    ragged.forEach((sequence, index) => {
      const own = batch.data.subarray(3 * index, 3 * index + 3);
      const wanted =
        sequence.length === 0
          ? [0, 0, 0]
          : weighted(
              sequence,
              sequence.map(([first]) => 5 * first),
            );
      // Shares have three roundings and exp's error, values one each: some 1e-6 of values below 1.
      wanted.forEach((value, at) => {
        expect(Math.abs(own[at] - value)).toBeLessThan(1e-6);
      });
      if (sequence.length > 0) expectSameBits(model.predict(sequence).data, own, `sequence ${index}`);
    });
  });

  test("passes over masked steps, whatever they hold", () => {
    using model = scored();
    const { data } = model.predictBatch(padded, { mask });
    const bare = padded.map((sequence, index) => sequence.filter((_, step) => mask[index][step] === 1));
    expectSameBits(data, model.predictBatch(bare).data, "without the masked steps");
  });
});

describe("attentionPool refuses", () => {
  const refused = (layer: Layer, ...texts: string[]) =>
    expectRefusal(() => new Model(layer, { inputSize: 3 }), ShapeError, ...texts);

  test("anything but one score a step", () => {
    refused(attentionPool(dense(2)), "wants one score a step, [batch, time, 1]", "dense(2) gives [batch, time, 2]");
    refused(attentionPool(sequential(mean(), dense(1))), "gives [batch, 1]");
  });

  test("rows whose steps are gone", () => {
    refused(sequential(gru(3), mean(), attentionPool(dense(1))), "the steps are already gone");
  });

  test("to go step by step", () => {
    using model = new Model(networks["of states"], { inputSize: 3 });
    expect(() => model.session()).toThrow("its answer is made from all steps of a sequence together");
  });
});
