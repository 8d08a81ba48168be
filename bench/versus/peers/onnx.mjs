import { createRequire } from "node:module";
import { dirname } from "node:path";
import { timeMajor } from "./plain.mjs";

/*
 * ONNX Runtime, compiled to WebAssembly and native: a model of one RNN, GRU or LSTM operator. Neither package trains.
 */

const require = createRequire(import.meta.url);
const OPERATORS = { elman: "RNN", gru: "GRU", lstm: "LSTM" };
/** ONNX orders an LSTM's gates i, o, f, g and a GRU's z, r, n. */
const ORDERS = { elman: [0], gru: [1, 0, 2], lstm: [0, 3, 1, 2] };

function web() {
  const ort = require("onnxruntime-web/wasm");
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = `${dirname(require.resolve("onnxruntime-web"))}/`;
  return ort;
}

/** Both packages under the name of their row. */
export const onnxPeers = [
  { name: "onnxruntime-web", runtime: web, options: {} },
  {
    name: "onnxruntime-node",
    runtime: () => require("onnxruntime-node"),
    options: { intraOpNumThreads: 1, interOpNumThreads: 1 },
  },
].map(({ name, runtime, options }) => ({
  name,
  refuses: ({ act }) => (act === "train" ? "does not train" : undefined),
  make: (spec, material) => make({ name, ort: runtime(), options }, spec, material),
}));

async function make({ name, ort, options }, spec, material) {
  const { steps, batchSize, inputSize, units, cell } = spec;
  const session = await ort.InferenceSession.create(operatorModel(spec, material.weights), options);
  const input = timeMajor(material.input, batchSize, steps);
  const zeros = () => new ort.Tensor("float32", new Float32Array(batchSize * units), [1, batchSize, units]);
  const first = () => ({ h: zeros(), ...(cell === "lstm" && { c: zeros() }) });
  const x = new ort.Tensor("float32", input, [steps, batchSize, inputSize]);
  let state = first();
  const carry = async () => {
    const given = await session.run({ x, ...state });
    state = { h: given.hLast, ...(cell === "lstm" && { c: given.cLast }) };
    return given;
  };
  const isStream = spec.act === "step";
  const run = isStream ? carry : () => session.run({ x, ...state });
  const sample = async () => {
    state = first();
    if (!isStream) return timeMajor((await run()).y.data, steps, batchSize);
    for (let turn = 0; turn < 2; turn++) await carry();
    return (await carry()).hLast.data.slice();
  };
  return { name, run, sample, dispose: () => session.release() };
}

/** A file of the ONNX format with one operator: x, h, (c) → y, hLast, (cLast). */
export function operatorModel({ cell, units }, weights) {
  const { onnx } = require("onnx-proto");
  const constant = (key, dims, data) => ({ name: key, dims, dataType: 1, rawData: new Uint8Array(data.buffer) });
  const value = (key, rank) => ({
    name: key,
    type: {
      tensorType: {
        elemType: 1,
        shape: { dim: Array.from({ length: rank }, (_, at) => ({ dimParam: `${key}${at}` })) },
      },
    },
  });
  const reordered = (key) => gateBlocks(weights.get(`rnn.${key}`), units, ORDERS[cell]);
  const [w, r] = [reordered("weight_ih_l0"), reordered("weight_hh_l0")];
  const b = Float32Array.from([...reordered("bias_ih_l0"), ...reordered("bias_hh_l0")]);
  const rows = ORDERS[cell].length * units;
  const isLstm = cell === "lstm";
  const attributes = [{ name: "hidden_size", type: 2, i: units }];
  if (cell === "gru") attributes.push({ name: "linear_before_reset", type: 2, i: 1 });
  const node = {
    opType: OPERATORS[cell],
    input: ["x", "w", "r", "b", "", "h", ...(isLstm ? ["c"] : [])],
    output: ["y4", "hLast", ...(isLstm ? ["cLast"] : [])],
    attribute: attributes,
  };
  const squeeze = { opType: "Squeeze", input: ["y4", "axis"], output: ["y"] };
  const graph = {
    name: "layer",
    node: [node, squeeze],
    initializer: [
      constant("w", [1, rows, w.length / rows], w),
      constant("r", [1, rows, units], r),
      constant("b", [1, 2 * rows], b),
      { name: "axis", dims: [1], dataType: 7, int64Data: [1] },
    ],
    input: [value("x", 3), value("h", 3), ...(isLstm ? [value("c", 3)] : [])],
    output: [value("y", 3), value("hLast", 3), ...(isLstm ? [value("cLast", 3)] : [])],
  };
  const model = { irVersion: 8, opsetImport: [{ domain: "", version: 14 }], graph };
  return onnx.ModelProto.encode(onnx.ModelProto.fromObject(model)).finish();
}

function gateBlocks({ data }, units, order) {
  const block = (data.length / (order.length * units)) * units;
  const found = new Float32Array(data.length);
  order.forEach((from, to) => found.set(data.subarray(from * block, (from + 1) * block), to * block));
  return found;
}
