import { ArgumentError, FormatError, ShapeError } from "../errors.js";
import { bytesOf } from "../formats/bytes.js";
import { answerOf, type OnnxAnswer } from "../formats/onnxAnswer.js";
import { readOnnxFile } from "../formats/onnxFile.js";
import { type OnnxNetwork, readOnnxNetwork } from "../formats/onnxNetwork.js";
import type { OnnxLayer } from "../formats/onnxValues.js";
import { valuesOf } from "../formats/onnxWeights.js";
import type { Layer } from "../layers/layer.js";
import { parameterTree } from "../layers/parameterTree.js";
import { sequential } from "../layers/sequential.js";
import { describe, requireKnownOptions } from "../shape.js";
import { Tensor } from "../tensor/tensor.js";
import { VALUES } from "./interior.js";
import { Model, type ModelOptions } from "./model.js";

/** What reading an ONNX file may be told. */
export interface OnnxOptions {
  /** The output that the model gives, where a file has several besides states. */
  readonly output?: string;
}

/**
 * A model from an ONNX file of a recurrent network, such as `torch.onnx.export` writes: embedding, RNN, GRU and LSTM in either
 * or both directions and in stacks, the last step, final states, mean or maximum, dense layers, activations, `Clip`, arithmetic with
 * one number, softmax. Operators of version 7 and later; weights in float32, half precision or float64, as the nearest float32.
 *
 * The model reads [batch, time, features] (tokens [batch, time]) and answers so, whichever axis comes first in the file;
 * `describeOnnx` tells the file's axes. An input of lengths is `lengths`, beyond which the model gives 0. Initial states
 * that are inputs are `initialState` of `run`, which gives the final ones: `{ rnn: { h, c } }`, each [batch, units], for a
 * layer "/rnn/LSTM", `"rnn.reverse"` for its way back. Layers are called as the file's scopes are (`rnn`, `rnn_1` for the next of
 * a stack, `fc`), or by their place.
 *
 * @param bytes the whole file
 * @example
 * const model = loadOnnx(bytes);                                         // inputs x, h0; outputs output, h_n
 * const { output, finalState } = run(model, x, { initialState: { rnn: { h: h0 } } });
 * finalState.rnn.h;                                                      // h_n
 * @throws FormatError naming everything in the file that is not read, or where it is damaged; nothing is in memory then
 */
export function loadOnnx(bytes: Uint8Array | ArrayBuffer, options: OnnxOptions = {}): Model {
  const { answer } = readOnnx("loadOnnx", bytes, options);
  const { layer, paths } = chainOf(answer.layers);
  const inputSize = answer.layers.find((one) => one.inputSize !== undefined)?.inputSize as number;
  const weights = answer.layers.flatMap((one, index) =>
    Object.entries(one.weights).map(([part, tensor]) => [`${paths[index]}.${part}`, tensor] as const),
  );
  try {
    // ONNX has no place for learned initial states: weights are read for the same layers without.
    const values = valuesOf(chainOf(answer.layers, "zero").layer, inputSize, weights);
    for (const [name, tensor] of learnedStates(layer, inputSize, answer.layers, paths)) values.set(name, tensor);
    return new Model(layer, { inputSize, [VALUES]: values } as ModelOptions);
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
  requireKnownOptions(owner, options, ["output"]);
  const file = bytesOf(bytes);
  if (file === undefined)
    throw new ArgumentError(`${owner} wants a Uint8Array or an ArrayBuffer, received ${describe(bytes)}.`);
  if (options.output !== undefined && typeof options.output !== "string")
    throw new ArgumentError(`output of ${owner} must be a text, received ${describe(options.output)}.`);
  const network = readOnnxNetwork(readOnnxFile(file, "ONNX file"), options.output);
  return { network, answer: answerOf(network, options.output) };
}

/** The specification of layers and the path of each. @param begins how recurrent layers with constant initial states do */
export function chainOf(
  layers: readonly OnnxLayer[],
  begins: "zero" | "learned" = "learned",
): { layer: Layer; paths: string[] } {
  const names = new Set<string>();
  try {
    const made = layers.map((one) => {
      const name = nameOf(one, names);
      if (name !== undefined) names.add(name);
      const hasStates = Object.keys(one.recurrent?.initial ?? {}).length > 0;
      return one.make({ ...(name === undefined ? {} : { name }), ...(hasStates ? { initialState: begins } : {}) });
    });
    return { layer: sequential(...made), paths: made.map(({ name }, index) => name ?? String(index)) };
  } catch (error) {
    throw asFormatError(error);
  }
}

/** The scope of a node, "/rnn/LSTM_1" being in rnn; a further one of its layers gets a number. */
function nameOf({ node: { name, operator }, weights }: OnnxLayer, taken: ReadonlySet<string>): string | undefined {
  if (Object.keys(weights).length === 0) return undefined;
  const words = name.split("/").map((word) => word.replace(/[^\w-]+/g, "_"));
  const scope = words.slice(0, words.at(-1)?.startsWith(operator) ? -1 : undefined).filter((word) => word !== "");
  const base = scope.join(".");
  // A number alone would be taken for a place.
  if (!/[a-z]/i.test(base)) return undefined;
  let found = base;
  for (let index = 1; taken.has(found); index++) found = `${base}_${index}`;
  return found;
}

/** Constant initial states by the names of the parameters that they are in the model. */
function learnedStates(
  layer: Layer,
  inputSize: number,
  layers: readonly OnnxLayer[],
  paths: readonly string[],
): [string, Tensor][] {
  const names = parameterTree(layer, { width: inputSize, each: "step" }).map(({ name }) => name);
  return layers.flatMap(({ recurrent }, index) =>
    Object.entries(recurrent?.initial ?? {}).flatMap(([state, tensor]) => {
      const own = names.filter((name) => {
        const rest = name.startsWith(`${paths[index]}.`) ? name.slice((paths[index] as string).length + 1) : "";
        return /^((forward|backward)\.)?initial_\w_l0(_reverse)?$/.test(rest) && rest.includes(`initial_${state}`);
      });
      return own.map((name, direction): [string, Tensor] => {
        const units = tensor.shape[1] as number;
        return [name, new Tensor(tensor.data.slice(direction * units, (direction + 1) * units), [units])];
      });
    }),
  );
}

/** A layer that cannot be, for all that the file says of it. */
function asFormatError(error: unknown): unknown {
  const isOurs = error instanceof ArgumentError || error instanceof ShapeError;
  return isOurs ? new FormatError(`ONNX file: it describes a network that cannot be: ${error.message}`) : error;
}
