import { describe, expect, test } from "vitest";
import { gruCell } from "../../src/cells/gru.js";
import {
  ArgumentError,
  defineCell,
  dense,
  elman,
  FormatError,
  gru,
  lastStep,
  loadModel,
  lstm,
  Model,
  manyToOne,
  memoryUsage,
  readSafetensors,
  recurrent,
  sequential,
  writeSafetensors,
} from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";

/** The content of a saved model's metadata, to be falsified. */
interface Content {
  format: unknown;
  kind: unknown;
  network: { type: unknown; config: Record<string, unknown>; name?: unknown };
  inputSize: unknown;
  seed: unknown;
}

const any = (value: unknown) => value as never;
const saved = new Model(manyToOne({ cell: "lstm", inputSize: 2, units: 3, outputSize: 1 }), { seed: 5 }).save();
const stacked = new Model(sequential(gru(2), lastStep(), dense(1, { activation: "relu" })), { inputSize: 1 }).save();

/** A file whose metadata say something else. */
function falsified(bytes: Uint8Array, change: (content: Content) => unknown): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes);
  const content = JSON.parse(metadata.recurve as string) as Content;
  const replaced = change(content);
  return writeSafetensors(tensors, { recurve: JSON.stringify(replaced ?? content) });
}

function expectFormatError(bytes: Uint8Array, ...texts: string[]): void {
  const { used } = memoryUsage();
  expectRefusal(() => loadModel(bytes), FormatError, ...texts);
  expect(memoryUsage().used).toBe(used);
}

test("a file with any one byte turned over is refused, or is a whole model with other numbers", () => {
  const { used } = memoryUsage();
  let refused = 0;
  for (let at = 0; at < stacked.length; at++) {
    for (const mask of [0x01, 0x10, 0x80, 0xff]) {
      const bytes = stacked.slice();
      bytes[at] = (bytes[at] as number) ^ mask;
      try {
        const model = loadModel(bytes);
        expect(model.predict([1, 2]).shape).toHaveLength(1);
        model.dispose();
      } catch (error) {
        expect(error, `byte ${at} ^ ${mask}: ${error}`).toBeInstanceOf(FormatError);
        refused++;
      }
    }
  }
  // The header is most of so small a file: nearly every change there is noticed.
  expect(refused).toBeGreaterThan(stacked.length);
  expect(memoryUsage().used).toBe(used);
});

test("a file cut short anywhere is refused", () => {
  const { used } = memoryUsage();
  for (let length = 0; length < saved.length; length++) {
    expectRefusal(() => loadModel(saved.subarray(0, length)), FormatError);
  }
  expect(memoryUsage().used).toBe(used);
});

describe("a file that is something else is refused", () => {
  test.each([
    ["no bytes", "model.safetensors", ["Uint8Array", '"model.safetensors"', "Read the file first"]],
    ["the file as one long text", "UAQA".repeat(999), [`"${"UAQA".repeat(15)}…". Read the file first`]],
    ["numbers", [1, 2, 3], ["Uint8Array", "an array of 3"]],
    ["nothing", undefined, ["Uint8Array", "undefined"]],
  ] as const)("%s", (_name, bytes, texts) => expectRefusal(() => loadModel(any(bytes)), ArgumentError, ...texts));

  test("options nobody knows", () => {
    expectRefusal(() => loadModel(saved, any({ cell: {} })), ArgumentError, '"cell"', "cells");
    expectRefusal(() => loadModel(saved, any(null)), ArgumentError, "loadModel", "null");
  });

  test.each<[string, Uint8Array, string[]]>([
    ["another program's safetensors", writeSafetensors({}), ["not written by recurve", "importWeights"]],
    ["metadata that are no JSON", writeSafetensors({}, { recurve: "{" }), ["not JSON"]],
    ["metadata that are no object", writeSafetensors({}, { recurve: "7" }), ["not an object"]],
    [
      "an archive of PyTorch",
      new TextEncoder().encode("PK\u0003\u0004\0\0\b\b archive"),
      ["It is an archive, as torch.save"],
    ],
    ["a web page", new TextEncoder().encode("<!DOCTYPE html>"), ['"<!DOCTYP"', "Is it safetensors?"]],
    ["no format", falsified(saved, (content) => ({ ...content, format: undefined })), ["format number"]],
    [
      "a newer format",
      falsified(saved, (content) => ({ ...content, format: 1000 })),
      ["format 1000", "Update recurve"],
    ],
    ["half a format", falsified(saved, (content) => ({ ...content, format: 0.5 })), ["format number is 0.5"]],
    [
      "another kind",
      falsified(saved, (content) => ({ ...content, kind: "forecaster" })),
      ["holds a forecaster, not a model"],
    ],
  ])("%s", (_name, bytes, texts) => expectFormatError(bytes, ...texts));
});

