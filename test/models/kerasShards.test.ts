import { describe, test } from "vitest";
import { loadKeras } from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import {
  bytesOf,
  denseWeights,
  layer,
  lstmOptions,
  modelJson,
  recurrentWeights,
  sequentialOf,
  x,
} from "./kerasFiles.js";

describe("the files of weights", () => {
  const weights = [...recurrentWeights("lstm", 2, 3, 4), ...denseWeights("out", 3, 2)];
  const model = sequentialOf(layer("LSTM", "lstm", lstmOptions), layer("Dense", "out", { units: 2 }));
  const plain = modelJson(model, weights);
  const entries = plain.weightsManifest[0]?.weights ?? [];
  const bytes = bytesOf(weights);
  const predicted = (json: object, files: Parameters<typeof loadKeras>[1]) => {
    using keras = loadKeras(json, files);
    return keras.predictBatch(x).data;
  };
  const wanted = predicted(plain, bytes);

  test("shards are cut anywhere, in any number, and may be given as one", () => {
    for (const cuts of [[1], [0, 5], [3, 3, 100], [bytes.length]]) {
      const ends = [0, ...cuts, bytes.length];
      const shards = ends.slice(1).map((end, index) => bytes.slice(ends[index], end));
      const paths = shards.map((_, index) => `shard${index}`);
      const json = { ...plain, weightsManifest: [{ paths, weights: entries }] };
      expectSameBits(predicted(json, shards), wanted, `cut at ${cuts}`);
      expectSameBits(predicted(json, [bytes]), wanted, "as one");
      expectSameBits(
        predicted(
          json,
          shards.map((shard) => shard.buffer),
        ),
        wanted,
        "as ArrayBuffers",
      );
    }
  });

  test("shards by their names come in any order, below any folder", () => {
    const paths = ["group1-shard1of2.bin", "group1-shard2of2.bin"];
    const json = { ...plain, weightsManifest: [{ paths: paths.map((path) => `files/${path}`), weights: entries }] };
    const [first, second] = [bytes.slice(0, 100), bytes.slice(100)];
    const [one, two] = paths as [string, string];
    const forms = [
      { [two]: second, [one]: first },
      { [`files/${two}`]: second, [`files/${one}`]: first.buffer },
      new Map([
        [`public/${two}`, second],
        [`files/${one}`, first],
      ]),
    ] as Record<string, Uint8Array>[];
    for (const form of forms) expectSameBits(predicted(json, form), wanted, Object.keys(form).join());
    const folders = { ...plain, weightsManifest: [{ paths: ["a/w", "b/w"], weights: entries }] };
    expectSameBits(predicted(folders, { "b/w": second, "a/w": first }), wanted, "two of one name");
  });

  test("groups follow each other; an optimizer's tensors are passed over; what tfjs hands to a save handler is read too", () => {
    const slot = { name: "optimizer/momentum", shape: [5], dtype: "float32", group: "optimizer" };
    const groups = [
      { paths: ["a"], weights: entries.slice(0, 2) },
      { paths: ["b", "c"], weights: [slot, ...entries.slice(2)] },
    ];
    const first = weights.slice(0, 2).reduce((sum, { values }) => sum + 4 * values.length, 0);
    const rest = new Uint8Array(20 + bytes.length - first);
    rest.set(bytes.subarray(first), 20);
    const files = [bytes.subarray(0, first), rest.subarray(0, 7), rest.subarray(7)];
    expectSameBits(predicted({ ...plain, weightsManifest: groups }, files), wanted, "groups");
    const { weightsManifest: _, ...artifacts } = { ...plain, weightSpecs: entries };
    expectSameBits(predicted(artifacts, bytes), wanted, "artifacts");
  });

  test("an optimizer's tensors may be of other types: their size alone counts", () => {
    const sizes = { bool: 1, complex64: 8, float16: 2, float32: 4, int32: 4, uint8: 1, uint16: 2 };
    for (const [dtype, size] of Object.entries(sizes)) {
      const slot = { name: "iter", shape: [3], dtype, group: "optimizer" };
      const file = new Uint8Array(3 * size + bytes.length);
      file.set(bytes, 3 * size);
      expectSameBits(
        predicted({ ...plain, weightsManifest: [{ paths: ["a"], weights: [slot, ...entries] }] }, file),
        wanted,
        dtype,
      );
      const stored = { ...slot, dtype: "float32", quantization: { dtype } };
      expectSameBits(
        predicted({ ...plain, weightsManifest: [{ paths: ["a"], weights: [stored, ...entries] }] }, file),
        wanted,
        dtype,
      );
    }
  });

  test("quantised weights are what their numbers stand for", () => {
    const stored = { uint8: [0, 128, 255], uint16: [0, 40000, 65535] } as const;
    for (const dtype of ["uint8", "uint16"] as const) {
      const [scale, min] = [0.01, -1.25];
      const numbers = weights.map(({ values }) => values.map((_, at) => stored[dtype][at % 3] as number));
      const list = entries.map((entry) => ({
        ...entry,
        quantization: { dtype, scale, min, original_dtype: "float32" },
      }));
      const Of = dtype === "uint8" ? Uint8Array : Uint16Array;
      const file = new Uint8Array(Of.from(numbers.flatMap((each) => [...each])).buffer);
      const meant = weights.map((each, at) => ({
        ...each,
        values: (numbers[at] as Float32Array).map((value) => value * scale + min),
      }));
      const found = predicted({ ...plain, weightsManifest: [{ paths: ["q"], weights: list }] }, file);
      expectSameBits(found, predicted(plain, bytesOf(meant)), dtype);
    }
  });

  test("float16 weights are read exactly", () => {
    const halves = [0x3800, 0xb400, 0x2e66, 0x0001];
    const meant = [0.5, -0.25, 0.0999755859375, 2 ** -24];
    const list = entries.map((entry) => ({ ...entry, quantization: { dtype: "float16", original_dtype: "float32" } }));
    const count = bytes.length / 4;
    const file = new Uint8Array(Uint16Array.from({ length: count }, (_, at) => halves[at % 4] as number).buffer);
    let at = 0;
    const values = weights.map((each) => ({ ...each, values: each.values.map(() => meant[at++ % 4] as number) }));
    const found = predicted({ ...plain, weightsManifest: [{ paths: ["h"], weights: list }] }, file);
    expectSameBits(found, predicted(plain, bytesOf(values)), "float16");
  });
});
