import { describe, expect, test } from "vitest";
import { loadOnnx } from "../../src/index.js";
import {
  both,
  fc,
  gemm,
  graph,
  gruNode,
  H,
  int,
  ints,
  lstmNode,
  node,
  numbers,
  swapped,
  weights,
} from "../models/onnxGraphs.js";
import { graphProto, modelProto, run, tensorProto, text, varint, whole } from "../support/onnxWriter.js";
import { expectFormatError, own, plain, refused } from "./onnxRefusals.js";

describe("operators and attributes that are not read are named, all at once", () => {
  test("operators", () => {
    const nodes = [
      node("Conv", "x kernel", "conv", {}, "/conv/Conv"),
      node("Transpose", "conv", "xt"),
      ...plain,
      node("InstanceNormalization", "output zero zero", "other", {}, "/norm/InstanceNormalization"),
    ];
    const given = { ...graph(nodes, { ...own, kernel: numbers(3, 2, 2) }, { outputs: ["output", "other"] }), nodes };
    // What depends on them is not known either, which is no problem of its own.
    refused(given, 'not read are Conv "/conv/Conv"; InstanceNormalization "/norm/InstanceNormalization".');
  });

  test("several on different ways", () => {
    const nodes = [
      gruNode("xt W R B"),
      node("Squeeze", "h zero", "row"),
      node("Erf", "row", "a"),
      node("TopK", "row", "b"),
    ];
    refused(graph(nodes, own, { outputs: ["a", "b"] }), 'not read are Erf "a"; TopK "b".');
  });

  test("attributes and uses", () => {
    const strange = gruNode("xt W R B", "Y h", { spin: 3 });
    refused(graph([strange, plain[1]], own), 'GRU "/rnn/GRU" with spin');
    const custom = { ...gruNode("xt W R B"), domain: "com.microsoft" };
    refused(graph([custom, plain[1]], own), 'com.microsoft.GRU "/rnn/GRU"');
    refused(
      graph([...plain, node("Slice", "x zero zero zero", "nothing")], own, { outputs: ["nothing"] }),
      "of nothing",
    );
    refused(
      graph([gruNode("xt W R B"), node("Gather", "Y one", "output", { axis: 0 })], { ...own, one: ints(1) }),
      'Gather "output" of steps, but for the first and the last',
    );
    refused(
      graph([...plain, node("Softmax", "output", "shares", { axis: 0 })], own, { outputs: ["shares"] }),
      "over another axis",
    );
    refused(
      graph([...plain, node("Add", "output output", "sum")], own, { outputs: ["sum"] }),
      "Add",
      "several data paths",
    );
    refused(
      graph(
        [...plain, node("Gemm", "output M", "y", { transA: 1 })],
        { ...own, M: numbers(3, 2, 2) },
        { outputs: ["y"] },
      ),
      "of another axis than that of the features",
    );
    refused(
      graph([...plain, node("MatMul", "output M", "y")], { ...own, M: numbers(3, H + 1, 2) }, { outputs: ["y"] }),
      "MatMul",
      "features",
    );
  });

  test("states of layers in the midst", () => {
    const decoder = node("GRU", "xt W R B _ h", "Y2 h2", { hidden_size: H }, "/decoder/GRU");
    refused(
      graph([gruNode("xt W R B"), decoder, node("Squeeze", "h2 zero", "output")], own),
      'GRU "/decoder/GRU" with an initial h that is neither an input nor constant',
    );
    refused(
      graph([lstmNode("xt W R B"), node("Squeeze", "c zero", "row"), gemm("row")], {
        ...weights(4),
        ...fc(),
        zero: ints(0),
      }),
      "of cell states, which no layer gives: take them from what run ends with",
    );
  });

  test("layers that run over different axes, or over no steps", () => {
    const second = node("GRU", "turned W2 R B", "Y2 h2", { hidden_size: H });
    const nodes = [
      gruNode("xt W R B"),
      node("Squeeze", "Y one", "ys"),
      node("Transpose", "ys", "turned", { perm: [1, 0, 2] }),
      second,
    ];
    const constants = { ...own, one: ints(1), W2: numbers(5, 1, 3 * H, H) };
    refused(
      graph([...nodes, node("Squeeze", "h2 zero", "output")], constants),
      "over another axis than the layers before it",
    );
    const ended = [
      gruNode("xt W R B"),
      node("GRU", "h W2 R B", "Y2 h2", { hidden_size: H }),
      node("Squeeze", "h2 zero", "output"),
    ];
    refused(graph(ended, constants), "of one row a sequence, whose steps are gone");
  });

  test("steps of sequences that end before them", () => {
    const lengths = { name: "lengths", type: 6, axes: ["batch"] };
    const nodes = [gruNode("xt W R B lengths"), node("Squeeze", "Y one", "ys"), node("Gather", "ys last", "output")];
    const constants = { ...own, one: ints(1), last: int(-1) };
    const { inputs } = graph([], {});
    refused(graph(nodes, constants, { inputs: [...inputs, lengths] }), "take the final state");
    const partly = [
      gruNode("xt W R B lengths"),
      node("Squeeze", "Y one", "ys"),
      node("GRU", "ys W2 R B", "Y2 h2", { hidden_size: H }),
      node("Squeeze", "h2 zero", "output"),
    ];
    refused(
      graph(partly, { ...constants, W2: numbers(5, 1, 3 * H, H) }, { inputs: [...inputs, lengths] }),
      "some recurrent operators have lengths and others not",
    );
  });
});

