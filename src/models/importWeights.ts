import { StateError } from "../errors.js";
import { type ImportOptions, readWeights, type Weights } from "../formats/readWeights.js";
import { interiorOf } from "./interior.js";
import type { Model } from "./model.js";

/**
 * Puts the weights of another system into a model, whose structure stays as it is. Layers are found by their names
 * (`lstm(64, { name: "rnn" })` takes `rnn.weight_ih_l0`, the recurrent layers after it `rnn.weight_ih_l1` …; also
 * `module.rnn.weight_ih_l0`, where no other path ends so), the rest by kind and shape. A single bias becomes the input bias,
 * and the recurrent one 0; half of it both where these are `tied`.
 *
 * @param weights what `readSafetensors` gives, or tensors by name
 * @param options `from`: `"pytorch"`, `"keras"`, `"onnx"` or a layout; `prefix`, `names` and `ignore` for other names
 * @example
 * const model = new Model(sequential(lstm(64, { name: "rnn" }), lastStep(), dense(1, { name: "head" })), { inputSize: 8 });
 * importWeights(model, readSafetensors(bytes), { from: "pytorch" });
 * importWeights(other, tensors, { from: { gates: "igfo", joint: true, forgetBias: 1 } });   // TensorFlow's BasicLSTMCell
 * @throws FormatError naming everything that does not fit at once: missing, left over, of another shape, not clear; the
 *   model is unchanged then
 * @throws ArgumentError when an option is unknown, StateError before the model's sizes are known or while it is trained
 */
export function importWeights(model: Model, weights: Weights, options: ImportOptions): void {
  const interior = interiorOf(model);
  if (interior.isBusy || interior.isLent)
    throw new StateError("this model is being trained: its weights cannot be replaced now.");
  const { parameters } = interior;
  const values = readWeights(interior.layer, interior.inputSize, weights, options);
  for (const [name, tensor] of values) parameters.write(parameters.find(name), tensor);
}
