import type { Activation } from "../activations.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { activate } from "../layers/activate.js";
import { type DenseConfig, dense } from "../layers/dense.js";
import { dropout } from "../layers/dropout.js";
import { embedding } from "../layers/embedding.js";
import type { Layer } from "../layers/layer.js";
import { layerNorm } from "../layers/layerNorm.js";
import { max, mean } from "../layers/poolSteps.js";
import { logSoftmax, softmax } from "../layers/softmax.js";
import type { KerasChain } from "./kerasChain.js";
import { maskOf, takesMask } from "./kerasMasks.js";
import { isOverFeatures, type KerasActivation, type KerasOptions } from "./kerasOptions.js";
import { addBidirectional, addRecurrent, isRecurrent } from "./kerasRecurrent.js";
import type { KerasLayer } from "./kerasTopology.js";

/** Adds what a layer's options describe. */
type Reader = (options: KerasOptions, chain: KerasChain) => void;

/** Layers that work on each row alone, so that `TimeDistributed` changes nothing. */
const ofRows: Readonly<Record<string, Reader>> = {
  Activation: (options, chain) => addActivation(options.activation("activation"), chain),
  ActivityRegularization: (options) => pass(options, "l1", "l2"),
  AlphaDropout: (options) => pass(options, "rate", "noise_shape"),
  BatchNormalization: addBatchNorm,
  Dense: addDense,
  Dropout: addDropout,
  ELU: (options, chain) => chain.push(activate({ type: "elu", alpha: options.number("alpha", 1) })),
  GaussianDropout: (options) => pass(options, "rate"),
  GaussianNoise: (options) => pass(options, "stddev"),
  Identity() {},
  LayerNormalization: addLayerNorm,
  LeakyReLU(options, chain) {
    const alpha = options.number("negative_slope", options.number("alpha", 0.3));
    chain.push(activate({ type: "leakyRelu", alpha }));
  },
  ReLU: (options, chain) => chain.push(activate(rectifier(options))),
  Softmax(options, chain) {
    requireLastAxis(options, chain);
    if (chain.isMasked) options.note("Keras takes the mask of steps for one of features");
    chain.push(softmax());
  },
  ThresholdedReLU: (options, chain) =>
    chain.push(activate({ type: "thresholdedRelu", alpha: options.number("theta", 1) })),
};

/** Layers that know of time. */
const ofSequences: Readonly<Record<string, Reader>> = {
  Bidirectional: addBidirectional,
  Embedding: addEmbedding,
  Flatten(options, chain) {
    options.take("data_format");
    if (chain.hasSteps) options.note("it joins the steps of a sequence");
  },
  // Keras's mean is over the steps that count; its maximum, and either of TensorFlow.js, is over all.
  GlobalAveragePooling1D: (options, chain) => addPooling(mean(), options, chain, options.isOfTensorFlowJs),
  GlobalMaxPooling1D: (options, chain) => addPooling(max(), options, chain, true),
  Masking: addMasking,
  Reshape(options, chain) {
    const shape = options.take("target_shape");
    // At the end of a model the features may lie in several axes: their values stay a row.
    const isRow = Array.isArray(shape) && (shape.length === 1 || options.name === chain.output);
    if (chain.hasSteps || !isRow) options.note("it makes other rows of its input");
  },
  SpatialDropout1D: (options, chain) => chain.push(dropout(options.number("rate"), { perSequence: true })),
  TimeDistributed(options, chain) {
    const inner = options.inner("layer");
    if (inner === undefined) return;
    const { hasSteps } = chain;
    // Inside it each step is a row.
    chain.hasSteps = false;
    if (Object.hasOwn(ofRows, inner.kind)) read(ofRows[inner.kind] as Reader, options.of(inner), chain);
    else options.note(`a ${inner.kind} for each step is not read`);
    chain.hasSteps = hasSteps;
  },
};

/** Adds a layer of Keras to a chain; what is not read of it is noted. */
export function addLayer(layer: KerasLayer, options: KerasOptions, chain: KerasChain): void {
  const { kind } = layer;
  const { waiting } = chain;
  const place = chain.layers.length;
  requireMask(layer, options, chain);
  if (isRecurrent(kind)) read((own) => addRecurrent(kind, own, chain), options, chain);
  else if (Object.hasOwn(ofRows, kind)) read(ofRows[kind] as Reader, options, chain);
  else if (Object.hasOwn(ofSequences, kind)) read(ofSequences[kind] as Reader, options, chain);
  else options.note("there is no such layer here");
  const isPassed = chain.layers.slice(place).every(({ type }) => type === "dropout" || type === "mean");
  if (waiting === chain.waiting && !isPassed) chain.requireScaled();
  chain.mask ??= maskOf(layer);
}

/** Where a file says which mask a layer is called with, it must be the one that Keras 3 hands on to it. */
function requireMask({ kind, mask, inbound }: KerasLayer, options: KerasOptions, chain: KerasChain): void {
  if (mask === undefined || !takesMask(kind)) return;
  const own = chain.isMasked ? chain.mask : null;
  // None to a layer that begins with states.
  if (mask !== (inbound.length > 1 ? null : own))
    options.note(
      `it is called ${mask === null ? "without the mask that" : "with another mask than"} Keras 3 hands on to it`,
    );
  // Rows alone need none.
  if (own !== null && kind !== "TimeDistributed" && kind !== "BatchNormalization") chain.maskUse.add(mask !== null);
  if (chain.maskUse.size > 1) options.note("some layers are called with the mask of their input, others without");
}