describe("graphs that are none", () => {
  test("of a version whose operators were others, or of none", () => {
    refused(graph(plain, own, { opset: 6 }), "operators of version 7 and later, these are of 6");
    const { length } = whole(8, 1);
    const graphAlone = modelProto(graphProto(graph(plain, own)), 13).subarray(0, -(length + 4));
    expectFormatError(graphAlone, "these are of none");
  });

  test("without a recurrent operator", () => {
    refused(graph([node("MatMul", "x M", "output")], { M: numbers(1, 3, 2) }), "no recurrent operator");
    refused(graph([node("Identity", "M", "output")], { M: numbers(1, 3, 2) }), "no recurrent operator");
  });

  test("with values that nothing gives", () => {
    const { R: _, ...others } = own;
    refused(graph(plain, others), 'GRU "/rnn/GRU" reads "R", which nothing before it gives');
    refused({ ...graph(plain, own), nodes: [...plain].reverse() }, 'reads "h", which nothing before it gives');
  });

  test("with weights that do not fit", () => {
    refused(graph(plain, { ...own, R: numbers(1, 1, 3 * H, H + 1) }), "W of GRU", "wanted is");
    refused(graph(plain, { ...own, B: numbers(1, 1, 3 * H) }), "B of GRU", "has shape [1, 12], wanted is [1, 24]");
    refused(graph([gruNode("xt W R B", "Y h", { hidden_size: 9 }), plain[1]], own), "hidden_size");
    refused(
      graph([gruNode("xt W R B", "Y h", { direction: "sideways" }), plain[1]], own),
      "unknown direction sideways",
    );
    refused(
      graph([gruNode("xt W R B", "Y h", { activations: ["Sigmoid"] }), plain[1]], own),
      "must name 2 activations",
    );
    refused(
      graph([gruNode("xt W R B", "Y h", { activations: ["Sigmoid", "Maxout"] }), plain[1]], own),
      "unknown activation Maxout",
    );
    refused(graph([gruNode("xt W R B", "Y h", { ...both }), plain[1]], own), "W of GRU");
    refused(
      graph([gruNode("xt W R B", "Y h", { hidden_size: "many" }), plain[1]], own),
      "hidden_size",
      "must be a number",
    );
    const endless = { ...own, W: { shape: [1, 3 * H, 3], values: new Float32Array(9 * H).fill(Number.NaN) } };
    refused(graph(plain, endless), "not finite");
  });
});

