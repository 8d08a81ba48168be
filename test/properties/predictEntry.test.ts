import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withoutWayBack } from "../../scripts/withoutWayBack.js";
import { cells } from "../../src/cells/index.js";
import * as whole from "../../src/index.js";
import * as predictCore from "../../src/wasm/generated/predictCore.js";
import { cellVariants } from "../oracle/cellVariants.js";
import { TestRandom } from "../oracle/random.js";
import { entryFile } from "../support/entryFile.js";
import { expectSameBits } from "./bits.js";

type Predict = typeof import("../../src/predict.js");

const INPUTS = 4;
const LENGTHS = [7, 0, 3, 9, 1];
const { bidirectional, concatenate, dense, dropout, embedding, gru, lastStep, lstm, max, mean, residual, sequential } =
  whole;

/** Every cell with each of its option sets, and with what a layer of any cell can do. */
const recurrentLayers: [string, whole.Layer][] = Object.entries(cells).flatMap(([name, cell]) => {
  const layer = (options: object) => whole.recurrent(cell as whole.CellDefinition, 9, options);
  const ofLayer = { normalization: "layer", initialState: "learned", zoneout: 0.2, direction: "reverse" };
  return [
    ...cellVariants(name).map(({ label, options }): [string, whole.Layer] => [label, layer(options)]),
    [`${name} with a layer's options`, layer(ofLayer)],
  ];
});

const stacks: Record<string, whole.Layer> = {
  "lstm, projected, with dropouts": sequential(
    lstm(9, { projectionSize: 5, recurrentDropout: 0.5 }),
    dropout(0.5),
    dense(3),
  ),
  bidirectional: sequential(bidirectional(gru(5)), whole.finalState(), dense(2, { activation: "geluTanh" })),
  "branches and bypasses": sequential(concatenate(gru(4), dense(3)), residual(lstm(7)), mean()),
  "the largest of a reversed layer": sequential(bidirectional(lstm(5), { merge: "mul" }), max()),
  "the last step": sequential(gru(6), lastStep(), dense(2, { activation: "gelu" })),
  manyToOne: whole.manyToOne({ cell: "gru", inputSize: INPUTS, units: 5, outputSize: 2, layers: 2 }),
  manyToMany: whole.manyToMany({ cell: "lstm", inputSize: INPUTS, units: 5, outputSize: 2, bidirectional: true }),
  encoderDecoder: whole.encoderDecoder({ cell: "gru", inputSize: INPUTS, units: 5, outputSize: 2, steps: 4 }),
  ...Object.fromEntries(
    (["dot", "general", "additive"] as const).map((attention) => [
      `encoderDecoder, attention: ${attention}`,
      whole.encoderDecoder({ cell: "lstm", inputSize: INPUTS, units: 6, outputSize: 2, steps: 4, attention }),
    ]),
  ),
};

/** Sequences of these lengths [time, INPUTS]; an empty one among them. */
function sequences(): whole.Tensor[] {
  const random = new TestRandom(12);
  return LENGTHS.map((length) => new whole.Tensor(random.numbers(length * INPUTS), [length, INPUTS]));
}

describe("recurve/predict gives the bits of the whole library", () => {
  let entry: Awaited<ReturnType<typeof entryFile<Predict>>>;
  let predict: Predict;
  beforeAll(async () => {
    entry = await entryFile<Predict>("predict", ["predict"], [withoutWayBack]);
    predict = await entry.another();
  });
  afterAll(() => entry.remove());

  /** The same data as the other copy's tensors. */
  const foreign = (tensors: readonly whole.Tensor[]) =>
    tensors.map(({ data, shape }) => new predict.Tensor(data, shape));

  test("on a core of its own, which has no way back and updates nothing", () => {
    const bytes = readFileSync(new URL("../../build/predict.wasm", import.meta.url));
    const names = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
    expect(names.filter((name) => /Backward|Gradient|Loss|ctc|crossEntropy|moveParameters/.test(name))).toEqual([]);
    const text = readFileSync(new URL(entry.url), "utf8");
    for (const part of Object.values(predictCore)) expect(text).toContain(part.text);
  });

  test.each([...recurrentLayers, ...Object.entries(stacks)])("%s: loaded, all in one batch", (_, network) => {
    const model = new whole.Model(network, { inputSize: INPUTS, seed: 3 });
    const twin = predict.loadModel(model.save());
    const expected = model.predictBatch(sequences());
    const found = twin.predictBatch(foreign(sequences()));
    expect(found.shape).toEqual(expected.shape);
    expectSameBits(found.data, expected.data, "predictBatch");
    for (const each of [model, twin]) each.dispose();
  });

  test.each(Object.keys(cells))("%s: made from a seed, masked, traced, streamed", (name) => {
    const make = (of: Pick<Predict, "Model" | "sequential" | "recurrent" | "dense" | "cells">) =>
      new of.Model(of.sequential(of.recurrent(of.cells[name as whole.CellName] as never, 6), of.dense(2)), {
        inputSize: INPUTS,
        seed: 8,
      });
    const [model, twin] = [make(whole as unknown as Predict) as unknown as whole.Model, make(predict)];
    model.parameters.forEach((parameter, index) => {
      expectSameBits((twin.parameters[index] as whole.Parameter).read().data, parameter.read().data, parameter.name);
    });
    const mask = LENGTHS.map((length) => Array.from({ length }, (_, step) => step % 3 !== 1));
    const masked = { mask: mask.map((steps) => steps.map(Number)) };
    expectSameBits(
      twin.predictBatch(foreign(sequences()), masked).data,
      model.predictBatch(sequences(), masked).data,
      "masked",
    );
    const session = model.session();
    const own = predict.loadModel(model.save()).session();
    for (let step = 0; step < 5; step++) {
      const features = [step, -step, 0.5, 1 / (step + 1)];
      expectSameBits(own.step(features), session.step(features), `step ${step}`);
    }
    expect(own.snapshot()).toEqual(session.snapshot());
    const carried = twin.session(session.snapshot());
    expectSameBits(carried.step([1, 2, 3, 4]), session.step([1, 2, 3, 4]), "after a snapshot");
  });

  test("tokens", () => {
    const network = sequential(embedding(11, 4), lstm(5), dense(11));
    const model = new whole.Model(network, { seed: 2, inputSize: 1 });
    const sentences = [[1, 4, 10], [], [0, 0, 7, 3]];
    expectSameBits(
      predict.loadModel(model.save()).predictBatch(sentences).data,
      model.predictBatch(sentences).data,
      "sentences",
    );
  });

  test("a model or a layer of the whole library is another copy's", () => {
    expect(() => new predict.Model(lstm(3) as never, { inputSize: 1 })).toThrow(predict.StateError);
    const model = new whole.Model(lstm(3), { inputSize: 1 });
    expect(() => predict.run(model as never, [[[1]]])).toThrow("another copy of recurve");
  });
});
