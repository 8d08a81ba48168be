import { createRequire } from "node:module";
import { dirname } from "node:path";
import { lossesOf } from "./recurve.mjs";

/*
 * TensorFlow.js by its layers, on its WebAssembly and its JavaScript backend. Its GRU resets before the product only.
 */

const require = createRequire(import.meta.url);
const PATIENCE_UNITS = 256;

let loaded;
/** The library with both backends, once. */
async function load() {
  loaded ??= (async () => {
    const tf = require("@tensorflow/tfjs");
    const wasm = require("@tensorflow/tfjs-backend-wasm");
    wasm.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
    tf.env().set("PROD", true);
    return tf;
  })();
  return loaded;
}

export const tfjsPeers = ["wasm", "cpu"].map((backend) => ({
  name: `tfjs ${backend}`,
  /** The counterpart that its GRU is checked against. */
  reset: "before",
  /** One bias where PyTorch has two, so that updates move it half as far: only the first loss is equal. */
  firstLossOnly: true,
  refuses: ({ units, act }) =>
    backend === "cpu" && act === "train" && units >= PATIENCE_UNITS ? "takes minutes a step" : undefined,
  make: (spec, material) => make(backend, spec, material),
}));

async function make(backend, spec, material) {
  const tf = await load();
  const ready = async () => {
    if (tf.getBackend() === backend) return;
    await tf.setBackend(backend);
    await tf.ready();
  };
  await ready();
  const acts = { step: stream, sequence, train: spec.answers === undefined ? training : translation };
  return { name: `tfjs ${backend}`, ready, ...acts[spec.act](tf, spec, material) };
}

/** Kernel, recurrent kernel and bias as Keras has them, from PyTorch's; gates of a GRU in the order z, r, n. */
function kerasWeights(tf, cell, weights, module, suffix = "") {
  const order = { elman: [0], lstm: [0, 1, 2, 3], gru: [1, 0, 2] }[cell];
  const get = (key) => weights.get(`${module}.${key}_l0${suffix}`);
  const matrix = (key) => {
    const { data, shape } = get(key);
    const blocks = tf.split(tf.tensor2d(data, shape), order.length, 0);
    return tf.transpose(
      tf.concat(
        order.map((index) => blocks[index]),
        0,
      ),
    );
  };
  const bias = Float32Array.from(get("bias_ih").data, (value, index) => value + get("bias_hh").data[index]);
  const blocks = tf.split(tf.tensor1d(bias), order.length);
  return [matrix("weight_ih"), matrix("weight_hh"), tf.concat(order.map((index) => blocks[index]))];
}

function kerasOptions(spec, more) {
  // Its default, orthogonal matrices, takes seconds to draw and is overwritten.
  const recurrentInitializer = "zeros";
  return { units: spec.units, activation: "tanh", recurrentActivation: "sigmoid", recurrentInitializer, ...more };
}

const KINDS = { elman: "simpleRNN", gru: "gru", lstm: "lstm" };

/** A layer that has made its variables, which happens at its first call, and got its weights. */
function filled(tf, layer, inputShape, weights) {
  tf.dispose(layer.apply(tf.zeros(inputShape)));
  layer.setWeights(weights);
  tf.dispose(weights);
  return layer;
}

/** A recurrent layer, both directions where asked for. */
function layerOf(tf, spec, { weights }, more = {}, module = "rnn") {
  const inner = tf.layers[KINDS[spec.cell]](kerasOptions(spec, more));
  const shape = [1, 1, spec.inputSize];
  if (!spec.isBidirectional) return filled(tf, inner, shape, kerasWeights(tf, spec.cell, weights, module));
  const both = tf.layers.bidirectional({ layer: inner, mergeMode: "concat" });
  const ofBoth = ["", "_reverse"].flatMap((suffix) => kerasWeights(tf, spec.cell, weights, module, suffix));
  return filled(tf, both, shape, ofBoth);
}

function headOf(tf, { weights }, module) {
  const { data, shape } = weights.get(`${module}.weight`);
  const kernel = tf.transpose(tf.tensor2d(data, shape));
  const bias = tf.tensor1d(weights.get(`${module}.bias`).data);
  return filled(tf, tf.layers.dense({ units: shape[0] }), [1, shape[1]], [kernel, bias]);
}