describe("tensors that are not read", () => {
  /** The same graph with W as it is encoded here. */
  const withTensor = (W: readonly number[]) => {
    const { W: _, ...others } = own;
    return modelProto(graphProto(graph(plain, others), run(5, W)), 13);
  };
  const shape = [1, 3 * H, 3].flatMap((size) => whole(1, size));

  test("of another type", () => {
    const complex = [...shape, ...whole(2, 14), ...text(8, "W"), ...run(9, new Uint8Array(8 * 9 * H))];
    expectFormatError(withTensor(complex), 'tensor "W" has element type complex64', "reads F32, F16, BF16, F64");
    expectFormatError(withTensor([...shape, ...whole(2, 8), ...text(8, "W")]), "element type string");
    const unknown = [...shape, ...whole(2, 23), ...text(8, "W")];
    expectFormatError(withTensor(unknown), "element type number 23");
  });

  test("of another size", () => {
    const short = tensorProto("W", { shape: [1, 3 * H, 3], values: new Float32Array(5) });
    expectFormatError(withTensor(short), 'tensor "W" of shape [1, 12, 3] holds 5 values');
    const odd = [...shape, ...whole(2, 1), ...text(8, "W"), ...run(9, new Uint8Array(5))];
    expectFormatError(withTensor(odd), 'tensor "W" has 5 bytes, but 4 make a value');
    const broken = [...shape, ...whole(2, 11), ...text(8, "W"), ...run(10, new Uint8Array(12))];
    expectFormatError(withTensor(broken), "should be float64 values");
    const negative = [...whole(1, -4), ...whole(2, 1), ...text(8, "W")];
    expectFormatError(withTensor(negative), "has shape [-4], which is none");
  });

  test("but float64 is, as the nearest float32, in bytes and one by one", () => {
    const values = Float64Array.from({ length: 9 * H }, (_, at) => Math.sin(at));
    const bytes = new Uint8Array(values.buffer);
    for (const field of [9, 10]) {
      using model = loadOnnx(withTensor([...shape, ...whole(2, 11), ...text(8, "W"), ...run(field, bytes)]));
      // ONNX has the gates in the order z, r, n, the layer in r, z, n.
      const read = Array.from(model.parameters[0].read().data);
      const wanted = Array.from(swapped(Float32Array.from(values), 3 * H));
      expect(read).toEqual(wanted);
    }
  });

  test.each([
    ["float16", 10, 0x3c00, 0xb800],
    ["bfloat16", 16, 0x3f80, 0xbf00],
  ])("but half precision is, in bytes and in whole numbers: %s", (_, type, one, half) => {
    const values = Array.from({ length: 9 * H }, (_, at) => (at === 7 ? half : one));
    const bytes = new Uint8Array(Uint16Array.from(values).buffer);
    const packed = values.flatMap((value) => varint(value));
    for (const field of [run(9, bytes), run(5, packed)]) {
      using model = loadOnnx(withTensor([...shape, ...whole(2, type), ...text(8, "W"), ...field]));
      const [weight] = model.parameters;
      const read = Array.from(weight.read().data);
      expect(read.filter((value) => value === -0.5)).toHaveLength(1);
      expect(read.filter((value) => value === 1)).toHaveLength(9 * H - 1);
    }
  });
});

test("a file that asks for more room than it fills is refused", () => {
  const zeros = [node("ConstantOfShape", "huge", "z"), node("Add", "z z", "h0"), gruNode("xt W R B _ h0"), plain[1]];
  refused(graph(zeros, { ...own, huge: ints(1, 2 ** 40, H) }), 'Add "h0" of these constants');
  const spread = [node("Expand", "W huge", "V"), gruNode("xt V R B"), plain[1]];
  refused(graph(spread, { ...own, huge: ints(2 ** 20, 1, 1, 1) }), "weights that are no constants");
});
