import { ArgumentError, FormatError } from "../errors.js";
import { readTopology } from "../formats/kerasJson.js";
import { readManifest } from "../formats/kerasManifest.js";
import { type NamedWeights, namedWeights } from "../formats/kerasNames.js";
import type { KerasPart } from "../formats/kerasPart.js";
import { partsOf } from "../formats/kerasParts.js";
import { foldScales, takeScales } from "../formats/kerasScales.js";
import { graphOf } from "../formats/kerasTopology.js";
import { readWeights, type Weights } from "../formats/readWeights.js";
import { isFiles } from "../formats/weightFiles.js";
import { describe } from "../shape.js";
import { Tensor } from "../tensor/tensor.js";
import { VALUES } from "./interior.js";
import { KerasModel } from "./kerasModel.js";
import { Model, type ModelOptions } from "./model.js";

/**
 * A whole Keras model: layers and weights from the files that TensorFlow.js writes (`model.save`, or `tensorflowjs_converter`
 * with `tfjs_layers_model`), or from Keras's own `model.to_json()` and its weights by name. Files `.keras` and `.h5` are not
 * read; for those write in Python
 *
 *     open("model.json", "w").write(model.to_json())
 *     weights = {w.path: w.numpy() for w in model.weights}
 *     safetensors.numpy.save_file(weights, "model.safetensors")
 *
 * and call `loadKeras(json, readSafetensors(bytes))`. Before Keras 3 names are `w.name`.
 *
 * Read are Sequential and functional models of `Embedding`, `Masking`, `SimpleRNN`, `LSTM`, `GRU` (with either
 * `reset_after`), `RNN` of one or several of their cells, `Bidirectional` with every `merge_mode`, `Dense`,
 * `TimeDistributed` of what works on rows, `Dropout`, `Activation` and its kin, `LayerNormalization`, `BatchNormalization`
 * beside weights, pooling over all steps: one chain of layers, in which ways may part and meet again as x + f(x) (`Add`) or
 * features side by side (`Concatenate`), or several of which one begins with the final states of another (encoder–decoder)
 * or reads its only row at every step (`RepeatVector`). Layers are called as in Keras, those on a way below its place and
 * several cells by both names (`rnn_lstm_cell`), as `summary` shows. Beside its output a model may give states of its
 * layers. Weights may lie in several groups and shards, as float32, float16, uint8 or uint16.
 * A `Reshape` of a row at the end leaves it a row, its values in the same order: [batch, 24 · 2] for [batch, 24, 2].
 * Left out is what training alone uses: initial values, regularizers, constraints, noise, the optimizer. Layers that are
 * not trainable are frozen.
 *
 * A `BatchNormalization` with its moving statistics becomes part of the weights and the bias of the `Dense` or recurrent
 * layer that it stands before, past dropout and a mean, or of the `Dense` layer without activation that it follows.
 * Predictions are the same but for rounding; training goes on without statistics of batches.
 *
 * The result's `predictBatch` is Keras's `predict`; a mean of steps that are all masked is 0, where Keras has NaN, and
 * masked steps before the first that counts show the states that a layer was given, where Keras has 0. Where TensorFlow.js
 * does otherwise than Keras, its own files are read as it does (masked steps of `Bidirectional`) or refused: a mean or a sum
 * of masked steps, a mask that stays in force for a decoder that has none. Functional models of Keras 3 say which layers are
 * masked (a decoder that is given states is not): they are read where that is what Keras hands on of itself, and all or
 * none. Its `model` is the network itself, to stream, train and save: there a mask is given by hand (`paddingMask`), as are
 * the states that a decoder begins with. `stateful` layers begin with zeros at every call; `run` carries states on.
 *
 * @param topology the text, bytes or parsed object of `model.json`
 * @param weights the files of its manifest by their names, or as a list in the manifest's order, which is not written in
 *   them (or all as one); or tensors by Keras's names
 * @example
 * const classifier = loadKeras(modelJson, weightsBin);
 * loadKeras(shardedJson, { "group1-shard1of2.bin": first, "group1-shard2of2.bin": second });   // cannot be confused
 * classifier.predictBatch([[5, 2, 9, 0, 0]]).shape;   // [1, 4]
 * const file = classifier.model.save();               // for loadModel
 *
 * const translator = loadKeras(translatorJson, translatorBin);
 * translator.predictBatch(source, decoderInput);      // both inputs, in the order of translator.inputs
 *
 * const [encoder, decoder] = translator.networks;     // the same by hand: states by layer, named as in Keras
 * const { finalState } = run(encoder.model, source);
 * run(decoder.model, decoderInput, { initialState: { lstm_LSTM27: finalState.lstm_LSTM26 } });
 * @throws FormatError when a file is damaged, missing or of another size, or the model has what is not read: every layer,
 *   option and connection is named at once
 * @throws ArgumentError when the arguments are of another kind
 */
