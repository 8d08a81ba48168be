import { describe, expect, test } from "vitest";
import {
  bidirectional,
  dense,
  encoderDecoder,
  gru,
  type Layer,
  lastStep,
  loadModel,
  lstm,
  Model,
  manyToMany,
  manyToOne,
  oneToMany,
  oneToOne,
  sequential,
  tied,
} from "../../src/index.js";

const architectures: Record<string, () => Layer> = {
  oneToOne: () => oneToOne({ inputSize: 3, units: 5, outputSize: 2, layers: 2, activation: "relu" }),
  oneToMany: () => oneToMany({ cell: "gru", inputSize: 2, units: 4, outputSize: 2, steps: 7, teacherForcing: 0.5 }),
  "oneToMany of tokens": () =>
    oneToMany({ cell: "lstm", vocabularySize: 9, embeddingSize: 3, units: 4, steps: 7, stop: 0 }),
  manyToOne: () => manyToOne({ cell: "lstm", inputSize: 3, units: 4, outputSize: 2, layers: 3, dropout: 0.2 }),
  "manyToOne in both directions": () =>
    manyToOne({ cell: "gru", vocabularySize: 9, units: 4, outputSize: 2, bidirectional: true, pool: "last" }),
  "manyToOne, the mean over time": () =>
    manyToOne({
      cell: "elman",
      activation: "relu",
      inputSize: 3,
      units: 4,
      outputSize: 2,
      bidirectional: true,
      pool: "mean",
    }),
  manyToMany: () => manyToMany({ cell: "minGru", inputSize: 3, units: 4, outputSize: 2 }),
  "manyToMany of tokens": () =>
    manyToMany({
      cell: "lstm",
      vocabularySize: 9,
      units: 4,
      outputSize: 2,
      layers: 2,
      bidirectional: true,
      dropout: 0.1,
    }),
  "manyToMany with further options": () =>
    manyToMany({
      cell: "lstmGeneral",
      inputSize: 3,
      units: 4,
      outputSize: 2,
      layers: 2,
      recurrent: { projectionSize: 3, zoneout: { h: 0.1, c: 0.2 }, peepholes: true, outputActivation: { type: "elu" } },
    }),
  "oneToMany with further options": () =>
    oneToMany({ cell: "gru", inputSize: 2, units: 4, outputSize: 2, steps: 7, recurrent: { normalization: "layer" } }),
  "encoderDecoder with further options": () =>
    encoderDecoder({ cell: "gru", inputSize: 3, outputSize: 2, units: 4, recurrent: { recurrentDropout: 0.2 } }),
  encoderDecoder: () => encoderDecoder({ cell: "gru", inputSize: 3, outputSize: 2, units: 4 }),
  "encoderDecoder of tokens": () =>
    encoderDecoder({
      cell: "lstm",
      vocabularySize: 9,
      targetVocabularySize: 6,
      units: 4,
      layers: 2,
      bidirectional: true,
      bridge: "dense",
      attention: "additive",
      attentionSize: 3,
      dropout: 0.1,
      teacherForcing: { kind: "linear", to: 0.5, batches: 100 },
      start: 1,
      stop: 2,
      steps: 12,
    }),
};

describe.each(Object.entries(architectures))("%s", (_, make) => {
  test("is plain JSON, in a file as in memory", () => {
    const layer = make();
    using model = new Model(layer, { seed: 4 });
    using twin = loadModel(model.save());
    expect(JSON.stringify(twin.specification)).toBe(JSON.stringify(layer));
    expect(twin.parameters.map(({ name, read }) => [name, read().data])).toEqual(
      model.parameters.map(({ name, read }) => [name, read().data]),
    );
  });

  test("cannot be changed", () => {
    const { config } = make();
    expect(Object.isFrozen(config)).toBe(true);
    for (const value of Object.values(config)) expect(Object.isFrozen(value)).toBe(true);
  });

  test("is shown by its layers", () => {
    using model = new Model(make());
    const summary = model.summary();
    const paths = new Set(model.parameters.map(({ name }) => name.slice(0, name.lastIndexOf("."))));
    for (const path of paths) expect(summary).toContain(path);
    const [headline] = summary.split("\n");
    for (const value of Object.values(make().config))
      if (typeof value === "string" || typeof value === "number") expect(headline).toContain(String(value));
    const count = model.parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(summary.replaceAll(/(?<=\d) (?=\d)/g, "")).toContain(`${count} parameters`);
  });
});

test("the summary names every option that its name does not, whatever numbers are in that", () => {
  const options = { cell: "gru", units: 16, vocabularySize: 16, targetVocabularySize: 61, start: 1, stop: 6 } as const;
  const layer = tied(encoderDecoder(options), { "decoder.rnn.bias_hh_l0": "decoder.rnn.bias_ih_l0" });
  expect(new Model(layer).summary().split("\n")[0]).toBe(
    "encoderDecoder(gru 16), tied: decoder.rnn.bias_hh_l0 = decoder.rnn.bias_ih_l0: vocabularySize 16, targetVocabularySize 61, start 1, stop 6",
  );
  expect(new Model(bidirectional(gru(2)), { inputSize: 2 }).summary()).not.toContain("merge");
});

