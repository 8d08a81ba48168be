import { describe, expect, test } from "vitest";
import {
  adam,
  backpropagate,
  bidirectional,
  crossEntropy,
  dense,
  embedding,
  encoderDecoder,
  fit,
  gradientCheck,
  gru,
  type Layer,
  loadModel,
  lstm,
  Model,
  meanSquaredError,
  type Parameter,
  readSafetensors,
  residual,
  sequential,
  Tensor,
  tied,
} from "../../src/index.js";

const [B, T, H] = [3, 5, 6];
/** Sums of at most a hundred float32 terms below 1, in two orders. */
const TOLERANCE = 1e-5;
const wave = (count: number, from: number): Float32Array =>
  Float32Array.from({ length: count }, (_, index) => Math.sin(3 * index + from));
const rows = (from: number): Tensor => new Tensor(wave(B * T * H, from), [B, T, H]);
const tokens = Array.from({ length: B }, (_, b) => Array.from({ length: T }, (_, t) => (3 * b + 5 * t) % 8));

const find = (model: Model, name: string): Parameter => {
  const found = model.parameters.find((parameter) => parameter.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

/** A tied network, the same without ties, the data, and which parameters of the second are one in the first. */
interface Case {
  readonly title: string;
  readonly tied: Layer;
  readonly apart: Layer;
  readonly pairs: Readonly<Record<string, string>>;
  readonly inputSize?: number;
  readonly data: { readonly input: Tensor | number[][]; readonly target: Tensor | number[][] };
  readonly loss: typeof meanSquaredError | typeof crossEntropy;
}

const recurrentNames = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"];
const numbers = { data: { input: rows(1), target: rows(2) }, loss: meanSquaredError, inputSize: H };
const words = { data: { input: tokens, target: tokens }, loss: crossEntropy };
const classes = dense(8);

const cases: readonly Case[] = [
  ...[lstm, gru].map((cell) => ({
    title: `${cell.name} applied twice`,
    tied: sequential(cell(H, { name: "a" }), tied(cell(H, { name: "b" }), "a")),
    apart: sequential(cell(H, { name: "a" }), cell(H, { name: "b" })),
    pairs: Object.fromEntries(recurrentNames.map((name) => [`b.${name}`, `a.${name}`])),
    ...numbers,
  })),
  {
    title: "the table of an embedding as output weights",
    tied: sequential(embedding(8, H, { name: "words" }), gru(H), tied(classes, { weight: "words.weight" })),
    apart: sequential(embedding(8, H, { name: "words" }), gru(H), classes),
    pairs: { "2.weight": "words.weight" },
    ...words,
  },
  {
    title: "an output layer that owns the table",
    tied: sequential(tied(embedding(8, H), "head"), lstm(H), dense(8, { name: "head" })),
    apart: sequential(embedding(8, H), lstm(H), dense(8, { name: "head" })),
    pairs: { "0.weight": "head.weight" },
    ...words,
  },
  {
    title: "both directions",
    tied: tied(bidirectional(gru(H), { merge: "sum" }), {
      weight_ih_l0_reverse: "weight_ih_l0",
      weight_hh_l0_reverse: "weight_hh_l0",
    }),
    apart: bidirectional(gru(H), { merge: "sum" }),
    pairs: { weight_ih_l0_reverse: "weight_ih_l0", weight_hh_l0_reverse: "weight_hh_l0" },
    ...numbers,
  },
  {
    title: "both biases of a layer",
    tied: tied(lstm(H), { bias_hh_l0: "bias_ih_l0" }),
    apart: lstm(H),
    pairs: { bias_hh_l0: "bias_ih_l0" },
    ...numbers,
  },
  {
    title: "a bidirectional layer inside a residual one",
    tied: sequential(
      bidirectional(lstm(H), { merge: "average", name: "a" }),
      residual(tied(bidirectional(lstm(H), { merge: "average", name: "b" }), "a")),
    ),
    apart: sequential(
      bidirectional(lstm(H), { merge: "average", name: "a" }),
      residual(bidirectional(lstm(H), { merge: "average", name: "b" })),
    ),
    pairs: Object.fromEntries(
      recurrentNames.flatMap((name) => ["", "_reverse"].map((end) => [`b.${name}${end}`, `a.${name}${end}`])),
    ),
    ...numbers,
  },
  {
    title: "the tables of a translator",
    tied: tied(translator(), {
      "decoder.embedding.weight": "encoder.embedding.weight",
      "decoder.head.weight": "decoder.embedding.weight",
    }),
    apart: translator(),
    pairs: {
      "decoder.embedding.weight": "encoder.embedding.weight",
      "decoder.head.weight": "encoder.embedding.weight",
    },
    ...words,
  },
];

function translator(): Layer {
  return encoderDecoder({ cell: "gru", vocabularySize: 8, targetVocabularySize: 8, units: H, start: 1, stop: 2 });
}

describe.each(cases)("$title", ({ tied: layer, apart, pairs, inputSize, data, loss }) => {
  const sizes = inputSize === undefined ? {} : { inputSize };
  const shared = new Model(layer, sizes);
  const twin = new Model(apart, sizes);
  for (const parameter of shared.parameters) find(twin, parameter.name).write(parameter.read());
  for (const [name, owner] of Object.entries(pairs)) find(twin, name).write(find(shared, owner).read());

  test("predicts the bits of a network whose weights are equal", () => {
    expect(shared.predictBatch(data.input)).toEqual(twin.predictBatch(data.input));
  });

  test("gathers the gradients of all places", () => {
    expect(backpropagate(shared, data, loss)).toBe(backpropagate(twin, data, loss));
    for (const parameter of shared.parameters) {
      const names = [parameter.name, ...Object.keys(pairs).filter((name) => pairs[name] === parameter.name)];
      const parts = names.map((name) => find(twin, name).gradient().data);
      parameter.gradient().data.forEach((value, index) => {
        const wanted = parts.reduce((sum, part) => sum + (part[index] as number), 0);
        expect(Math.abs(value - wanted)).toBeLessThan(TOLERANCE);
      });
    }
  });

  test("has gradients that are those of its loss", () => {
    const { passed, parameters } = gradientCheck(shared, data, loss);
    expect(passed).toBe(true);
    expect(parameters.map(({ name }) => name)).toEqual(shared.parameters.map(({ name }) => name));
  });

  test("counts and keeps what is shared once", () => {
    const count = (model: Model) => model.parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b), 0);
    const saved = Object.keys(pairs).reduce((sum, name) => sum + find(twin, name).read().data.length, 0);
    expect(count(shared)).toBe(count(twin) - saved);
    expect(shared.summary()).toContain(`${count(shared)} parameters`.replace(/\B(?=(\d{3})+ )/g, " "));
    const { tensors } = readSafetensors(shared.save());
    expect([...tensors.keys()].sort()).toEqual(shared.parameters.map(({ name }) => name).sort());
  });

  test("comes back from its file with the same bits, and learns on with them", async () => {
    const again = loadModel(shared.save());
    expect(again.specification).toEqual(shared.specification);
    expect(again.predictBatch(data.input)).toEqual(shared.predictBatch(data.input));
    const options = { loss, optimizer: adam(), epochs: 2 };
    await fit(again, data, options);
    await fit(shared, data, options);
    expect(again.predictBatch(data.input)).toEqual(shared.predictBatch(data.input));
  });
});
