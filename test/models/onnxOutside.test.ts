import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  describeOnnx,
  FormatError,
  loadOnnx,
  type Model,
  memoryUsage,
  type OnnxOptions,
} from "../../src/index.js";
import { type Constant, graphProto, modelProto, type Outside, rawBytes, writeOnnx } from "../support/onnxWriter.js";
import { expectRefusal } from "../support/refusal.js";
import { D, graph, gruNode, H, ints, node, numbers, weights } from "./onnxGraphs.js";

const own = { ...weights(3), zero: ints(0) };
const plain = graph([gruNode("xt W R B"), node("Squeeze", "h zero", "output")], own);
const sequence = Array.from({ length: 4 }, (_, step) => Array.from(numbers(step, D).values));
const answerOf = (model: Model) => Array.from(model.predict(sequence).data);

function inside(): number[] {
  using model = loadOnnx(writeOnnx(plain));
  return answerOf(model);
}

/** The same file where these constants are elsewhere. */
const withOutside = (places: Readonly<Record<string, Outside>>) => modelProto(graphProto(plain, [], places), 13);

/** Values one after the other, behind some bytes of nobody. */
function joined(first: number, ...constants: Constant[]): Uint8Array {
  const parts = constants.map(rawBytes);
  return Uint8Array.from([...new Array(first).fill(255), ...parts.flatMap((part) => Array.from(part))]);
}

const bytesOf = (constant: Constant) => 4 * constant.values.length;
const place = (location: string, offset: number, length: number): Outside => ({
  location,
  offset: String(offset),
  length: String(length),
});
/** W and R in one file, three bytes in. */
const both = {
  W: place("net.onnx.data", 3, bytesOf(own.W)),
  R: place("net.onnx.data", 3 + bytesOf(own.W), bytesOf(own.R)),
};
const data = joined(3, own.W, own.R);

describe("weights in files beside the file", () => {
  const ways: [string, OnnxOptions["externalData"]][] = [
    ["bytes", data],
    ["a buffer", data.slice().buffer],
    ["by name", { "net.onnx.data": data }],
    ["by a longer path", { "models/net.onnx.data": data }],
    ["in a Map", new Map([["net.onnx.data", data]])],
  ];
  test.each(ways)("one, given as %s", (_, externalData) => {
    using model = loadOnnx(withOutside(both), { externalData });
    expect(answerOf(model)).toEqual(inside());
    expect(describeOnnx(withOutside(both), { externalData }).inputs.map(({ name }) => name)).toEqual(["x"]);
  });

  test("several, whole and without sizes", () => {
    const bytes = withOutside({ W: { location: "weights/W" }, B: { location: "weights/B", checksum: "unread" } });
    using model = loadOnnx(bytes, { externalData: { "weights/B": joined(0, own.B), "weights/W": joined(0, own.W) } });
    expect(answerOf(model)).toEqual(inside());
  });

  test("an empty one, which PyTorch writes beside files that are whole", () => {
    using model = loadOnnx(writeOnnx(plain), { externalData: { "net.onnx.data": new Uint8Array() } });
    expect(answerOf(model)).toEqual(inside());
  });

  test("large ones, that operators put together", () => {
    const parts = { upper: numbers(6, 200, 300), lower: numbers(7, 200, 300) };
    const nodes = [
      gruNode("xt W R B"),
      node("Squeeze", "h zero", "row"),
      node("Concat", "upper lower", "wide", { axis: 0 }),
      node("Gemm", "row up", "a", { transB: 1 }),
      node("Gemm", "a wide", "b", { transB: 1 }),
      node("Gemm", "b down", "output", { transB: 1 }),
    ];
    const large = graph(nodes, { ...own, up: numbers(8, 300, H), ...parts, down: numbers(9, 1, 400) });
    using whole = loadOnnx(writeOnnx(large));
    const outside = { upper: { location: "upper" }, lower: { location: "lower" } };
    using split = loadOnnx(modelProto(graphProto(large, [], outside), 13), {
      externalData: { upper: joined(0, parts.upper), lower: joined(0, parts.lower) },
    });
    expect(answerOf(split)).toEqual(answerOf(whole));
  });
});

describe("what is refused, with nothing left in memory:", () => {
  function refused(places: Readonly<Record<string, Outside>>, externalData: unknown, ...texts: string[]): void {
    const { used } = memoryUsage();
    const options = { externalData } as OnnxOptions;
    expectRefusal(() => loadOnnx(withOutside(places), options), FormatError, ...texts);
    expectRefusal(() => describeOnnx(withOutside(places), options), FormatError, ...texts.slice(0, 1));
    expect(memoryUsage().used).toBe(used);
  }

  test("a file that is not given", () => {
    const cure = 'loadOnnx(bytes, { externalData: { "net.onnx.data": bytes } })';
    refused(both, undefined, "its weights lie in net.onnx.data. Give them as well", cure, "external_data=False");
  });

  test("files by other names, too few, or for nothing", () => {
    refused(both, { "other.data": data }, "names the files of weights net.onnx.data", "unknown: other.data");
    const two = { W: both.W, R: { location: "R" } };
    refused(two, data, "lie in net.onnx.data, R. Give them by name");
    refused(two, { "net.onnx.data": data }, "missing: R");
    refused({}, data, "its weights are all in it, but externalData was given");
  });

  test("places that are not in the file, or of another size", () => {
    refused(both, data.subarray(1), 'tensor "R" lies in bytes 147 to 339 of net.onnx.data, which has 338');
    refused({ W: place("W", 0, 12) }, joined(0, own.W), 'tensor "W" of shape [1, 12, 3] holds 3 values');
    refused({ W: place("W", 0, 13) }, joined(0, own.W), 'tensor "W" has 13 bytes, but 4 make a value');
  });

  test("entries that say nothing", () => {
    refused({ W: {} }, data, "lies in another file, but it does not say in which");
    refused({ W: { location: "W", offset: "-4" } }, data, 'has offset "-4", which is no number of bytes');
    refused({ W: { location: "W", length: "1e3" } }, data, 'has length "1e3", which is no number of bytes');
  });

  test("what is no file", () => {
    const wants = "externalData of loadOnnx must be a file's bytes, or files by name";
    for (const externalData of ["net.onnx.data", [data], { "net.onnx.data": "path" }, null])
      expectRefusal(() => loadOnnx(withOutside(both), { externalData } as never), ArgumentError, wants);
  });
});

test("layers are called as the modules that PyTorch notes", () => {
  const scoped = (...scopes: string[]) => ({ ...gruNode("xt W R B"), name: "node_gru__1", scopes });
  const nameOf = (...scopes: string[]) => {
    using model = loadOnnx(
      writeOnnx({ ...plain, nodes: [plain.nodes[0], scoped(...scopes), plain.nodes[2]] as never }),
    );
    return model.parameters[0]?.name;
  };
  expect(nameOf("", "encoder", "encoder.rnn", "gru")).toBe("encoder.rnn.weight_ih_l0");
  expect(nameOf("", "rnn", "gru")).toBe("rnn.weight_ih_l0");
  expect(nameOf("", "gru")).toBe("0.weight_ih_l0");
});