function stream(tf, spec, material) {
  const cell = tf.layers[`${KINDS[spec.cell]}Cell`](kerasOptions(spec));
  cell.build([1, spec.inputSize]);
  cell.setWeights(kerasWeights(tf, spec.cell, material.weights, "rnn"));
  const x = tf.tensor2d(material.input, [1, spec.inputSize]);
  const fresh = () => Array.from({ length: spec.cell === "lstm" ? 2 : 1 }, () => tf.zeros([1, spec.units]));
  let states = fresh();
  const run = () => {
    const next = tf.tidy(() => cell.call([x, ...states], {}).slice(1));
    tf.dispose(states);
    states = next;
    return states[0].dataSync();
  };
  const sample = () => {
    tf.dispose(states);
    states = fresh();
    run();
    run();
    return run().slice();
  };
  return { run, sample, dispose: () => tf.dispose([x, states, cell.getWeights()]) };
}

function sequence(tf, spec, material) {
  const layer = layerOf(tf, spec, material, { returnSequences: true });
  const x = tf.tensor3d(material.input, [spec.batchSize, spec.steps, spec.inputSize]);
  const run = () => {
    const output = tf.tidy(() => layer.apply(x));
    const values = output.dataSync();
    output.dispose();
    return values;
  };
  return { run, sample: () => run().slice(), dispose: () => tf.dispose([x, layer.getWeights()]) };
}

/** Loss, gradients and update by `minimize`, as a program of one's own writes it. */
function trainer(tf, spec, variables, lossOf) {
  const rule = spec.optimizer === "adam" ? tf.train.adam(spec.rate, 0.9, 0.999, 1e-8) : tf.train.sgd(spec.rate);
  const run = () => {
    const cost = rule.minimize(lossOf, true, variables);
    const [value] = cost.dataSync();
    cost.dispose();
    return value;
  };
  return { run, sample: () => lossesOf(run), dispose: () => tf.dispose([variables]) };
}

const variablesOf = (layers) => layers.flatMap((layer) => layer.trainableWeights.map((weight) => weight.val));

function training(tf, spec, material) {
  const { batchSize, steps, inputSize, outputs, vocabulary, take } = spec;
  const layer = layerOf(tf, spec, material, { returnSequences: take === "all" });
  const head = headOf(tf, material, "head");
  const x =
    vocabulary === undefined
      ? tf.tensor3d(material.input, [batchSize, steps, inputSize])
      : tf.oneHot(tf.tensor2d(material.tokens, [batchSize, steps], "int32"), vocabulary).toFloat();
  const isClasses = spec.loss === "crossEntropy";
  const target = isClasses
    ? tf.oneHot(tf.tensor1d(material.target, "int32"), outputs).toFloat()
    : tf.tensor2d(material.target, [batchSize, 1]);
  const lossOf = () => {
    const output = head.apply(layer.apply(x)).reshape([-1, outputs]);
    return isClasses ? tf.losses.softmaxCrossEntropy(target, output) : tf.losses.meanSquaredError(target, output);
  };
  return trainer(tf, spec, variablesOf([layer, head]), lossOf);
}

/** Embeddings are products with one-hot rows: the gradient of a lookup fails on the WebAssembly backend. */
function translation(tf, spec, material) {
  const { batchSize, steps, answers, vocabulary, outputs } = spec;
  const { weights } = material;
  const table = (module) =>
    tf.variable(tf.tensor2d(weights.get(`${module}.embedding.weight`).data, [vocabulary, spec.units]));
  const tables = [table("encoder"), table("decoder")];
  const wide = { ...spec, inputSize: spec.units };
  const encoder = layerOf(tf, wide, material, { returnState: true }, "encoder.rnn");
  const decoder = layerOf(tf, wide, material, { returnSequences: true }, "decoder.rnn");
  const head = headOf(tf, material, "decoder.head");
  const rowsOf = (tokens, count) =>
    tf
      .oneHot(tf.tensor1d(tokens, "int32"), vocabulary)
      .toFloat()
      .reshape([batchSize * count, vocabulary]);
  const source = rowsOf(material.tokens, steps);
  const target = rowsOf(material.target, answers);
  const fed = rowsOf(
    material.target.map((_, at, all) => (at % answers === 0 ? 1 : all[at - 1])),
    answers,
  );
  const embed = (rows, values, count) => tf.matMul(rows, values).reshape([batchSize, count, spec.units]);
  const lossOf = () => {
    const [, ...state] = encoder.apply(embed(source, tables[0], steps));
    const output = decoder.apply(embed(fed, tables[1], answers), { initialState: state });
    return tf.losses.softmaxCrossEntropy(target, head.apply(output).reshape([-1, outputs]));
  };
  return trainer(tf, spec, [...tables, ...variablesOf([encoder, decoder, head])], lossOf);
}
