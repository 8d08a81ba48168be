import { type ExportOptions, writeWeights } from "../formats/writeWeights.js";
import type { Tensor } from "../tensor/tensor.js";
import { interiorOf } from "./interior.js";
import type { Model } from "./model.js";

/**
 * A model's weights as another system names and lays them out, ready for `writeSafetensors`. Where that system has one bias
 * and both act alike, it is their sum. What is `tied` is written under each of its names.
 *
 * Written are weights alone. Activations, `clip` and what else a layer is told are the reader's affair: Keras and ONNX take
 * them as options of a layer; PyTorch's `nn.LSTM` and `nn.GRU` have those of this library's defaults and no others.
 *
 * @param options `to`: `"pytorch"`, `"keras"`, `"onnx"` or a layout; `prefix` for all names; `names` for single layers
 * @example
 * writeSafetensors(exportWeights(model, { to: "pytorch" }));
 * exportWeights(stack, { to: "pytorch", names: { 0: "rnn", 1: "rnn" } });   // rnn.weight_ih_l0, rnn.weight_ih_l1
 * @throws ArgumentError when the system has no such layer, StateError before the model's sizes are known
 */
export function exportWeights(model: Model, options: ExportOptions): Map<string, Tensor> {
  const { layer, inputSize, parameters } = interiorOf(model);
  const values = new Map(parameters.handles().map((parameter) => [parameter.name, parameter.read()]));
  for (const [name, entry] of parameters.shared) values.set(name, parameters.copy(entry, parameters.values));
  return writeWeights(layer, inputSize, values, options);
}
