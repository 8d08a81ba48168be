import { ArgumentError } from "../errors.js";
import { bytesOf } from "../formats/bytes.js";
import { answerOf, type OnnxAnswer } from "../formats/onnxAnswer.js";
import { readOnnxFile } from "../formats/onnxFile.js";
import { type OnnxNetwork, readOnnxNetwork } from "../formats/onnxNetwork.js";
import { valuesOf } from "../formats/onnxWeights.js";
import type { Layer } from "../layers/layer.js";
import { parameterTree } from "../layers/parameterTree.js";
import { describe, requireKnownOptions } from "../shape.js";
import { Tensor } from "../tensor/tensor.js";
import { VALUES } from "./interior.js";
import { Model, type ModelOptions } from "./model.js";
import { asFormatError, chainOf, type OnnxChain } from "./onnxChain.js";

/** What reading an ONNX file may be told. */
export interface OnnxOptions {
  /** The output that the model gives, where a file has several besides states. */
  readonly output?: string;
  /**
   * The files beside the file that its large tensors lie in, by their names there, or the bytes of the only one: PyTorch 2.9 and
   * later write `model.onnx.data` beside `model.onnx`, unless they are told `external_data=False`.
   */
  readonly externalData?:
    | Uint8Array
    | ArrayBuffer
    | ReadonlyMap<string, Uint8Array | ArrayBuffer>
    | Readonly<Record<string, Uint8Array | ArrayBuffer>>;
}

/**
 * A model from an ONNX file of a recurrent network, such as `torch.onnx.export` writes: embedding, RNN, GRU and LSTM in either
 * or both directions and in stacks, directions that are added, multiplied or averaged (`merge` of `bidirectional`), the last or
 * first step, final hidden states, mean or maximum, dense layers, activations, `Clip`, arithmetic with one number, or with one a
 * feature and `BatchNormalization` (as data are scaled: a dense layer with a diagonal, which is frozen), layer normalisation,
 * softmax and its logarithm, x + f(x) (`residual`), one row a sequence repeated to all its steps (`everyStep`), steps weighed by
 * a softmax of scores (`attentionPool`), and what several layers make of the same input side by side (`concatenate`). Layer
 * normalisation and GELU are known in several operators too. Dropout of a file for training is `dropout`, weights used twice are
 * two copies. Refused are a layer on cell states, and an `nn.RNN` in single steps, as PyTorch 2.9 and later write it if they are
 * not told `dynamo=False`.
 * Operators of version 7 and later; weights in float32, half precision or float64, as the nearest float32.
 *
 * The model reads [batch, time, features] (tokens [batch, time]) and answers so, whichever axis comes first in the file;
 * `describeOnnx` tells the file's axes. An input of lengths is `lengths`, beyond which the model gives 0. Where the features
 * are cut into several axes at the end, as those of a horizon are, they stay a row with its values in the same order. Initial states
 * that are inputs are `initialState` of `run`, which gives the final ones: `{ rnn: { h, c } }`, each [batch, units], for a
 * layer "/rnn/LSTM", `"rnn.reverse"` for its way back. Layers are called as the file's scopes are (`rnn`, `rnn_1` for the next of
 * a stack, `fc`), or by their place; those of a branch below its place, as `summary` shows (`2.rnn`, `2.0.rnn`).
 *
 * @param bytes the whole file; `externalData` has those beside it
 * @example
 * const model = loadOnnx(bytes);                                         // inputs x, h0; outputs output, h_n
 * const { output, finalState } = run(model, x, { initialState: { rnn: { h: h0 } } });
 * finalState.rnn.h;                                                      // h_n
 * loadOnnx(bytes, { externalData: { "model.onnx.data": data } });         // written in two files
 * @throws FormatError naming everything in the file that is not read, or where it is damaged; nothing is in memory then
 */
export function loadOnnx(bytes: Uint8Array | ArrayBuffer, options: OnnxOptions = {}): Model {
  const { answer } = readOnnx("loadOnnx", bytes, options);
  const { layer, leaves, inputSize } = chainOf(answer.layers);
  const weights = [...leaves].flatMap(([{ weights: own }, path]) =>
    Object.entries(own).map(([part, tensor]) => [`${path}.${part}`, tensor] as const),
  );
  try {
    // ONNX has no place for learned initial states: weights are read for the same layers without.
    const values = valuesOf(chainOf(answer.layers, "zero").layer, inputSize, weights);
    for (const [name, tensor] of learnedStates(layer, inputSize, leaves)) values.set(name, tensor);
    const model = new Model(layer, { inputSize, [VALUES]: values } as ModelOptions);
    for (const [{ isFixed }, path] of leaves) if (isFixed) model.freeze(path);
    return model;
  } catch (error) {
    throw asFormatError(error);
  }
}

/** What a file is made of, before any memory is taken. */
export function readOnnx(
  owner: string,
  bytes: Uint8Array | ArrayBuffer,
  options: OnnxOptions,
): { network: OnnxNetwork; answer: OnnxAnswer } {
  requireKnownOptions(owner, options, ["output", "externalData"]);
  const file = bytesOf(bytes);
  if (file === undefined)
    throw new ArgumentError(`${owner} wants a Uint8Array or an ArrayBuffer, received ${describe(bytes)}.`);
  if (options.output !== undefined && typeof options.output !== "string")
    throw new ArgumentError(`output of ${owner} must be a text, received ${describe(options.output)}.`);
  const network = readOnnxNetwork(readOnnxFile(file, owner, options.externalData), options.output);
  return { network, answer: answerOf(network, options.output) };
}

/** Constant initial states by the names of the parameters that they are in the model. */
function learnedStates(layer: Layer, inputSize: number, leaves: OnnxChain["leaves"]): [string, Tensor][] {
  const names = parameterTree(layer, { width: inputSize, each: "step" }).map(({ name }) => name);
  return [...leaves].flatMap(([{ recurrent }, path]) =>
    Object.entries(recurrent?.initial ?? {}).flatMap(([state, tensor]) => {
      const own = names.filter((name) => {
        const rest = name.startsWith(`${path}.`) ? name.slice(path.length + 1) : "";
        return /^((forward|backward)\.)?initial_\w_l0(_reverse)?$/.test(rest) && rest.includes(`initial_${state}`);
      });
      return own.map((name, direction): [string, Tensor] => {
        const units = tensor.shape[1] as number;
        return [name, new Tensor(tensor.data.slice(direction * units, (direction + 1) * units), [units])];
      });
    }),
  );
}