export function loadKeras(
  topology: string | Uint8Array | ArrayBuffer | object,
  weights:
    | Uint8Array
    | ArrayBuffer
    | readonly (Uint8Array | ArrayBuffer)[]
    | ReadonlyMap<string, Uint8Array | ArrayBuffer>
    | Readonly<Record<string, Uint8Array | ArrayBuffer>>
    | Weights,
): KerasModel {
  const root = readTopology(topology);
  const problems: string[] = [];
  const graph = graphOf(root, problems);
  const parts = partsOf(graph, problems);
  const tensors = isFiles(weights) ? readManifest(root, weights) : tensorsByName(weights);
  const named = namedWeights(parts, tensors, graph);
  const values = parts.map((part, index) => valuesOf(part, named[index] as NamedWeights));
  const models: Model[] = [];
  try {
    parts.forEach((part, index) => {
      models.push(modelOf(part, values[index] as ReadonlyMap<string, Tensor>));
    });
  } catch (error) {
    for (const model of models) model.dispose();
    throw error;
  }
  const networks = parts.map(({ input, maskValue, isZeroWhereMasked, begins }, index) => {
    return { model: models[index] as Model, input, maskValue, isZeroWhereMasked, begins };
  });
  return new KerasModel(
    graph.inputs.map(({ layer }) => layer),
    networks,
  );
}

function tensorsByName(weights: Weights): ReadonlyMap<string, Tensor> {
  const isTable = typeof weights === "object" && weights !== null && !ArrayBuffer.isView(weights);
  const inside = isTable ? (weights as { readonly tensors?: unknown }).tensors : undefined;
  const given = weights instanceof Map ? weights : inside instanceof Map ? inside : undefined;
  const found = new Map<string, unknown>(given ?? (isTable ? Object.entries(weights) : [["weights", weights]]));
  for (const [name, tensor] of found) {
    if (tensor instanceof Tensor) continue;
    throw new ArgumentError(
      `loadKeras wants files of weights or tensors by name, but "${name}" is ${describe(tensor)}.`,
    );
  }
  return found as ReadonlyMap<string, Tensor>;
}

/** The values of a network's parameters. @throws FormatError when they or the layers do not fit each other */
function valuesOf(part: KerasPart, { tensors, options }: NamedWeights): ReadonlyMap<string, Tensor> {
  try {
    const scales = takeScales(part.scales, tensors);
    const values = new Map(readWeights(part.network, part.inputSize, tensors, options));
    foldScales(values, scales);
    return values;
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(`model.json describes a network that cannot be: ${(error as Error).message}`);
  }
}

function modelOf({ network, inputSize, frozen }: KerasPart, values: ReadonlyMap<string, Tensor>): Model {
  const model = new Model(network, { inputSize, [VALUES]: values } as ModelOptions);
  for (const path of frozen) model.freeze(path);
  return model;
}
