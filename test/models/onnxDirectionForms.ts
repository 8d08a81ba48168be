import {
  bidirectional,
  columns,
  concatenate,
  finalState,
  gru,
  lastStep,
  reverseSteps,
  sequential,
} from "../../src/index.js";
import { both, type Form, fc, gemm, graph, gruNode, H, head, int, ints, node, rnn, weights } from "./onnxGraphs.js";

/** The steps of both directions side by side, "yb" [batch, time, 2·H], as PyTorch's batch_first gives them. */
const wide = [
  gruNode("xt W R B", "Y h", both),
  node("Transpose", "Y", "yt", { perm: [0, 2, 1, 3] }),
  node("Reshape", "yt joined", "ys"),
  node("Transpose", "ys", "yb", { perm: [1, 0, 2] }),
];
const halves = [node("Slice", "yb zero half two", "ahead"), node("Slice", "yb half end two", "back")];
const constants = {
  ...weights(3, 2),
  joined: ints(0, 0, -1),
  zero: ints(0),
  half: ints(H),
  end: ints(2 ** 53),
  one: ints(1),
  two: ints(2),
  first: int(0),
  second: int(1),
  last: int(-1),
};
const together = (merge: "average" | "mul" | "sum") => bidirectional(gru(H, rnn), { merge });

/** Both directions of a layer as one, in another order, and each one's end: y is [batch, time, 2·H]. */
export const directionForms: Readonly<Record<string, Form>> = {
  "y[..., :H] + y[..., H:]": {
    graph: graph([...wide, ...halves, node("Add", "ahead back", "sum"), gemm("sum")], { ...constants, ...fc() }),
    layers: [together("sum"), head],
  },
  "y[..., H:] * y[..., :H]": {
    graph: graph([...wide, ...halves, node("Mul", "back ahead", "product"), gemm("product")], {
      ...constants,
      ...fc(),
    }),
    layers: [together("mul"), head],
  },
  "the sum of directions that were chosen from their own axis, and its last step": {
    graph: graph(
      [
        gruNode("xt W R B", "Y h", both),
        node("Gather", "Y second", "back", { axis: 1 }),
        node("Gather", "Y first", "ahead", { axis: 1 }),
        node("Add", "back ahead", "sum"),
        node("Gather", "sum last", "row", { axis: 0 }),
        gemm("row"),
      ],
      { ...constants, ...fc() },
    ),
    layers: [together("sum"), lastStep(), head],
  },
  "y.view(…, 2, H).sum(2) with a second layer on it, whose final state is taken": {
    graph: graph(
      [
        ...wide,
        node("Reshape", "yb apart", "ya"),
        node("ReduceSum", "ya two", "sum", { keepdims: 0 }),
        node("Transpose", "sum", "st", { perm: [1, 0, 2] }),
        node("GRU", "st W1 R1 B1", "Y1 h1", { hidden_size: H, linear_before_reset: 1 }, "/top/GRU"),
        node("Squeeze", "h1 zero", "output"),
      ],
      {
        ...constants,
        apart: ints(0, 0, 2, H),
        W1: weights(3, 1, H, 4).W,
        R1: weights(3, 1, H, 4).R,
        B1: weights(3, 1, H, 4).B,
      },
    ),
    layers: [together("sum"), gru(H, { name: "top" }), finalState()],
    weights: { "top.W": weights(3, 1, H, 4).W, "top.R": weights(3, 1, H, 4).R, "top.B": weights(3, 1, H, 4).B },
  },
  "the mean over the directions, whose axis is kept": {
    graph: graph(
      [
        gruNode("xt W R B", "Y h", both),
        node("ReduceMean", "Y", "kept", { axes: [1] }),
        node("Squeeze", "kept one", "ys"),
        gemm("ys"),
      ],
      { ...constants, ...fc() },
    ),
    layers: [together("average"), head],
  },
  "both final states, the way back's first": {
    graph: graph(
      [
        gruNode("xt W R B", "_ h", both),
        node("Gather", "h last", "back", { axis: 0 }),
        node("Gather", "h first", "ahead", { axis: 0 }),
        node("Concat", "back ahead", "row", { axis: 1 }),
        gemm("row"),
      ],
      { ...constants, ...fc(2 * H) },
    ),
    layers: [bidirectional(gru(H, rnn)), finalState(), concatenate(columns(H, 2 * H), columns(0, H)), head],
  },
  "both final states stacked, the way back's first": {
    graph: graph(
      [
        gruNode("xt W R B", "_ h", both),
        node("Slice", "h one two zero", "back"),
        node("Slice", "h zero one zero", "ahead"),
        node("Concat", "back ahead", "ends", { axis: 0 }),
        node("Transpose", "ends", "turned", { perm: [1, 0, 2] }),
        node("Reshape", "turned rows", "output"),
      ],
      { ...constants, rows: ints(0, -1) },
    ),
    layers: [bidirectional(gru(H, rnn)), finalState(), concatenate(columns(H, 2 * H), columns(0, H))],
  },
  "the first step": {
    graph: graph(
      [
        gruNode("xt W1 R1 B1"),
        node("Squeeze", "Y one", "ys"),
        node("Gather", "ys first", "row", { axis: 0 }),
        gemm("row"),
      ],
      { W1: weights(3).W, R1: weights(3).R, B1: weights(3).B, one: ints(1), first: int(0), ...fc() },
    ),
    layers: [gru(H, rnn), reverseSteps(), lastStep(), head],
    weights: { "rnn.W": weights(3).W, "rnn.R": weights(3).R, "rnn.B": weights(3).B },
  },
  "y[:, -1, :H] and y[:, 0, H:], where each direction has read everything": {
    graph: graph(
      [
        ...wide,
        node("Gather", "yb last", "final", { axis: 1 }),
        node("Slice", "final zero half one", "ahead"),
        node("Gather", "yb first", "begin", { axis: 1 }),
        node("Slice", "begin half end one", "back"),
        node("Concat", "ahead back", "row", { axis: -1 }),
        gemm("row"),
      ],
      { ...constants, ...fc(2 * H) },
    ),
    layers: [
      bidirectional(gru(H, rnn)),
      concatenate(sequential(lastStep(), columns(0, H)), sequential(reverseSteps(), lastStep(), columns(H, 2 * H))),
      head,
    ],
  },
};
