import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  FormatError,
  loadKeras,
  memoryUsage,
  type SequencesLike,
  ShapeError,
  Tensor,
} from "../../src/index.js";
import {
  bytesOf,
  called,
  functionalOf,
  input,
  layer,
  lstmOptions,
  modelJson,
  recurrentWeights,
  sequentialOf,
} from "../models/kerasFiles.js";
import { expectRefusal } from "../support/refusal.js";
import { bytes, expectRefused, json } from "./kerasRefusals.js";

describe("loadKeras refuses a topology that is none", () => {
  test.each([
    ["no text", 7, ArgumentError, "as a text or an object, received 7"],
    ["nothing", null, ArgumentError, "received null"],
    ["text cut short", JSON.stringify(json).slice(0, 90), FormatError, "model.json: the string that begins at byte"],
    ["a path", "./model.json", FormatError, 'begins with "./model."'],
    ["HDF5", Uint8Array.of(0x89, 0x48, 0x44, 0x46), FormatError, 'In Python write open("model.json"'],
    ["a .keras file", Uint8Array.of(0x50, 0x4b, 0x03, 0x04), FormatError, ".keras files are not read. In Python write"],
    ["nothing written", "", FormatError, "a JSON text is wanted"],
    ["text that is no object", "[1]", FormatError, "is JSON, but no object"],
    ["a name twice", '{"format": 1, "format": 2}', FormatError, 'the name "format" occurs twice'],
    ["bytes that are no text", Uint8Array.of(0x7b, 0x22, 0xff, 0x22), FormatError, "valid UTF-8"],
    ["an empty object", {}, FormatError, "class_name of the model must be a text"],
    ["a graph of operations", { format: "graph-model", modelTopology: { node: [] } }, FormatError, "not of layers"],
    [
      "another class",
      modelJson({ class_name: "Subclassed", config: {} }, []),
      FormatError,
      "the model is a Subclassed",
    ],
    ["no layers", modelJson({ class_name: "Sequential", config: { layers: [] } }, []), FormatError, "has no layers"],
    [
      "layers that are no list",
      modelJson({ class_name: "Model", config: { layers: {} } }, []),
      FormatError,
      "layers must be a list",
    ],
    [
      "a layer without options",
      modelJson({ class_name: "Sequential", config: [{ class_name: "LSTM" }] }, []),
      FormatError,
      "config of a LSTM must be an object",
    ],
    [
      "a layer without a name",
      modelJson({ class_name: "Sequential", config: [{ class_name: "LSTM", config: {} }] }, []),
      FormatError,
      "a LSTM has no name",
    ],
    [
      "one name twice",
      modelJson(sequentialOf(layer("LSTM", "a", lstmOptions), layer("Dense", "a")), []),
      FormatError,
      'two layers are called "a"',
    ],
    [
      "a layer that is not there",
      modelJson(functionalOf(["in"], "nobody", input("in", null, 2)), []),
      FormatError,
      'a layer "nobody" that it does not have',
    ],
    [
      "a node that is none",
      modelJson(functionalOf(["in"], "d", input("in", null, 2), called(layer("Dense", "d", { units: 1 }), ["in"])), []),
      FormatError,
      'inbound_nodes of "d" holds ["in"]',
    ],
    [
      "a circle",
      modelJson(
        functionalOf(
          ["in"],
          "b",
          input("in", null, 2),
          called(layer("LSTM", "a", lstmOptions), ["b", 0, 0]),
          called(layer("LSTM", "b", lstmOptions), ["a", 0, 0]),
        ),
        [],
      ),
      FormatError,
      "b (LSTM): the output comes from no input",
    ],
  ])("%s", (_, topology, kind, text) => expectRefused(topology, bytes, kind as typeof FormatError, text as string));

  test("weights of layers that the output does not depend on", () => {
    const own = ["enc", "dec"].flatMap((name) => recurrentWeights(`${name}/cell`, 2, 3, 3));
    const gru = (name: string) => called(layer("GRU", name, lstmOptions), ["in", 0, 0, {}]);
    const topology = functionalOf(["in"], "dec", input("in", null, 2), gru("enc"), gru("dec"));
    const more = [...own, ...recurrentWeights("other", 2, 3, 3).slice(2)];
    expectRefused(
      modelJson(topology, more),
      bytesOf(more),
      FormatError,
      '"enc/cell/kernel", "enc/cell/recurrent_kernel", "enc/cell/bias" belong to enc (GRU), which the output does not depend on; ' +
        'these weights are of no layer of model.json: "other/bias".',
    );
  });

  test("JSON that refers to itself", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expectRefused(circle, bytes, ArgumentError as never, "plain JSON");
  });

  test("any one byte turned over: refused, or a whole model", () => {
    const text = new TextEncoder().encode(JSON.stringify(json));
    const { used } = memoryUsage();
    const counts = { refused: 0, read: 0 };
    for (let at = 0; at < text.length; at += 3) {
      const damaged = text.slice();
      damaged[at] = (damaged[at] as number) ^ 0x02;
      try {
        loadKeras(damaged, bytes).dispose();
        counts.read++;
      } catch (error) {
        expect((error as Error).name, `byte ${at}: ${(error as Error).stack}`).toBe("FormatError");
        counts.refused++;
      }
    }
    expect(counts.refused).toBeGreaterThan(100);
    expect(memoryUsage().used).toBe(used);
  });
});

describe("a Keras model refuses inputs that do not fit", () => {
  test.each([
    ["none", [], ArgumentError, "this model has 1 inputs (lstm_input), received 0"],
    ["too many", [[[[1, 2]]], [[[1, 2]]]], ArgumentError, "received 2"],
    ["of another width", [[[[1, 2, 3]]]], ShapeError, "expects input [batch, time, 2]"],
    ["no numbers", ["text"], ArgumentError, "input must be a Tensor or nested arrays"],
    ["not finite", [[[[1, Number.NaN]]]], ArgumentError, "input must be finite"],
  ])("%s", (_, inputs, kind, text) => {
    using keras = loadKeras(json, bytes);
    expectRefusal(() => keras.predictBatch(...(inputs as SequencesLike[])), kind as typeof ShapeError, text as string);
    expect(keras.predictBatch([[[1, 2]]]).shape).toEqual([1, 1, 2]);
  });

  test("states of another width", () => {
    const own = recurrentWeights("gru", 2, 3, 3);
    const gru = layer("GRU", "gru", lstmOptions);
    const topology = functionalOf(
      ["x", "h"],
      "gru",
      input("x", null, 2),
      input("h", 3),
      called(gru, ["x", 0, 0, {}], ["h", 0, 0, {}]),
    );
    using keras = loadKeras(modelJson(topology, own), bytesOf(own));
    const x = new Tensor(new Float32Array(8), [2, 2, 2]);
    expect(
      keras.predictBatch(x, [
        [1, 2, 3],
        [4, 5, 6],
      ]).shape,
    ).toEqual([2, 2, 3]);
    expectRefusal(
      () =>
        keras.predictBatch(x, [
          [1, 2],
          [3, 4],
        ]),
      ShapeError,
      'initialState "gru" h must be [batch, 3]',
    );
    expectRefusal(() => keras.predictBatch(x, [[1, 2, 3]]), ShapeError, "must be [2, units]");
  });
});