describe("a file whose network cannot be is refused, without a hang or a large allocation", () => {
  const inConfig = (bytes: Uint8Array, change: Record<string, unknown>) =>
    falsified(bytes, ({ network }) => void Object.assign(network.config, change));
  const inGru = (change: Record<string, unknown>) =>
    falsified(stacked, ({ network }) => {
      const [layer] = network.config.layers as { config: Record<string, unknown> }[];
      Object.assign(layer?.config as object, change);
    });
  const nest = (depth: number): unknown =>
    depth === 0 ? { type: "lastStep", config: {} } : { type: "sequential", config: { layers: [nest(depth - 1)] } };

  test.each<[string, Uint8Array, string[]]>([
    ["no network", falsified(saved, (content) => ({ ...content, network: null })), ["tree of layers"]],
    [
      "an unknown layer",
      falsified(saved, ({ network }) => void Object.assign(network, { type: "conv" })),
      ['"conv"', "Known are"],
    ],
    [
      "a layer named like a member of Object",
      falsified(saved, ({ network }) => void Object.assign(network, { type: "toString" })),
      ['"toString"'],
    ],
    [
      "no configuration",
      falsified(saved, ({ network }) => void Object.assign(network, { config: null })),
      ["no configuration"],
    ],
    ["an unknown cell", inConfig(saved, { cell: "constructor" }), ["cell", '"constructor"']],
    ["an unknown cell of a layer", inGru({ cell: "__proto__" }), ["unknown cell"]],
    ["an unknown option", inConfig(saved, { unit: 3 }), ['"unit"']],
    ["negative units", inConfig(saved, { units: -3 }), ["units", "received -3"]],
    ["units as text", inGru({ units: "2" }), ["units", 'received "2"']],
    ["other units", inConfig(saved, { units: 4 }), ["rnn.weight_ih_l0", "[12, 2]", "[16, 2]"]],
    ["huge units", inConfig(saved, { units: 65536 }), ["rnn.weight_ih_l0", "[262144, 2]"]],
    ["units beyond any size", inConfig(saved, { units: 1e300 }), ["units", "1e+300"]],
    ["huge outputs", inConfig(saved, { outputSize: 65536 }), ["head.weight", "[65536, 3]"]],
    ["a million layers", inConfig(saved, { layers: 1e6 }), ["layers", "1 to 64"]],
    ["more layers than weights", inConfig(saved, { layers: 64 }), ['"rnn1.weight_ih_l0" is missing']],
    ["an unknown direction", inGru({ direction: "sideways" }), ["direction", '"sideways"']],
    ["an initializer named like a member of Object", inGru({ inputInitializer: "valueOf" }), ['"valueOf"']],
    ["a bias that is a text", inGru({ bias: "yes" }), ["bias", '"yes"']],
    ["no layers", inConfig(stacked, { layers: [] }), ["at least one layer"]],
    ["layers that are a number", inConfig(stacked, { layers: 5 }), ["at least one layer", "received 5"]],
    ["a layer that is a text", inConfig(stacked, { layers: ["lstm"] }), ["lstm"]],
    ["layers too deep", falsified(stacked, (content) => ({ ...content, network: nest(500) })), ["tree of layers"]],
    [
      "a bad name",
      falsified(saved, ({ network }) => {
        network.type = "dense";
        network.config = { units: 1 };
        network.name = "../x";
      }),
      ["name", '"../x"'],
    ],
    [
      "steps that are gone",
      inConfig(stacked, {
        layers: [
          { type: "lastStep", config: {} },
          { type: "lastStep", config: {} },
        ],
      }),
      ["steps are already gone"],
    ],
    [
      "another input size",
      falsified(stacked, (content) => ({ ...content, inputSize: 9 })),
      ["0.weight_ih_l0", "[6, 1]", "[6, 9]"],
    ],
    [
      "a size against the network's",
      falsified(saved, (content) => ({ ...content, inputSize: 9 })),
      ["rnn.weight_ih_l0", "[12, 2]", "[12, 9]"],
    ],
    [
      "no input size",
      falsified(stacked, (content) => ({ ...content, inputSize: undefined })),
      ["inputSize", "undefined"],
    ],
    ["a seed that is none", falsified(stacked, (content) => ({ ...content, seed: -1 })), ["seed", "-1"]],
  ])("%s", (_name, bytes, texts) => expectFormatError(bytes, ...texts));

  test("an unknown activation", () => {
    const bytes = new Model(elman(2, { activation: "relu" }), { inputSize: 1 }).save();
    expectFormatError(inConfig(bytes, { activation: "rule" }), "activation", '"rule"');
    expectFormatError(inConfig(bytes, { activation: { type: "elu", alpha: "2" } }), "alpha", '"2"');
  });

  test("a hundred thousand layers", () => {
    const layers = Array.from({ length: 100_000 }, () => ({ type: "dense", config: { units: 1 } }));
    expectFormatError(inConfig(stacked, { layers }), '"0.weight"');
  });
});

describe("a file whose weights do not fit is refused", () => {
  const { tensors, metadata } = readSafetensors(saved);
  const changed = (name: string, change?: (data: Float32Array) => void) => {
    const copy = new Map(tensors);
    if (change === undefined) copy.delete(name);
    else change(copy.get(name)?.data as Float32Array);
    return writeSafetensors(copy, metadata);
  };
  test("a tensor that is missing", () => {
    for (const name of tensors.keys()) expectFormatError(changed(name), `"${name}" is missing`);
  });
  test("a value that is not finite", () => {
    expectFormatError(
      changed("head.bias", (data) => data.fill(Number.NaN)),
      '"head.bias" holds NaN at position 0',
    );
  });
});

test("a cell of one's own is found by its name, beside the library's", () => {
  const mine = defineCell({ ...gruCell, name: "mine" });
  const bytes = new Model(sequential(recurrent(mine, 2), lstm(2)), { inputSize: 1 }).save();
  expectFormatError(bytes, 'unknown cell "mine"', "gru");
  for (const given of [[mine], { mine }]) expect(loadModel(bytes, { cells: given }).save()).toEqual(bytes);
});