function read(reader: Reader, options: KerasOptions, chain: KerasChain): void {
  try {
    reader(options, chain);
    options.close();
  } catch (error) {
    if (!(error instanceof ArgumentError || error instanceof ShapeError)) throw error;
    options.note(error.message);
  }
}

function addActivation(chosen: KerasActivation, chain: KerasChain): void {
  if (isOverFeatures(chosen)) chain.push(chosen === "softmax" ? softmax() : logSoftmax());
  else if (chosen !== "linear") chain.push(activate(chosen));
}

function addDense(options: KerasOptions, chain: KerasChain): void {
  const chosen = options.activation("activation", "linear");
  const activation = isOverFeatures(chosen) ? "linear" : chosen;
  const name = chain.pathFor(options.name);
  const bias = options.boolean("use_bias", true);
  chain.push(dense(options.number("units"), { name, bias: bias || chain.waiting !== undefined, activation }));
  chain.weigh(options, name);
  chain.scale(name, !bias);
  if (isOverFeatures(chosen)) addActivation(chosen, chain);
}

/** Numbers for each feature that neighbouring weights take in: a linear dense layer before it, or else what comes. */
function addBatchNorm(options: KerasOptions, chain: KerasChain): void {
  requireLastAxis(options, chain);
  pass(options, "momentum", "fused", "renorm", "renorm_clipping", "renorm_momentum");
  pass(options, "synchronized", "virtual_batch_size");
  chain.requireScaled();
  const parts = ["moving_mean", "moving_variance"];
  if (options.boolean("scale", true)) parts.push("gamma");
  if (options.boolean("center", true)) parts.push("beta");
  const scale = { options, parts, epsilon: options.number("epsilon", 1e-3) };
  const at = chain.layers.findLastIndex(({ type }) => type !== "dropout");
  const { type, name = "", config } = chain.layers[at] ?? {};
  const { units, bias, activation } = (config ?? {}) as DenseConfig;
  if (type === "dense" && activation === "linear") {
    chain.layers[at] = dense(units, { name });
    chain.scale(name, !bias, scale);
  } else chain.waiting = scale;
}

function requireLastAxis(options: KerasOptions, chain: KerasChain): void {
  const axis = options.take("axis") ?? -1;
  const [only, ...others] = [axis].flat();
  if (others.length > 0 || (only !== -1 && only !== (chain.hasSteps ? 2 : 1)))
    options.note(`option axis must be -1, found ${JSON.stringify(axis)}`);
}

function addLayerNorm(options: KerasOptions, chain: KerasChain): void {
  requireLastAxis(options, chain);
  if (!options.boolean("scale", true)) options.note("without its scale it is not read");
  if (options.boolean("rms_scaling")) options.note("option rms_scaling is not read");
  const name = chain.pathFor(options.name);
  chain.push(layerNorm({ name, epsilon: options.number("epsilon", 1e-3), bias: options.boolean("center", true) }));
  chain.weigh(options, name);
}

/** A noise shape with one step is one mask for all steps. */
function addDropout(options: KerasOptions, chain: KerasChain): void {
  const shape = options.take("noise_shape");
  const perSequence = Array.isArray(shape) && shape.length === 3 && shape[1] === 1;
  if (shape !== undefined && !perSequence) options.note("its noise_shape is not [batch, 1, features]");
  chain.push(dropout(options.number("rate"), { perSequence }));
}

/** Passes over options that act in training alone, or that nothing depends on. */
function pass(options: KerasOptions, ...names: readonly string[]): void {
  for (const name of names) options.take(name);
}

function rectifier(options: KerasOptions): Activation {
  const [most, slope, threshold] = [
    options.number("max_value", Number.POSITIVE_INFINITY),
    options.number("negative_slope", 0),
    options.number("threshold", 0),
  ];
  const isBounded = most !== Number.POSITIVE_INFINITY;
  if (Number(isBounded) + Number(slope !== 0) + Number(threshold !== 0) > 1)
    options.note("max_value, negative_slope and threshold are read one at a time");
  if (isBounded) return { type: "hardTanh", alpha: 0, beta: most };
  if (slope !== 0) return { type: "leakyRelu", alpha: slope };
  return threshold === 0 ? "relu" : { type: "thresholdedRelu", alpha: threshold };
}

/** @param isOfAll whether masked steps are among those that it pools */
function addPooling(layer: Layer, options: KerasOptions, chain: KerasChain, isOfAll: boolean): void {
  const format = options.take("data_format") ?? "channels_last";
  if (format !== "channels_last") options.note("option data_format must be channels_last");
  if (chain.isMasked && isOfAll) options.note("it pools masked steps with the others, which is not read");
  chain.push(layer);
  chain.hasSteps = false;
  chain.isMasked = false;
}

function addEmbedding(options: KerasOptions, chain: KerasChain): void {
  if (chain.layers.length > 0 || chain.isWay) options.note("it must read the input itself, as the only layer");
  const name = chain.pathFor(options.name);
  chain.readsTokens = true;
  chain.push(embedding(options.number("input_dim"), options.number("output_dim"), { name }));
  chain.weigh(options, name);
  if (options.boolean("mask_zero")) mask(0, options, chain);
}

function addMasking(options: KerasOptions, chain: KerasChain): void {
  if (chain.layers.length > 0 || chain.waiting) options.note("it masks what is not the input itself");
  if (chain.isWay) options.note("it masks one of several ways");
  mask(options.number("mask_value", 0), options, chain);
}

function mask(value: number, options: KerasOptions, chain: KerasChain): void {
  if (chain.maskValue !== undefined) options.note("it is the second mask of its input");
  chain.maskValue = Math.fround(value);
  chain.isMasked = true;
}