test("the parts of an encoder–decoder have the paths of their roles", () => {
  using model = new Model(architectures["encoderDecoder of tokens"]?.() as Layer);
  expect(model.parameters.map(({ name, shape }) => `${name} ${shape.join("×")}`)).toMatchInlineSnapshot(`
    [
      "encoder.embedding.weight 9×4",
      "encoder.rnn.weight_ih_l0 16×4",
      "encoder.rnn.weight_hh_l0 16×4",
      "encoder.rnn.bias_ih_l0 16",
      "encoder.rnn.bias_hh_l0 16",
      "encoder.rnn.weight_ih_l0_reverse 16×4",
      "encoder.rnn.weight_hh_l0_reverse 16×4",
      "encoder.rnn.bias_ih_l0_reverse 16",
      "encoder.rnn.bias_hh_l0_reverse 16",
      "encoder.rnn1.weight_ih_l0 16×8",
      "encoder.rnn1.weight_hh_l0 16×4",
      "encoder.rnn1.bias_ih_l0 16",
      "encoder.rnn1.bias_hh_l0 16",
      "encoder.rnn1.weight_ih_l0_reverse 16×8",
      "encoder.rnn1.weight_hh_l0_reverse 16×4",
      "encoder.rnn1.bias_ih_l0_reverse 16",
      "encoder.rnn1.bias_hh_l0_reverse 16",
      "bridge.rnn.h.weight 4×8",
      "bridge.rnn.h.bias 4",
      "bridge.rnn.c.weight 4×8",
      "bridge.rnn.c.bias 4",
      "bridge.rnn1.h.weight 4×8",
      "bridge.rnn1.h.bias 4",
      "bridge.rnn1.c.weight 4×8",
      "bridge.rnn1.c.bias 4",
      "decoder.embedding.weight 6×4",
      "decoder.rnn.weight_ih_l0 16×4",
      "decoder.rnn.weight_hh_l0 16×4",
      "decoder.rnn.bias_ih_l0 16",
      "decoder.rnn.bias_hh_l0 16",
      "decoder.rnn1.weight_ih_l0 16×4",
      "decoder.rnn1.weight_hh_l0 16×4",
      "decoder.rnn1.bias_ih_l0 16",
      "decoder.rnn1.bias_hh_l0 16",
      "attention.key.weight 3×8",
      "attention.query.weight 3×4",
      "attention.score.weight 1×3",
      "attention.combine.weight 4×12",
      "attention.combine.bias 4",
      "decoder.head.weight 6×4",
      "decoder.head.bias 6",
    ]
  `);
});

test("a network of two directions takes both ends of a sequence", () => {
  const make = (bidirectional: boolean) =>
    manyToOne({ cell: "gru", inputSize: 1, units: 3, outputSize: 1, bidirectional });
  using model = new Model(make(true));
  using oneWay = new Model(make(false));
  const first = (given: Model, start: number) => given.predict([[start], [0.2], [0.3]]).item();
  expect(model.summary()).toContain("finalState");
  expect(oneWay.summary()).toContain("lastStep");
  expect(first(model, 0.5)).not.toBe(first(model, -0.5));
});

test("further options reach every recurrent layer of an architecture, and are a copy", () => {
  const zoneout = { h: 0.1, c: 0.2 };
  const given = manyToOne({
    cell: "lstm",
    inputSize: 3,
    units: 4,
    outputSize: 2,
    recurrent: { zoneout, forgetBias: 3 },
  });
  const same = new Model(
    sequential(lstm(4, { name: "rnn", zoneout, forgetBias: 3 }), lastStep(), dense(2, { name: "head" })),
    { inputSize: 3 },
  );
  zoneout.h = 0.9;
  const model = new Model(given);
  expect(model.predict([[1, 2, 3]])).toEqual(same.predict([[1, 2, 3]]));
  const again = loadModel(model.save());
  expect(again.predict([[1, 2, 3]])).toEqual(same.predict([[1, 2, 3]]));
  const both = new Model(
    encoderDecoder({ cell: "gru", inputSize: 3, outputSize: 2, units: 4, layers: 2, recurrent: { bias: false } }),
  );
  expect(both.parameters.filter(({ name }) => name.includes("bias")).map(({ name }) => name)).toEqual([
    "decoder.head.bias",
  ]);
});

test("further options that are none of the layer's are refused", () => {
  const made = (recurrent: object, cell: "lstm" | "elman" = "lstm") => {
    return () =>
      manyToOne({ cell, inputSize: 3, units: 4, outputSize: 2, recurrent: recurrent as { zoneout: number } });
  };
  expect(made({ peepholes: true })).toThrow('lstm(4) knows no option "peepholes"');
  expect(made({ zoneout: 3 })).toThrow("zoneout of lstm(4) must be between 0 and 1");
  for (const name of ["name", "direction", "initialState", "activation"])
    expect(made({ [name]: "rnn" })).toThrow(`recurrent of manyToOne cannot say "${name}": manyToOne itself does.`);
  for (const bad of [3, null, [], "zoneout"])
    expect(made(bad as object)).toThrow("recurrent of manyToOne must be options of a layer, received");
  const projected = { cell: "lstm", inputSize: 3, outputSize: 2, units: 4, recurrent: { projectionSize: 2 } } as const;
  expect(() => encoderDecoder(projected)).toThrow("encoderDecoder hands states over whole");
});
