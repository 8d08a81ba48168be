import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { describeOnnx, loadModel, loadOnnx, type Model, run, Tensor } from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { caseEntries, fixtureDirectory } from "../support/fixtures.js";
import { writeOnnx } from "../support/onnxWriter.js";
import { both, fc, gemm, graph, gruNode, H, int, ints, lstmNode, node, numbers, weights, x } from "./onnxGraphs.js";

const inputOf = (...shape: number[]) => new Tensor(numbers(30, ...shape).values as Float32Array, shape);

describe("every torch_onnx file", () => {
  const files = caseEntries.filter(({ kind }) => kind === "torch_onnx").map(({ id, model }) => [id, model as string]);

  test.each(files)("%s: its model is saved and loaded with the same bits", (_, path) => {
    using model = loadOnnx(readFileSync(`${fixtureDirectory}/${path}`));
    using twin = loadModel(model.save());
    const [{ axes }] = describeOnnx(readFileSync(`${fixtureDirectory}/${path}`)).inputs;
    const width = model.parameters.find(({ name }) => /weight_ih/.test(name))?.shape[1] ?? 1;
    const input = axes.includes("features") ? inputOf(3, 7, width) : new Tensor(new Float32Array(14).fill(1), [2, 7]);
    expectSameBits(twin.predictBatch(input).data, model.predictBatch(input).data, "outputs");
    expect(twin.summary()).toBe(model.summary());
  });
});

describe("states that are inputs and outputs", () => {
  // x [batch, 3] is one step; h0, c0 [2 layers, batch, 4].
  const step = {
    inputs: [
      { name: "x", axes: ["batch", 3] },
      { name: "h0", axes: [2, "batch", H] },
      { name: "c0", axes: [2, "batch", H] },
    ],
    outputs: ["output", "hn", "cn"],
    nodes: [
      node("Unsqueeze", "x zero", "xt"),
      node("Slice", "h0 zero one zero", "ha"),
      node("Slice", "c0 zero one zero", "ca"),
      node("Gather", "h0 last", "hl"),
      node("Unsqueeze", "hl zero", "hb"),
      node("Slice", "c0 one two zero", "cb"),
      lstmNode("xt W R B _ ha ca"),
      node("Squeeze", "Y one", "ys"),
      node("LSTM", "ys W1 R1 B1 _ hb cb", "Y1 h1 c1", { hidden_size: H }, "/rnn/LSTM_1"),
      node("Concat", "h h1", "hn", { axis: 0 }),
      node("Concat", "c c1", "cn", { axis: 0 }),
      node("Reshape", "Y1 wide", "output"),
    ],
    constants: {
      ...weights(4),
      W1: numbers(4, 1, 4 * H, H),
      R1: numbers(5, 1, 4 * H, H),
      B1: numbers(6, 1, 8 * H),
      zero: ints(0),
      one: ints(1),
      two: ints(2),
      last: int(-1),
      wide: ints(-1, H),
    },
  };
  const bytes = writeOnnx(step);

  test("are told with the layers that they are of", () => {
    const places = (state: string) => ["rnn", "rnn_1"].map((path) => ({ path, state }));
    const axes = ["layers", "batch", "features"];
    expect(describeOnnx(bytes)).toEqual({
      inputs: [
        { name: "x", kind: "sequence", axes: ["batch", "features"], states: [] },
        { name: "h0", kind: "states", axes, states: places("h") },
        { name: "c0", kind: "states", axes, states: places("c") },
      ],
      outputs: [
        { name: "output", kind: "sequence", axes: ["batch", "features"], states: [] },
        { name: "hn", kind: "states", axes, states: places("h") },
        { name: "cn", kind: "states", axes, states: places("c") },
      ],
    });
  });

  test("carry a file of single steps over a sequence: the same bits as at once", () => {
    using model = loadOnnx(bytes);
    const whole = run(model, inputOf(2, 5, 3));
    let initialState: ReturnType<typeof run>["finalState"] = {};
    const data = inputOf(2, 5, 3).toArray() as number[][][];
    for (let step = 0; step < 5; step++) {
      const row = data.map((sequence) => [sequence[step]]);
      ({ finalState: initialState } = run(model, row, { initialState }));
    }
    for (const path of ["rnn", "rnn_1"]) {
      for (const state of ["h", "c"]) {
        expectSameBits(initialState[path][state].data, whole.finalState[path][state].data, `${path} ${state}`);
      }
    }
  });
});

