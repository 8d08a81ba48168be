import {
  activate,
  bidirectional,
  concatenate,
  dense,
  dropout,
  embedding,
  finalState,
  gru,
  lastStep,
  lstm,
  max,
  mean,
  residual,
  sequential,
} from "../../src/index.js";
import {
  both,
  C,
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
  turned,
  weights,
} from "./onnxGraphs.js";

/** A second recurrent layer that keeps the width, from "ys" to "zs" [time, batch, H]. */
const second = [
  node("LSTM", "ys W1 R1 B1", "Y1 h1 c1", { hidden_size: H }, "/top/LSTM"),
  node("Squeeze", "Y1 one", "zs"),
];
const steps = [gruNode("xt W R B"), node("Squeeze", "Y one", "ys")];
const [W1, R1, B1] = [numbers(4, 1, 4 * H, H), numbers(5, 1, 4 * H, H), numbers(6, 1, 8 * H)];
const stack = { ...weights(3), W1, R1, B1, one: ints(1) };
const top = { name: "top" };
const topWeights = (path = "top") => ({ [`${path}.W`]: W1, [`${path}.R`]: R1, [`${path}.B`]: B1 });
const [M, bias] = [numbers(10, H, H), numbers(11, H)];
const matMul = (from: string, to: string, name = "/inner/MatMul") => [
  node("MatMul", `${from} M`, `${to}_product`, {}, name),
  node("Add", `${to}_product bias`, to),
];
const inner = (path: string) => ({ [`${path}.W`]: turned(M), [`${path}.B`]: bias });
/** Data of x in the order of time, and a GRU over it, for an LSTM beside it. */
const beside = [...steps, node("LSTM", "xt W2 R1 B1", "Y2 h2 c2", { hidden_size: H }, "/top/LSTM")];
const W2 = numbers(7, 1, 4 * H, D);

