import { describe, expect, test } from "vitest";
import {
  adam,
  backpropagate,
  dense,
  dropout,
  evaluate,
  fit,
  gradientFlow,
  lastStep,
  lstm,
  Model,
  meanSquaredError,
  Optimizer,
  StateError,
  sequential,
} from "../../src/index.js";
import { expectRefusal, expectRejection } from "../support/refusal.js";

const layer = sequential(lstm(2), lastStep(), dense(1));
/** One sequence with two targets: however fast a machine trains, the loss does not become 0. */
const data = {
  input: [
    [[1], [2]],
    [[1], [2]],
  ],
  target: [[1], [2]],
};
const loss = meanSquaredError;

describe("while fit trains a model", () => {
  test("a second fit, a backpropagation, an update and dispose are refused; predictions and measurements are not", async () => {
    const model = new Model(layer, { inputSize: 1 });
    const optimizer = new Optimizer(model, adam());
    const first = fit(model, data, { loss, epochs: 200_000 });
    await new Promise((resolve) => setImmediate(resolve));
    await expectRejection(() => fit(model, data, { loss }), StateError, "already being trained", "abort");
    expectRefusal(() => backpropagate(model, data, loss), StateError, "being trained by fit");
    expectRefusal(() => model.dispose(), StateError, "being trained", "Abort");
    expectRefusal(() => optimizer.update(), StateError, "being trained by fit");
    expect(optimizer.updates).toBe(0);
    expect(model.predict([1, 2]).shape).toEqual([1]);
    expect(evaluate(model, data, { loss }).loss).toBeGreaterThan(0);
    expect(gradientFlow(model, data, loss).byLag).toHaveLength(2);
    expect((await first).updates).toBe(200_000);
    expect((await fit(model, data, { loss })).updates).toBe(1);
    optimizer.update();
    expect(optimizer.updates).toBe(1);
    model.dispose();
  });

  test("what is done between its batches does not change where it ends", async () => {
    // Dropout draws noise: what is measured between must not take any of it.
    const noisy = sequential(lstm(2), lastStep(), dropout(0.2), dense(1));
    const quiet = new Model(noisy, { inputSize: 1 });
    const watched = new Model(noisy, { inputSize: 1 });
    await fit(quiet, data, { loss, epochs: 300, batchSize: 1 });
    await fit(watched, data, {
      loss,
      epochs: 300,
      batchSize: 1,
      onUpdate(_loss, update) {
        if (update % 50 !== 0) return;
        watched.predictBatch(Array.from({ length: update }, () => [[update], [1]]));
        gradientFlow(
          watched,
          { input: Array.from({ length: 3 }, () => [[1], [2], [3]]), target: [[1], [2], [3]] },
          loss,
        );
        evaluate(watched, data, { loss });
      },
    });
    expect(watched.save()).toEqual(quiet.save());
  });
});

describe("abort", () => {
  test("before the start nothing is trained", async () => {
    const model = new Model(layer, { inputSize: 1 });
    const fresh = model.save();
    const result = await fit(model, data, { loss, epochs: 5, signal: AbortSignal.abort() });
    expect(result).toEqual({ epochs: 0, updates: 0, losses: [], validationLosses: [], stopped: "aborted" });
    expect(model.save()).toEqual(fresh);
  });

  test("during a run it ends after the present update, and the weights stay as they are then", async () => {
    const model = new Model(layer, { inputSize: 1 });
    const control = new AbortController();
    let weights: Uint8Array | undefined;
    const result = await fit(model, data, {
      loss,
      epochs: 50,
      batchSize: 1,
      validation: data,
      patience: 50,
      signal: control.signal,
      onUpdate(_loss, update) {
        if (update !== 7) return;
        control.abort();
        weights = model.save();
      },
    });
    expect(result).toMatchObject({ epochs: 3, updates: 7, stopped: "aborted" });
    expect(model.save()).toEqual(weights);
    model.dispose();
  });

  test("after the last update the run is finished", async () => {
    const model = new Model(layer, { inputSize: 1 });
    const control = new AbortController();
    const options = {
      loss,
      epochs: 2,
      signal: control.signal,
      onUpdate: (_: number, update: number) => update === 2 && control.abort(),
    };
    expect((await fit(model, data, options as never)).stopped).toBe("finished");
  });

  test("an error in a callback ends the run and frees the model", async () => {
    const model = new Model(layer, { inputSize: 1 });
    const thrown = () => {
      throw new RangeError("mine");
    };
    await expectRejection(() => fit(model, data, { loss, onUpdate: thrown }), RangeError, "mine");
    await expectRejection(() => fit(model, data, { loss, onProgress: thrown }), RangeError, "mine");
    expect((await fit(model, data, { loss })).updates).toBe(1);
    model.dispose();
  });
});