describe("initial states that are constants", () => {
  const begun = (initial: ReturnType<typeof numbers>) =>
    writeOnnx(
      graph(
        [
          node("Shape", "x", "sizes"),
          node("Slice", "sizes zero one", "batch"),
          node("Concat", "layers batch units", "shape", { axis: 0 }),
          node("Expand", "h0 shape", "begin"),
          gruNode("xt W R B _ begin", "Y h", both),
          node("Transpose", "Y", "yt", { perm: [2, 0, 1, 3] }),
          node("Reshape", "yt wide", "output"),
        ],
        {
          ...weights(3, 2),
          h0: initial,
          zero: ints(0),
          one: ints(1),
          layers: ints(2),
          units: ints(H),
          wide: ints(0, 0, 2 * H),
        },
      ),
    );

  test("are learned ones of the model", () => {
    const h0 = numbers(40, 2, 1, H);
    using model = loadOnnx(begun(h0));
    const values = (name: string) => Array.from(model.parameters.find((one) => one.name === name)?.read().data ?? []);
    expect(values("rnn.initial_h_l0")).toEqual(Array.from(h0.values.slice(0, H)));
    expect(values("rnn.initial_h_l0_reverse")).toEqual(Array.from(h0.values.slice(H)));
    // What is learned begins a sequence as the same states do that are given.
    using plain = loadOnnx(begun({ shape: [2, 1, H], values: new Float32Array(2 * H) }));
    expect(plain.parameters.some(({ name }) => name.includes("initial"))).toBe(false);
    const given = (direction: number) => [Array.from(h0.values.slice(direction * H, (direction + 1) * H))];
    const initialState = { rnn: { h: given(0) }, "rnn.reverse": { h: given(1) } };
    const input = inputOf(1, 6, 3);
    expectSameBits(model.predictBatch(input).data, plain.predictBatch(input, { initialState }).data, "outputs");
  });

  test("are refused where the sequences of a batch begin differently", () => {
    const h0 = numbers(40, 2, 2, H);
    const bytes = writeOnnx(
      graph([gruNode("xt W R B _ h0", "Y h", both), node("Transpose", "Y", "output")], { ...weights(3, 2), h0 }),
    );
    expect(() => loadOnnx(bytes)).toThrow(
      'GRU "/rnn/GRU" with a constant initial h that is not the same for every sequence',
    );
  });
});

describe("several outputs", () => {
  const bytes = writeOnnx(
    graph(
      [
        gruNode("xt W R B"),
        node("Squeeze", "Y one", "ys"),
        node("Transpose", "ys", "steps", { perm: [1, 0, 2] }),
        node("Gather", "ys last", "row"),
        gemm("row"),
      ],
      { ...weights(3), ...fc(), one: ints(1), last: int(-1) },
      { outputs: ["steps", "output", "h"] },
    ),
  );

  test("are a choice", () => {
    expect(() => loadOnnx(bytes)).toThrow(/several data paths, to the outputs "steps", "output"/);
    const input = inputOf(2, 5, 3);
    using steps = loadOnnx(bytes, { output: "steps" });
    using last = loadOnnx(bytes, { output: "output" });
    expect(steps.predictBatch(input).shape).toEqual([2, 5, H]);
    expect(last.predictBatch(input).shape).toEqual([2, 2]);
    expect(describeOnnx(bytes, { output: "output" }).outputs.map(({ name, kind }) => [name, kind])).toEqual([
      ["output", "sequence"],
      ["h", "states"],
    ]);
  });

  test("of which one is not read do not keep the others from it", () => {
    const half = writeOnnx(
      graph(
        [gruNode("xt W R B"), node("Squeeze", "h zero", "output"), node("TopK", "output", "best")],
        { ...weights(3), zero: ints(0) },
        {
          outputs: ["output", "best"],
        },
      ),
    );
    expect(() => loadOnnx(half)).toThrow('ONNX file: not read is TopK "best".');
    using model = loadOnnx(half, { output: "output" });
    expect(model.predictBatch(inputOf(2, 5, 3)).shape).toEqual([2, H]);
  });
});