/** Ways around layers and branches side by side. */
export const branchForms: Readonly<Record<string, Form>> = {
  "a way around a layer": {
    graph: graph([...steps, ...second, node("Add", "ys zs", "sum"), gemm("sum")], { ...stack, ...fc() }),
    layers: [gru(H, rnn), residual(lstm(H, top)), head],
    weights: topWeights(),
  },
  "ways around layers within another, the sums in the other order": {
    graph: graph(
      [
        ...steps,
        ...second,
        node("Add", "zs ys", "first"),
        ...matMul("first", "wide"),
        node("Tanh", "wide", "bent"),
        node("Add", "bent ys", "sum"),
        gemm("sum"),
      ],
      { ...stack, ...fc(), M, bias },
    ),
    layers: [
      gru(H, rnn),
      residual(sequential(residual(lstm(H, top)), dense(H, { name: "inner", activation: "tanh" }))),
      head,
    ],
    weights: { ...topWeights("1.top"), ...inner("1.inner") },
  },
  "a way around a bidirectional layer, turned over": {
    graph: {
      ...graph([], {
        ...weights(3, 2, 2 * H),
        M: numbers(10, D, 2 * H),
        bias: numbers(11, 2 * H),
        wide: ints(0, 0, 2 * H),
      }),
      nodes: [
        ...matMul("x", "xb", "/first/MatMul"),
        node("Transpose", "xb", "xt", { perm: [1, 0, 2] }),
        gruNode("xt W R B", "Y h", both),
        node("Transpose", "Y", "yt", { perm: [2, 0, 1, 3] }),
        node("Reshape", "yt wide", "yb"),
        node("Add", "yb xb", "output"),
      ],
    },
    layers: [dense(2 * H, { name: "first" }), residual(bidirectional(gru(H, rnn)))],
    weights: { "first.W": turned(numbers(10, D, 2 * H)), "first.B": numbers(11, 2 * H) },
  },
  "a way around an activation of a dense layer and another": {
    graph: graph(
      [
        ...steps,
        ...matMul("ys", "wide"),
        node("Relu", "wide", "bent"),
        node("MatMul", "bent M", "again", {}, "/outer/MatMul"),
        node("Add", "wide again", "output"),
      ],
      { ...stack, M, bias },
    ),
    layers: [
      gru(H, rnn),
      dense(H, { name: "inner" }),
      residual(sequential(activate("relu"), dense(H, { name: "outer", bias: false }))),
    ],
    weights: { ...inner("inner"), "2.outer.W": turned(M) },
  },
  "a way around a dense layer, from final states that are taken twice": {
    graph: graph(
      [
        gruNode("xt W R B"),
        node("Squeeze", "h zero", "row"),
        ...matMul("row", "wide"),
        node("Squeeze", "h zero", "row2"),
        node("Add", "row2 wide", "output"),
      ],
      { ...weights(3), M, bias, zero: ints(0) },
    ),
    layers: [gru(H, rnn), finalState(), residual(dense(H, { name: "inner" }))],
    weights: inner("inner"),
  },
  "two layers over the same input, side by side": {
    graph: graph(
      [...beside, node("Squeeze", "Y2 one", "zs"), node("Concat", "ys zs", "all", { axis: 2 }), gemm("all")],
      { ...stack, W2, ...fc(2 * H) },
    ),
    layers: [concatenate(gru(H, rnn), lstm(H, top)), head],
    weights: {
      "0.rnn.W": weights(3).W,
      "0.rnn.R": weights(3).R,
      "0.rnn.B": weights(3).B,
      ...topWeights("0.top"),
      "0.top.W": W2,
    },
  },
  "the final states of two layers, side by side": {
    graph: graph([...beside, node("Concat", "h h2", "all", { axis: -1 }), node("Squeeze", "all zero", "output")], {
      ...stack,
      W2,
      zero: ints(0),
    }),
    layers: [concatenate(sequential(gru(H, rnn), finalState()), sequential(lstm(H, top), finalState()))],
    weights: {
      "0.0.rnn.W": weights(3).W,
      "0.0.rnn.R": weights(3).R,
      "0.0.rnn.B": weights(3).B,
      ...topWeights("0.1.top"),
      "0.1.top.W": W2,
    },
  },
  "a layer beside what it reads": {
    graph: graph(
      [...steps, node("Concat", "xt ys", "all", { axis: 2 }), node("MatMul", "all M2", "output", {}, "/fc/MatMul")],
      { ...weights(3), one: ints(1), M2: numbers(10, D + H, C) },
    ),
    layers: [concatenate(activate("linear"), gru(H, rnn)), dense(C, { name: "fc", bias: false })],
    weights: {
      "0.rnn.W": weights(3).W,
      "0.rnn.R": weights(3).R,
      "0.rnn.B": weights(3).B,
      "fc.W": turned(numbers(10, D + H, C)),
    },
  },
  "final state, mean, largest and last of the steps, side by side": {
    graph: graph(
      [
        ...steps,
        node("Squeeze", "h zero", "end"),
        node("ReduceMean", "ys", "mean", { axes: [0], keepdims: 0 }),
        node("Transpose", "ys", "spread", { perm: [1, 2, 0] }),
        node("GlobalMaxPool", "spread", "kept"),
        node("Squeeze", "kept two", "max"),
        node("Gather", "ys last", "step"),
        node("Concat", "end mean max step", "all", { axis: 1 }),
        gemm("all"),
      ],
      { ...weights(3), ...fc(4 * H), zero: ints(0), one: ints(1), two: ints(2), last: int(-1) },
    ),
    layers: [gru(H, rnn), concatenate(finalState(), mean(), max(), lastStep()), head],
  },
  "the mean of steps that lie last": {
    graph: graph(
      [
        ...steps,
        node("Transpose", "ys", "spread", { perm: [1, 2, 0] }),
        node("ReduceMean", "spread two", "row"),
      ].concat(node("Flatten", "row", "flat"), gemm("flat")),
      { ...weights(3), ...fc(), one: ints(1), two: ints(-1) },
      { opset: 18 },
    ),
    layers: [gru(H, rnn), mean(), head],
  },
  "dropout of a file for training": {
    graph: graph([...steps, node("Dropout", "ys rate yes", "kept mask"), gemm("kept")], {
      ...weights(3),
      ...fc(),
      one: ints(1),
      rate: { shape: [], values: Float32Array.of(0.25) },
      yes: int(1),
    }),
    layers: [gru(H, rnn), dropout(0.25), head],
  },
  "rows that a product turns over": {
    graph: graph(
      [
        ...[gruNode("xt W R B"), node("Squeeze", "h zero", "row"), node("Transpose", "row", "column")],
        node("Gemm", "column fcW fcB", "output", { transA: 1, transB: 1 }, "/fc/Gemm"),
      ],
      { ...weights(3), ...fc(), zero: ints(0) },
    ),
    layers: [gru(H, rnn), finalState(), head],
  },
  "one table for tokens and answers": {
    graph: {
      inputs: [{ name: "x", type: 7, axes: ["batch", "time"] }],
      outputs: ["output"],
      nodes: [
        node("Gather", "table x", "xb", {}, "/words/Gather"),
        node("Transpose", "xb", "xt", { perm: [1, 0, 2] }),
        lstmNode("xt W R B"),
        node("Squeeze", "Y one", "ys"),
        node("Transpose", "table", "turned", { perm: [1, 0] }),
        node("MatMul", "ys turned", "scores", {}, "/fc/MatMul"),
        node("Transpose", "scores", "output", { perm: [1, 0, 2] }),
      ],
      constants: { ...weights(4, 1, H), table: numbers(12, 7, H), one: ints(1) },
    },
    layers: [embedding(7, H, { name: "words" }), lstm(H, rnn), dense(7, { name: "fc", bias: false })],
    weights: { "words.W": numbers(12, 7, H), "fc.W": numbers(12, 7, H) },
  },
};
