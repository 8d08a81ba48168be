import { expect, test } from "vitest";
import { describeOnnx, loadOnnx, run, Tensor } from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { writeOnnx } from "../support/onnxWriter.js";
import { graph, gruNode, H, ints, node, numbers, weights, x } from "./onnxGraphs.js";

/** Two layers side by side, the second with a way around it, whose states begin with an input and are outputs. */
const bytes = writeOnnx(
  graph(
    [
      gruNode("xt W R B _ h0"),
      node("Squeeze", "Y one", "ys"),
      node("GRU", "ys W1 R1 B1 _ begin", "Y1 h1", { hidden_size: H, linear_before_reset: 1 }, "/top/GRU"),
      node("Squeeze", "Y1 one", "zs"),
      node("Add", "zs ys", "sum"),
      node("GRU", "xt W2 R B", "Y2 h2", { hidden_size: H, linear_before_reset: 1 }, "/side/GRU"),
      node("Squeeze", "Y2 one", "others"),
      node("Concat", "sum others", "output", { axis: 2 }),
      node("Concat", "h h1 h2", "ends", { axis: 0 }),
    ],
    {
      ...weights(3),
      W1: numbers(4, 1, 3 * H, H),
      R1: numbers(5, 1, 3 * H, H),
      B1: numbers(6, 1, 6 * H),
      W2: numbers(7, 1, 3 * H, 3),
      begin: numbers(40, 1, 1, H),
      one: ints(1),
    },
    { inputs: [x, { name: "h0", axes: [1, "batch", H] }] as never, outputs: ["output", "ends"] },
  ),
);

test("states of layers in branches are told with their paths, and are those that a run ends with", () => {
  const { inputs, outputs } = describeOnnx(bytes);
  expect(inputs[1].states).toEqual([{ path: "0.0.rnn", state: "h" }]);
  const paths = ["0.0.rnn", "0.0.top", "0.side"];
  expect(outputs[1].states.map(({ path }) => path)).toEqual(paths);
  using model = loadOnnx(bytes);
  const data = new Tensor(numbers(30, 2, 5, 3).values as Float32Array, [2, 5, 3]);
  const { output, finalState } = run(model, data);
  expect(output.shape).toEqual([2, 5, 2 * H]);
  expect(Object.keys(finalState)).toEqual(paths);
  const again = run(model, data, { initialState: { "0.0.rnn": { h: new Tensor(new Float32Array(2 * H), [2, H]) } } });
  expectSameBits(again.output.data, output.data, "outputs");
});

test("a constant initial state within a branch is learned", () => {
  using model = loadOnnx(bytes);
  const begins = model.parameters.filter(({ name }) => name.includes("initial"));
  expect(begins.map(({ name }) => name)).toEqual(["0.0.top.initial_h_l0"]);
  expect(Array.from(begins[0].read().data)).toEqual(Array.from(numbers(40, 1, 1, H).values));
});
