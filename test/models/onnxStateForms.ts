import { bidirectional, columns, finalState, gru, lastStep, lstm } from "../../src/index.js";
import {
  both,
  D,
  type Form,
  fc,
  gemm,
  graph,
  gruNode,
  H,
  head,
  int,
  ints,
  lstmNode,
  node,
  numbers,
  rnn,
  swapped,
  weights,
} from "./onnxGraphs.js";

/** Two bidirectional layers, whose final states are taken apart as [layers, directions, batch, units]. */
export const bothTwice = [
  gruNode("xt W R B", "Y h", both),
  node("Transpose", "Y", "yt", { perm: [0, 2, 1, 3] }),
  node("Reshape", "yt beside", "ys"),
  node("GRU", "ys W1 R1 B1", "Y1 h1", { hidden_size: H, linear_before_reset: 1, ...both }, "/rnn/GRU_1"),
  node("Concat", "h h1", "hn", { axis: 0 }),
  node("Shape", "x", "sizes"),
  node("Slice", "sizes zero one zero", "batch"),
  node("Concat", "two two batch units", "shape", { axis: 0 }),
  node("Reshape", "hn shape", "apart"),
];
const second = { W1: numbers(4, 2, 3 * H, 2 * H), R1: numbers(5, 2, 3 * H, H), B1: numbers(6, 2, 6 * H) };
export const stack = {
  ...weights(3, 2),
  ...second,
  beside: ints(0, 0, 2 * H),
  zero: ints(0),
  one: ints(1),
  two: ints(2),
  units: ints(H),
};
const twice = [bidirectional(gru(H, rnn)), bidirectional(gru(H, { name: "rnn_1" }))];
const stackWeights = {
  "rnn.W": stack.W,
  "rnn.R": stack.R,
  "rnn.B": stack.B,
  "rnn_1.W": second.W1,
  "rnn_1.R": second.R1,
  "rnn_1.B": second.B1,
};

