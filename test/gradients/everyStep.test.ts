import { describe, expect, test } from "vitest";
import {
  adam,
  bidirectional,
  columns,
  concatenate,
  dense,
  everyStep,
  finalState,
  fit,
  gru,
  type Layer,
  lastStep,
  lstm,
  Model,
  max,
  mean,
  meanSquaredError,
  residual,
  ShapeError,
  sequential,
  truncated,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { expectRefusal } from "../support/refusal.js";
import { describeNetworks, ragged } from "./layerTruths.js";

const code = sequential(lstm(4), finalState(), dense(2));
/** What a layer makes of a whole sequence, at its steps: alone, beside the input, within others. */
const networks: Readonly<Record<string, Layer>> = {
  autoencoder: sequential(everyStep(code), gru(3), dense(3)),
  "the last step of all": sequential(gru(4), everyStep(lastStep()), dense(2)),
  "beside the input": sequential(concatenate(columns(0, 3), everyStep(sequential(gru(3), mean()))), gru(3)),
  "around itself": sequential(dense(2), residual(everyStep(sequential(gru(2), max())))),
  "read from both ends": sequential(everyStep(code), bidirectional(lstm(2)), lastStep()),
  "twice, one within the other": sequential(everyStep(sequential(everyStep(code), gru(3), lastStep())), dense(2)),
};

describeNetworks(networks);

test("each step has the bits of the row", () => {
  using whole = new Model(everyStep(code), { inputSize: 3 });
  using alone = new Model(code, { inputSize: 3 });
  const rows = alone.predictBatch(ragged);
  ragged.forEach((sequence, index) => {
    const { data, shape } = whole.predict(sequence);
    expect(shape).toEqual([sequence.length, 2]);
    const row = rows.data.subarray(2 * index, 2 * index + 2);
    for (let step = 0; step < sequence.length; step++)
      expectSameBits(data.subarray(2 * step, 2 * step + 2), row, `sequence ${index}, step ${step}`);
  });
});

test("an autoencoder learns to unfold what it has folded", async () => {
  using model = new Model(sequential(everyStep(sequential(lstm(12), finalState(), dense(3))), lstm(12), dense(1)));
  const input = Array.from({ length: 32 }, (_, index) =>
    Array.from({ length: 8 + (index % 3) }, (__, step) => [Math.sin(step / 2 + index)]),
  );
  const { losses } = await fit(
    model,
    { input, target: input },
    { loss: meanSquaredError, optimizer: adam({ learningRate: 0.01 }), epochs: 120 },
  );
  // Sines have a mean square of a half; a code of three numbers tells phase and length.
  expect(losses.at(-1)).toBeLessThan(0.05);
});

describe("everyStep refuses", () => {
  const refused = (layer: Layer, ...texts: string[]) =>
    expectRefusal(() => new Model(layer, { inputSize: 3 }), ShapeError, ...texts);

  test("what gives more than one row a sequence", () => {
    refused(everyStep(gru(4)), "gru(4) gives [batch, time, 4]", "finalState(), lastStep(), mean() or max()");
  });

  test("rows whose steps are gone", () => {
    refused(sequential(gru(4), mean(), everyStep(dense(2))), "receives [batch, 4]: the steps are already gone");
  });

  test("to go step by step, or in windows", async () => {
    using model = new Model(networks.autoencoder, { inputSize: 3 });
    const reason = "its row is made from all steps of a sequence together";
    expect(() => model.session()).toThrow(reason);
    const options = { loss: meanSquaredError, optimizer: adam(), truncate: truncated({ every: 2 }) };
    await expect(fit(model, { input: ragged, target: ragged }, options)).rejects.toThrow(reason);
  });
});