test("a sequence without a batch axis is one", () => {
  const bytes = writeOnnx({
    inputs: [{ name: "x", axes: [5, 3] }],
    outputs: ["output"],
    nodes: [
      node("Unsqueeze", "x one", "xt"),
      lstmNode("xt W R B"),
      node("Squeeze", "Y one", "ys"),
      node("Squeeze", "ys one", "output"),
    ],
    constants: { ...weights(4), one: ints(1) },
  });
  const [{ axes }] = describeOnnx(bytes).outputs;
  expect(axes).toEqual(["time", "features"]);
  using model = loadOnnx(bytes);
  using same = loadOnnx(
    writeOnnx(
      graph(
        [lstmNode("xt W R B"), node("Squeeze", "Y one", "ys"), node("Transpose", "ys", "output", { perm: [1, 0, 2] })],
        { ...weights(4), one: ints(1) },
      ),
    ),
  );
  expectSameBits(model.predict(inputOf(5, 3)).data, same.predictBatch(inputOf(1, 5, 3)).data, "outputs");
});

test("an input in half precision is taken as float32", () => {
  const [nodes, constants] = [
    [gruNode("xt W R B"), node("Squeeze", "h zero", "output")],
    { ...weights(3), zero: ints(0) },
  ];
  using half = loadOnnx(writeOnnx(graph(nodes, constants, { inputs: [{ ...x, type: 10 }] })));
  using same = loadOnnx(writeOnnx(graph(nodes, constants)));
  const input = inputOf(2, 5, 3);
  expectSameBits(half.predictBatch(input).data, same.predictBatch(input).data, "outputs");
});

test("layers are called by their scopes; nodes without one by their place", () => {
  const named = (first: string, second: string) => {
    const bytes = writeOnnx({
      inputs: [{ ...x, axes: ["time", "batch", 3] }],
      outputs: ["output"],
      nodes: [
        node("GRU", "x W R B", "Y", { hidden_size: H }, first),
        node("Squeeze", "Y one", "ys"),
        node("MatMul", "ys M", "output", {}, second),
      ],
      constants: { ...weights(3), one: ints(1), M: numbers(7, H, 2) },
    });
    using model: Model = loadOnnx(bytes);
    return model.parameters
      .map(({ name }) => name.replace(/\.(weight|bias)\w*$/, ""))
      .filter((name, at, all) => all.indexOf(name) === at);
  };
  expect(named("/rnn/GRU", "/head/fc/MatMul")).toEqual(["rnn", "head.fc"]);
  expect(named("/rnn/GRU", "/rnn/MatMul")).toEqual(["rnn", "rnn_1"]);
  expect(named("GRU_12", "")).toEqual(["0", "1"]);
  expect(named("net/my cell (1)/GRU__7", "7")).toEqual(["net.my_cell_1_", "1"]);
});

test.each([
  [["time", "direction", "batch", "features"], 1, 1, "Y h"],
  [["time", "direction", "batch", "units"], 1, 2, "Y h"],
  [["time", "direction", "batch", "units"], 2, 2, "Y h"],
])("the axes of Y are %j with %i units in %i directions", (wanted, units, directions, outputs) => {
  const bytes = writeOnnx({
    inputs: [{ name: "x", axes: ["time", "batch", 3] }],
    outputs: ["Y"],
    nodes: [node("GRU", "x W R", outputs, { hidden_size: units, ...(directions === 2 ? both : {}) })],
    constants: {
      W: numbers(1, directions, 3 * units, 3),
      R: numbers(2, directions, 3 * units, units),
    },
  });
  const [{ axes }] = describeOnnx(bytes, { output: "Y" }).outputs;
  expect(axes).toEqual(wanted);
});

test("the axes of both directions' final states, the only output", () => {
  const nodes = [node("GRU", "x W R", "_ h", { hidden_size: 2, ...both })];
  const constants = { W: numbers(1, 2, 6, 3), R: numbers(2, 2, 6, 2) };
  const bytes = writeOnnx({ inputs: [{ name: "x", axes: ["time", "batch", 3] }], outputs: ["h"], nodes, constants });
  expect(describeOnnx(bytes).outputs[0].axes).toEqual(["direction", "batch", "units"]);
});

test("the axes of features that a horizon cuts are both told", () => {
  const state = [gruNode("xt W R B", "Y h"), node("Reshape", "h flat", "row"), node("MatMul", "row W2", "answers")];
  const constants = { ...weights(3), flat: ints(-1, H), W2: numbers(10, H, 6), horizon: ints(-1, 3, 2) };
  const bytes = writeOnnx(graph([...state, node("Reshape", "answers horizon", "output")], constants));
  expect(describeOnnx(bytes).outputs[0].axes).toEqual(["batch", "features", "features"]);
});