/** Final states and weights in the ways that exports write them. */
export const stateForms: Readonly<Record<string, Form>> = {
  "the last hidden state, taken from h_n": {
    graph: graph([gruNode("xt W R B"), node("Gather", "h last", "row", { axis: 0 }), gemm("row")], {
      ...weights(3),
      ...fc(),
      last: int(-1),
    }),
    layers: [gru(H, rnn), finalState(), head],
  },
  "both final states of a bidirectional layer side by side": {
    graph: graph(
      [
        lstmNode("xt W R B", "Y h c", both),
        node("Gather", "h first", "forward", { axis: 0 }),
        node("Gather", "h last", "backward", { axis: 0 }),
        node("Concat", "forward backward", "row", { axis: 1 }),
        gemm("row"),
      ],
      { ...weights(4, 2), ...fc(2 * H), first: int(-2), last: int(-1) },
    ),
    layers: [bidirectional(lstm(H, rnn)), finalState(), head],
  },
  "final states of both directions, turned and cut anew": {
    graph: graph(
      [
        gruNode("xt W R B", "_ h", both),
        node("Transpose", "h", "hb", { perm: [1, 0, 2] }),
        node("Reshape", "hb wide", "row"),
        gemm("row"),
      ],
      { ...weights(3, 2), ...fc(2 * H), wide: ints(0, -1) },
    ),
    layers: [bidirectional(gru(H, rnn)), finalState(), head],
  },
  "the way back's final state alone": {
    graph: graph([gruNode("xt W R B", "Y h", both), node("Gather", "h last", "row", { axis: 0 }), gemm("row")], {
      ...weights(3, 2),
      ...fc(),
      last: int(-1),
    }),
    layers: [bidirectional(gru(H, rnn)), finalState(), columns(H, 2 * H), head],
  },
  "the last layer's final state of a stack": {
    graph: graph(
      [
        lstmNode("xt W R B"),
        node("Squeeze", "Y one", "ys"),
        node("LSTM", "ys W1 R1 B1", "Y1 h1 c1", { hidden_size: H }, "/rnn/LSTM_1"),
        node("Concat", "h h1", "hn", { axis: 0 }),
        node("Gather", "hn last", "row", { axis: 0 }),
        gemm("row"),
      ],
      {
        ...weights(4),
        W1: numbers(4, 1, 4 * H, H),
        R1: numbers(5, 1, 4 * H, H),
        B1: numbers(6, 1, 8 * H),
        ...fc(),
        one: ints(1),
        last: int(-1),
      },
    ),
    layers: [lstm(H, rnn), lstm(H, { name: "rnn_1" }), finalState(), head],
    weights: {
      "rnn.W": weights(4).W,
      "rnn.R": weights(4).R,
      "rnn.B": weights(4).B,
      "rnn_1.W": numbers(4, 1, 4 * H, H),
      "rnn_1.R": numbers(5, 1, 4 * H, H),
      "rnn_1.B": numbers(6, 1, 8 * H),
    },
  },
  "attributes where later versions have inputs, and zeros made of the input's shape": {
    graph: graph(
      [
        node("Shape", "x", "sizes"),
        node("Gather", "sizes zero", "batch", { axis: 0 }),
        node("Unsqueeze", "batch", "batches", { axes: [0] }),
        node("Concat", "one batches units", "shape", { axis: 0 }),
        node("ConstantOfShape", "shape", "zeros"),
        lstmNode("xt W R B _ zeros zeros"),
        node("Squeeze", "Y", "ys", { axes: [1] }),
        node("Transpose", "ys", "yb", { perm: [1, 0, 2] }),
        node("Slice", "yb", "end", { axes: [1], starts: [-1], ends: [2 ** 63] }),
        node("Squeeze", "end", "row", { axes: [1] }),
        gemm("row"),
      ],
      { ...weights(4), ...fc(), zero: int(0), one: ints(1), units: ints(H) },
      { opset: 9 },
    ),
    layers: [lstm(H, rnn), lastStep(), head],
  },
  "weights that the graph puts in order": {
    graph: graph(
      [
        // PyTorch's r, z, n to ONNX's z, r, n, as an export without folding writes it.
        node("Slice", "rows r z axis", "Wr"),
        node("Slice", "rows z n axis", "Wz"),
        node("Slice", "rows n end axis", "Wn"),
        node("Concat", "Wz Wr Wn", "Wo", { axis: 0 }),
        node("Unsqueeze", "Wo axis", "W"),
        gruNode("xt W R B"),
        node("Squeeze", "Y one", "ys"),
        node("Transpose", "ys", "output", { perm: [1, 0, 2] }),
      ],
      {
        rows: numbers(3, 3 * H, D),
        R: weights(3).R,
        B: weights(3).B,
        r: ints(0),
        z: ints(H),
        n: ints(2 * H),
        end: ints(3 * H),
        axis: ints(0),
        one: ints(1),
      },
    ),
    layers: [gru(H, rnn)],
    weights: {
      "rnn.W": { shape: [1, 3 * H, D], values: swapped(numbers(3, 3 * H, D).values as Float32Array, H * D) },
      "rnn.R": weights(3).R,
      "rnn.B": weights(3).B,
    },
  },
  "the last layer's states of a stack, with layers and directions apart": {
    graph: graph(
      [
        ...bothTwice,
        node("Gather", "apart last", "ends", { axis: 0 }),
        node("Transpose", "ends", "turned", { perm: [1, 0, 2] }),
        node("Reshape", "turned wide", "row"),
        gemm("row"),
      ],
      { ...stack, ...fc(2 * H), last: int(-1), wide: ints(0, -1) },
    ),
    layers: [...twice, finalState(), head],
    weights: stackWeights,
  },
  "the way back of the last layer, chosen one after the other": {
    graph: graph(
      [
        ...bothTwice,
        node("Slice", "apart one two zero", "ends"),
        node("Squeeze", "ends zero", "end"),
        node("Gather", "end last", "row", { axis: 0 }),
        gemm("row"),
      ],
      { ...stack, ...fc(), last: int(-1) },
    ),
    layers: [...twice, finalState(), columns(H, 2 * H), head],
    weights: stackWeights,
  },
};
