import { describe, expect, test } from "vitest";
import { type KerasModel, loadKeras, Tensor } from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { bytesOf, denseWeights, layer, lstmOptions, modelJson, recurrentWeights, sequentialOf } from "./kerasFiles.js";

/** [batch, time, 2]: the first sequence is masked at steps 1 and 3, the second at 0. */
const x = new Tensor(Float32Array.from([0.5, -1, 0, 0, 1, 0.2, 0, 0, 0, 0, 0.3, 0.4, -0.7, 0.1, 0.9, 0.8]), [2, 4, 2]);
const masked = [1, 3, 4];

const sides = ["forward_lstm", "backward_lstm"].flatMap((side) => recurrentWeights(`both/${side}`, 2, 3, 4));
const weights = [...sides, ...denseWeights("out", 6, 2)];
const both = (inner: object = {}) =>
  layer("Bidirectional", "both", {
    merge_mode: "concat",
    layer: layer("LSTM", "lstm", { ...lstmOptions, ...inner }),
  });
const head = layer("TimeDistributed", "out", { layer: layer("Dense", "dense", { units: 2 }) });
const masking = layer("Masking", "masking", { mask_value: 0 });

function load(version: string, ...layers: readonly ReturnType<typeof layer>[]): KerasModel {
  const own = weights.filter(({ name }) => layers.some(({ config }) => name.startsWith(`${config.name}/`)));
  return loadKeras(modelJson(sequentialOf(...layers), own, { keras_version: version }), bytesOf(own));
}

/** Rows of an output [2, 4, width], one for each step. */
function rowsOf({ data, shape }: Tensor): Float32Array[] {
  const width = shape[2] as number;
  return Array.from({ length: 8 }, (_, row) => data.slice(row * width, (row + 1) * width));
}

describe("masked steps of both directions", () => {
  test.each(["2.15.0", "3.4.1", ""])("Keras %s hands on zeros, wherever they stand", (version) => {
    using repeating = load("tfjs-layers 4.22.0", masking, both(), head);
    using clearing = load(version, masking, both(), head);
    expect([repeating, clearing].map(({ networks: [first] }) => first?.isZeroWhereMasked)).toEqual([false, true]);
    const [other, own] = [rowsOf(repeating.predictBatch(x)), rowsOf(clearing.predictBatch(x))];
    const bias = weights.at(-1)?.values as Float32Array;
    own.forEach((row, at) => {
      if (masked.includes(at)) expectSameBits(row, bias, `masked step ${at}`);
      else expectSameBits(row, other[at] as Float32Array, `step ${at}`);
    });
    expect([...(other[1] as Float32Array)]).not.toEqual([...bias]);
    const listed = [0, 1].map((at) => new Tensor(x.data.slice(8 * at, 8 * at + 8), [4, 2]));
    expectSameBits(clearing.predictBatch(listed).data, clearing.predictBatch(x).data, "a list of sequences");
    const first = listed.slice(0, 1);
    expectSameBits(clearing.predictBatch(first).data, clearing.predictBatch(x).data.subarray(0, 8), "a list of one");
  });

  test("sequences of different lengths keep their steps", () => {
    using keras = load("3.4.1", masking, both(), head);
    const short = [new Tensor(x.data.slice(0, 4), [2, 2]), new Tensor(x.data.slice(8), [4, 2])];
    const [found, whole] = [rowsOf(keras.predictBatch(short)), rowsOf(keras.predictBatch(x))];
    for (const at of [1, 4, 5, 6, 7]) expectSameBits(found[at] as Float32Array, whole[at] as Float32Array, `row ${at}`);
  });

  test("where nothing is masked, layers that say so are those that do not", () => {
    using said = load("3.4.1", both({ zero_output_for_mask: true }), head);
    using plain = load("3.4.1", both(), head);
    expectSameBits(said.predictBatch(x).data, plain.predictBatch(x).data, "prediction");
  });

  test("a layer of one direction does so where it says so", () => {
    const own = recurrentWeights("lstm", 2, 3, 4);
    const of = (zero: boolean) =>
      loadKeras(
        modelJson(sequentialOf(masking, layer("LSTM", "lstm", { ...lstmOptions, zero_output_for_mask: zero })), own),
        bytesOf(own),
      );
    using clearing = of(true);
    using repeating = of(false);
    const rows = rowsOf(clearing.predictBatch(x));
    for (const at of masked) expect([...(rows[at] as Float32Array)]).toEqual([0, 0, 0]);
    expect([...(rowsOf(repeating.predictBatch(x))[1] as Float32Array)]).not.toEqual([0, 0, 0]);
  });

  test("the mean is over the steps that count, wherever the others stand", () => {
    const mean = layer("GlobalAveragePooling1D", "mean");
    using pooled = load("3.4.1", masking, both(), mean);
    using rows = load("3.4.1", masking, both());
    const found = pooled.predictBatch(x);
    expect(found.shape).toEqual([2, 6]);
    const given = rowsOf(rows.predictBatch(x));
    for (const index of [0, 1]) {
      const counted = given.slice(4 * index, 4 * index + 4).filter((_, step) => !masked.includes(4 * index + step));
      const wanted = counted[0]?.map(
        (_, at) => counted.reduce((sum, row) => sum + (row[at] as number), 0) / counted.length,
      );
      // Three numbers below 1 are summed: two roundings of the sum, one of the quotient.
      found.data.slice(6 * index, 6 * index + 6).forEach((value, at) => {
        expect(Math.abs(value - (wanted?.[at] as number))).toBeLessThan(3 * 2 ** -24 * 3);
      });
    }
    const short = new Tensor(x.data.slice(8), [1, 4, 2]);
    const long = new Tensor(Float32Array.of(...short.data, 0, 0, 0, 0), [1, 6, 2]);
    expectSameBits(pooled.predictBatch(long).data, pooled.predictBatch(short).data, "padded");
  });

  test("what passes over them, or gives one row, needs none", () => {
    const own = [...sides, ...recurrentWeights("last", 6, 2, 4)];
    const of = (version: string) => {
      const last = layer("LSTM", "last", { ...lstmOptions, units: 2, return_sequences: false });
      return loadKeras(modelJson(sequentialOf(masking, both(), last), own, { keras_version: version }), bytesOf(own));
    };
    using clearing = of("3.4.1");
    using repeating = of("tfjs-layers 4.22.0");
    expect(clearing.networks[0]?.isZeroWhereMasked).toBe(false);
    expectSameBits(clearing.predictBatch(x).data, repeating.predictBatch(x).data, "prediction");
  });

  test("refused where Keras sets others to 0: the backward reading of an unrolled loop", () => {
    const text = "both (Bidirectional): with unroll Keras does not set its masked steps to 0, but others";
    expect(() => load("3.4.1", masking, both({ unroll: true }), head)).toThrow(text);
    using bare = load("3.4.1", both({ unroll: true }), head);
    using last = load("3.4.1", masking, both({ unroll: true, return_sequences: false }));
    expect([bare, last].map((keras) => keras.predictBatch(x).shape)).toEqual([
      [2, 4, 2],
      [2, 6],
    ]);
  });

  test("a layer Softmax behind them is refused: Keras gives it the mask of steps as one of features", () => {
    const softmax = layer("Softmax", "soft", { axis: -1 });
    expect(() => load("3.4.1", masking, both(), softmax)).toThrow("soft (Softmax): Keras takes the mask of steps");
    using plain = load("3.4.1", both(), softmax);
    expect(plain.predictBatch(x).shape).toEqual([2, 4, 6]);
  });
});
