import { describe, expect, test } from "vitest";
import {
  adam,
  crossEntropy,
  dense,
  drawUnrolled,
  embedding,
  fit,
  gradientCheck,
  gradientFlow,
  lastStep,
  loadModel,
  lstm,
  Model,
  oneHot,
  residual,
  sequential,
  Tensor,
  trace,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";

const characters = () =>
  new Model(sequential(oneHot(6), lstm(5, { name: "rnn" }), dense(6, { name: "head" })), { seed: 4 });
const ragged = [[3, 1, 4, 1, 5], [0], [2, 2, 5]];
const next = [[1, 4, 1, 5, 2], [3], [2, 5, 0]];

describe("a network behind oneHot", () => {
  test("has the parameters of the layers behind it alone", () => {
    const model = characters();
    expect(model.parameters.map(({ name, shape }) => `${name} ${shape.join("×")}`).slice(0, 2)).toEqual([
      "rnn.weight_ih_l0 20×6",
      "rnn.weight_hh_l0 20×5",
    ]);
    expect(model.summary()).toMatch(/0 +oneHot\(6\) +\[batch, time, 6\] +0\n/);
  });

  test("is saved and loaded as what it is, and proves itself", () => {
    const model = characters();
    const text = JSON.stringify(model.specification);
    expect(text).toContain('{"type":"oneHot","config":{"vocabularySize":6}}');
    const bytes = model.save({ vectors: { ragged: { input: ragged } } });
    const loaded = loadModel(bytes, { verify: true });
    expect(JSON.stringify(loaded.specification)).toBe(text);
    expectSameBits(loaded.predictBatch(ragged).data, model.predictBatch(ragged).data, "loaded");
  });

  test("keeps its name", () => {
    const { name } = oneHot(6, { name: "letters" });
    expect(name).toBe("letters");
    expect(new Model(sequential(oneHot(6, { name: "letters" }), lstm(2))).summary()).toMatch(/letters +oneHot/);
  });

  test("is drawn as any other", () => {
    const [own, other] = [oneHot(6), embedding(6, 6)].map((first) =>
      drawUnrolled(new Model(sequential(first, lstm(5), dense(6)))),
    );
    expect(own).toContain("oneHot");
    expect(other).not.toContain("oneHot");
    // The same boxes and arrows.
    expect(own?.match(/<rect|<path|<line/g)).toEqual(other?.match(/<rect|<path|<line/g));
  });

  test("has right gradients, whether its rows are read or not", () => {
    const data = { input: ragged, target: next };
    expect(gradientCheck(characters(), data, crossEntropy).passed).toBe(true);
    const bypassed = new Model(sequential(oneHot(6), residual(lstm(6))), { seed: 4 });
    expect(gradientCheck(bypassed, data, crossEntropy).passed).toBe(true);
  });

  test("is looked into", () => {
    const model = characters();
    const { layers } = gradientFlow(model, { input: ragged, target: next }, crossEntropy);
    expect(layers.map(({ path, layer }) => [path, layer])).toEqual([["rnn", "lstm(5)"]]);
    const { output } = trace(model, ragged);
    expectSameBits(output.data, model.predictBatch(ragged).data, "traced");
  });

  test("reads padding of a batch with lengths as no token", () => {
    const model = characters();
    const padded = new Tensor(Float32Array.of(3, 1, 4, 5, 0, 0), [2, 3]);
    const found = model.predictBatch(padded, { lengths: [3, 1] });
    expectSameBits(found.data.slice(0, 18), model.predict([3, 1, 4]).data, "first");
    expectSameBits(found.data.slice(18, 24), model.predict([5]).data, "second");
  });

  test("learns which token came first", async () => {
    const model = new Model(sequential(oneHot(4), lstm(12), lastStep(), dense(4)), { seed: 1 });
    const input = Array.from({ length: 256 }, (_, index) => [
      index & 3,
      (index >> 2) & 3,
      (index >> 4) & 3,
      (index >> 6) & 3,
    ]);
    const data = { input, target: input.map(([first]) => first as number) };
    await fit(model, data, { loss: crossEntropy, optimizer: adam({ learningRate: 0.02 }), epochs: 30, batchSize: 32 });
    const answers = input.map((sequence) => {
      const scores = Array.from(model.predict(sequence).data);
      return scores.indexOf(Math.max(...scores));
    });
    expect(answers).toEqual(data.target);
  });
});
