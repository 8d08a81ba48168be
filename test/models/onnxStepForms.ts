import {
  activate,
  attentionPool,
  concatenate,
  dense,
  everyStep,
  finalState,
  gru,
  lstm,
  mean,
  residual,
  sequential,
} from "../../src/index.js";
import {
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
  node,
  numbers,
  rnn,
  turned,
  weights,
} from "./onnxGraphs.js";

const steps = [gruNode("xt W R B"), node("Squeeze", "Y one", "ys")];
/** A second recurrent layer that keeps the width, from "ys" to "zs" [time, batch, H]. */
const second = [
  node("LSTM", "ys W1 R1 B1", "Y1 h1 c1", { hidden_size: H }, "/top/LSTM"),
  node("Squeeze", "Y1 one", "zs"),
];
const [W1, R1, B1] = [numbers(4, 1, 4 * H, H), numbers(5, 1, 4 * H, H), numbers(6, 1, 8 * H)];
const stack = { ...weights(3), W1, R1, B1, one: ints(1) };
const topWeights = { "top.W": W1, "top.R": R1, "top.B": B1 };
const [M, bias] = [numbers(10, H, H), numbers(11, H)];

/** One row of all steps, and what is done with it at each of them. */
export const stepForms: Readonly<Record<string, Form>> = {
  "attention over the steps, which are multiplied by their shares and added up": {
    graph: graph(
      [
        ...steps,
        node("Transpose", "ys", "yb", { perm: [1, 0, 2] }),
        node("MatMul", "yb M", "product", {}, "/inner/MatMul"),
        node("Add", "product bias", "wide"),
        node("Tanh", "wide", "bent"),
        node("MatMul", "bent context", "flat", {}, "/score/MatMul"),
        node("Unsqueeze", "flat axis", "scores"),
        node("Softmax", "scores", "shares", { axis: 1 }),
        node("Mul", "yb shares", "weighed"),
        node("ReduceSum", "weighed one", "row", { keepdims: 0 }),
        gemm("row"),
      ],
      { ...stack, ...fc(), M, bias, context: numbers(12, H), axis: ints(2) },
    ),
    layers: [
      gru(H, rnn),
      attentionPool(
        sequential(dense(H, { name: "inner", activation: "tanh" }), dense(1, { name: "score", bias: false })),
      ),
      head,
    ],
    weights: { "1.inner.W": turned(M), "1.inner.B": bias, "1.score.W": { ...numbers(12, H), shape: [1, H] } },
  },
  "attention over the steps as a product by their shares": {
    graph: graph(
      [
        ...steps,
        node("Transpose", "ys", "yb", { perm: [1, 0, 2] }),
        node("MatMul", "yb column", "scores", {}, "/score/MatMul"),
        node("Squeeze", "scores last", "flat"),
        node("Softmax", "flat", "shares", { axis: 1 }),
        node("Unsqueeze", "shares one", "left"),
        node("MatMul", "left yb", "single"),
        node("Squeeze", "single one", "row"),
        gemm("row"),
      ],
      { ...stack, ...fc(), column: numbers(12, H, 1), last: ints(2) },
    ),
    layers: [gru(H, rnn), attentionPool(dense(1, { name: "score", bias: false })), head],
    weights: { "1.score.W": turned(numbers(12, H, 1)) },
  },
  "attention over the steps as a product of them by their shares": {
    graph: graph(
      [
        ...steps,
        node("Transpose", "ys", "yb", { perm: [1, 0, 2] }),
        node("MatMul", "yb column", "scores", {}, "/score/MatMul"),
        node("Softmax", "scores", "shares", { axis: 1 }),
        node("Transpose", "yb", "turned", { perm: [0, 2, 1] }),
        node("MatMul", "turned shares", "single"),
        node("Squeeze", "single last", "row"),
        gemm("row"),
      ],
      { ...stack, ...fc(), column: numbers(12, H, 1), last: ints(2) },
    ),
    layers: [gru(H, rnn), attentionPool(dense(1, { name: "score", bias: false })), head],
    weights: { "1.score.W": turned(numbers(12, H, 1)) },
  },
  "an autoencoder, whose code is repeated": {
    graph: graph(
      [
        gruNode("xt W R B", "Y h"),
        node("Gather", "h last", "row"),
        node("Unsqueeze", "row one", "code"),
        node("Expand", "code same", "single"),
        node("Shape", "x", "sizes"),
        node("Slice", "sizes one two", "T"),
        node("Concat", "one T one", "counts", { axis: 0 }),
        node("Tile", "single counts", "codes"),
        node("Transpose", "codes", "ys", { perm: [1, 0, 2] }),
        ...second,
        gemm("zs"),
      ],
      { ...stack, ...fc(), last: int(-1), two: ints(2), same: ints(1, 1, 1) },
    ),
    layers: [gru(H, rnn), everyStep(finalState()), lstm(H, { name: "top" }), head],
    weights: topWeights,
  },
  "what is known of a whole sequence beside its steps, and added to them": {
    graph: graph(
      [
        ...steps,
        node("Transpose", "ys", "yb", { perm: [1, 0, 2] }),
        node("ReduceMean", "yb one", "mean", { keepdims: 1 }),
        node("Shape", "yb", "sizes"),
        node("Expand", "mean sizes", "means"),
        node("Add", "yb means", "sum"),
        node("Concat", "sum x", "both", { axis: 2 }),
        node("MatMul", "both wide", "output", {}, "/fc/MatMul"),
      ],
      { ...stack, wide: numbers(12, H + D, 2) },
      { opset: 18 },
    ),
    layers: [
      concatenate(sequential(gru(H, rnn), residual(everyStep(mean()))), activate("linear")),
      dense(2, { name: "fc", bias: false }),
    ],
    weights: {
      "0.0.rnn.W": stack.W,
      "0.0.rnn.R": stack.R,
      "0.0.rnn.B": stack.B,
      "fc.W": turned(numbers(12, H + D, 2)),
    },
  },
  "features that a horizon cuts, past an activation": {
    graph: graph(
      [
        gruNode("xt W R B", "Y h"),
        node("Squeeze", "h zero", "row"),
        node("MatMul", "row W2", "answers", {}, "/fc/MatMul"),
        node("Reshape", "answers horizon", "apart"),
        node("Tanh", "apart", "output"),
      ],
      { ...weights(3), zero: ints(0), W2: numbers(10, H, 6), horizon: ints(-1, 3, 2) },
    ),
    layers: [gru(H, rnn), finalState(), dense(6, { name: "fc", bias: false, activation: "tanh" })],
    weights: { "fc.W": turned(numbers(10, H, 6)) },
  },
  "features that were cut and joined again": {
    graph: graph(
      [
        gruNode("xt W R B", "Y h"),
        node("Squeeze", "h zero", "row"),
        node("MatMul", "row W2", "answers", {}, "/fc/MatMul"),
        node("Reshape", "answers horizon", "apart"),
        node("Flatten", "apart", "flat"),
        node("MatMul", "flat W3", "output"),
      ],
      { ...weights(3), zero: ints(0), W2: numbers(10, H, 6), W3: numbers(11, 6, 2), horizon: ints(-1, 3, 2) },
    ),
    layers: [gru(H, rnn), finalState(), dense(6, { name: "fc", bias: false }), dense(2, { bias: false })],
    weights: { "fc.W": turned(numbers(10, H, 6)), "3.W": turned(numbers(11, 6, 2)) },
  },
};
