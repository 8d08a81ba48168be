import { FormatError } from "../errors.js";
import type { Layer } from "../layers/layer.js";
import type { Tensor } from "../tensor/tensor.js";
import type { FileTensor } from "./modules.js";
import { onnx } from "./onnx.js";
import { placesOf } from "./places.js";

/**
 * The values of a network's parameters from operators' weights, in the order of gates that `onnx` knows.
 * @param weights by path and part: `rnn.W`
 * @throws FormatError naming everything that does not fit or is not finite
 */
export function valuesOf(
  layer: Layer,
  inputSize: number,
  weights: readonly (readonly [name: string, tensor: Tensor])[],
): Map<string, Tensor> {
  const readings = placesOf(layer, inputSize).map((place) => {
    const own = weights.flatMap(([name, tensor]): [string, FileTensor][] => {
      const at = name.lastIndexOf(".");
      return name.slice(0, at) === place.path ? [[name.slice(at + 1), { name, tensor }]] : [];
    });
    return onnx.read(place, { path: place.path, index: 0, forward: new Map(own), reverse: new Map() });
  });
  const values = new Map(readings.flatMap((reading) => [...reading.values]));
  const problems = [
    ...readings.flatMap((reading) => [...reading.missing, ...reading.problems]),
    ...[...values].flatMap(([name, { data }]) =>
      data.every(Number.isFinite) ? [] : [`not finite: a value for "${name}"`],
    ),
  ];
  if (problems.length > 0) throw new FormatError(`ONNX file: its weights do not fit: ${problems.join("; ")}.`);
  return values;
}
