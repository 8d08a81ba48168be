import { describe, test } from "vitest";
import { ArgumentError, FormatError } from "../../src/index.js";
import { bytesOf, modelJson } from "../models/kerasFiles.js";
import { bytes, expectRefused, json, model, weights } from "./kerasRefusals.js";

const entries = json.weightsManifest[0]?.weights as { name: string; shape: readonly number[]; dtype: string }[];

/** Another manifest of the same model. */
const manifest = (paths: unknown, list: unknown = entries) => ({
  ...json,
  weightsManifest: [{ paths, weights: list }],
});
const changed = (at: number, change: object) =>
  entries.map((entry, index) => (index === at ? { ...entry, ...change } : entry));

describe("loadKeras refuses weights that are not the manifest's", () => {
  test.each([
    ["no bytes", json, "weights.bin", ArgumentError, 'or tensors by name, but "weights" is "weights.bin"'],
    ["a list of texts", json, ["weights.bin"], ArgumentError, "as Uint8Arrays or ArrayBuffers, received"],
    [
      "a missing shard",
      manifest(["a", "b", "c"]),
      [bytes.slice(0, 9), bytes.slice(9)],
      FormatError,
      "names 3 files of weights (a, b, c), but 2 files were given",
    ],
    [
      "a missing shard of those by name",
      manifest(["a", "b"]),
      { b: bytes.slice(9), c: bytes.slice(0, 9) },
      FormatError,
      "names the files of weights a, b, given are others: missing: a; unknown: c",
    ],
    [
      "a name that two shards have",
      manifest(["x/a", "y/a"]),
      { "x/a": bytes, a: bytes },
      FormatError,
      "missing: y/a; unknown: a",
    ],
    [
      "a shard by name that is no bytes",
      manifest(["a", "b"]),
      { a: bytes, b: "bytes" },
      ArgumentError,
      'as Uint8Arrays or ArrayBuffers, received "bytes"',
    ],
    [
      "shards that are confused",
      manifest(["group1-shard1of2.bin", "group1-shard2of2.bin"]),
      [bytes, new Uint8Array(4194304)],
      FormatError,
      'Give the files in the order of model.json, or by name: { "group1-shard2of2.bin": bytes }',
    ],
    [
      "one file too many",
      json,
      [bytes, bytes],
      FormatError,
      "names 1 files of weights (weights.bin), but 2 files were given",
    ],
    [
      "a file cut short",
      json,
      bytes.slice(1),
      FormatError,
      `weights.bin: ${bytes.length - 1} bytes were given where model.json describes ${bytes.length}`,
    ],
    [
      "a shard with bytes too many",
      manifest(["a", "b"]),
      [bytes, bytes.slice(0, 4)],
      FormatError,
      `a, b: ${bytes.length + 4} bytes were given`,
    ],
    ["no manifest", model, bytes, FormatError, "has no weightsManifest: the weights are wanted by name"],
    ["HDF5", model, Uint8Array.of(0x89, 0x48, 0x44, 0x46), FormatError, "In Python write open("],
    [
      "a manifest that is no list",
      { ...json, weightsManifest: {} },
      bytes,
      FormatError,
      "weightsManifest must be a list",
    ],
    [
      "another type",
      manifest(["a"], changed(1, { dtype: "int32" })),
      bytes,
      FormatError,
      '"lstm/recurrent_kernel" is int32; float32 is read',
    ],
    [
      "another storage",
      manifest(["a"], changed(0, { quantization: { dtype: "uint4" } })),
      bytes,
      FormatError,
      '"lstm/kernel" is float32 stored as uint4',
    ],
    [
      "an optimizer's tensor of unknown size",
      manifest(["a"], [...entries, { name: "iter", shape: [], dtype: "string", group: "optimizer" }]),
      bytes,
      FormatError,
      '"iter" is string; known are float32, float16,',
    ],
    [
      "quantised without a scale",
      manifest(["a"], changed(0, { quantization: { dtype: "uint8", min: 0 } })),
      bytes,
      FormatError,
      'the quantization of "lstm/kernel" has no scale',
    ],
    [
      "a shape that is none",
      manifest(["a"], changed(0, { shape: [2, -12] })),
      bytes,
      FormatError,
      'the shape of "lstm/kernel" is [2,-12], which is none',
    ],
    [
      "a shape beyond all bytes",
      manifest(["a"], changed(0, { shape: [1e9, 1e9] })),
      bytes,
      FormatError,
      "bytes were given where model.json describes",
    ],
    [
      "a name twice",
      manifest(["a"], changed(4, { name: "out/kernel", shape: [2] })),
      bytes,
      FormatError,
      'lists "out/kernel" twice',
    ],
    [
      "a name of nobody",
      manifest(["a"], changed(4, { name: "other/bias" })),
      bytes,
      FormatError,
      'these weights are of no layer of model.json: "other/bias"',
    ],
    [
      "a missing tensor",
      modelJson(model, weights.slice(0, 4)),
      bytesOf(weights.slice(0, 4)),
      FormatError,
      'missing: bias [2] of dense(2) at "out"',
    ],
    [
      "another shape",
      manifest(["a"], changed(3, { shape: [2, 3] })),
      bytes,
      FormatError,
      'tensor "out/kernel" has shape [2, 3], dense(2) at "out" needs [3, 2]',
    ],
  ])("%s", (_, topology, files, kind, text) =>
    expectRefused(topology, files, kind as typeof FormatError, text as string),
  );

  test("numbers that are not finite", () => {
    const damaged = bytes.slice();
    damaged.set([0, 0, 0xc0, 0x7f], 8);
    expectRefused(json, damaged, FormatError, 'not finite: NaN among the values for "lstm.weight_ih_l0"');
  });

  test("values by name that are no tensors", () => {
    const table = Object.fromEntries(weights.map(({ name, values }) => [name, values]));
    expectRefused(model, table, ArgumentError as never, 'or tensors by name, but "lstm/kernel" is a Float32Array');
  });
});
