import { test } from "vitest";
import { graph, gruNode, H, int, ints, node, weights, x } from "../models/onnxGraphs.js";
import { graphProto, modelProto, run, text, whole } from "../support/onnxWriter.js";
import { expectFormatError, own, plain, refused } from "./onnxRefusals.js";

const input = (type: number) => [{ ...x, type }];

test("a reshape that is not read names the axes that are open", () => {
  const split = [
    gruNode("xt W R B"),
    node("Shape", "x", "sizes"),
    node("Slice", "sizes zero one", "batch"),
    node("Concat", "two batch two half", "shape", { axis: 0 }),
    node("Reshape", "Y shape", "output"),
  ];
  const constants = { ...own, one: ints(1), two: ints(2), half: ints(H / 2) };
  refused(graph(split, constants), 'Reshape "output" to [2, batch, 2, 2]');
  const joined = [gruNode("xt W R B"), node("Reshape", "Y shape", "output")];
  refused(graph(joined, { ...own, shape: ints(-1, H / 2) }), 'Reshape "output" to [time*batch*2, 2]');
});

test("weights that are left out are named", () => {
  refused(graph([gruNode("xt W _ B"), plain[1]], own), 'GRU "/rnn/GRU" has no R (input 2), the recurrent weights');
  refused(graph([gruNode("xt _ R B"), plain[1]], own), 'GRU "/rnn/GRU" has no W (input 1), the input weights');
});

test("an input without a shape", () => {
  const bare = run(11, [...text(1, "x"), ...run(2, run(1, whole(1, 1)))]);
  const bytes = modelProto(graphProto({ ...graph(plain, own), inputs: [] }, bare), 13);
  expectFormatError(bytes, 'input "x" has no shape in the file. Export the model with the shapes of its inputs.');
});

test("an input of another type", () => {
  refused(graph(plain, own, { inputs: input(11) }), 'input "x" of type F64, where float32 is read', "model.float()");
  refused(graph(plain, own, { inputs: input(7) }), 'GRU "/rnn/GRU" of input "x" of type I64.');
});

test("quantized networks", () => {
  const quantized = { ...node("DynamicQuantizeLSTM", "xt W R B", "Y h"), domain: "com.microsoft" };
  const cure = "(quantized; give the model from before quantization)";
  refused(graph([quantized, plain[1]], own), `com.microsoft.DynamicQuantizeLSTM "Y" ${cure}`);
  refused(graph([...plain, node("MatMulInteger", "output W", "z")], own, { outputs: ["z"] }), cure);
});

test("steps in the middle", () => {
  const nodes = [gruNode("xt W R B"), node("Squeeze", "Y one", "ys"), node("Gather", "ys first", "output")];
  const wanted =
    "of steps, but for the first and the last: export the model up to there, and take the steps from its output";
  for (const place of [1, -2]) refused(graph(nodes, { ...weights(3), one: ints(1), first: int(place) }), wanted);
});

test("an RNN of PyTorch in single steps is named once, with what to do", () => {
  const inside = { scopes: ["", "rnn", "linear"], modules: ["Net", "torch.nn.modules.rnn.RNN", "aten.linear.default"] };
  const steps = [
    node("Slice", "x zero one", "first"),
    node("Slice", "x one two", "second"),
    node("Add", "first second", "output"),
  ].map((each) => ({ ...each, ...inside }));
  refused(
    graph(steps, { zero: ints(0), one: ints(1), two: ints(2) }),
    'not read is nn.RNN "rnn" step by step (torch.onnx.export with dynamo=False writes it whole).',
  );
});

test("an output that nothing gives", () => {
  refused(graph(plain, own, { outputs: ["output", "zzz"] }), 'output "zzz" is given by no node');
});
