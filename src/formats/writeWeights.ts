import { ArgumentError } from "../errors.js";
import type { Layer } from "../layers/layer.js";
import { describe, requireKnownOptions } from "../shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { WeightFormat } from "./layout.js";
import { type Place, placesOf, placeTitle } from "./places.js";
import { dialectOf, requireNames } from "./readWeights.js";

/** For whom weights are written and what the file calls the model's layers. */
export interface ExportOptions {
  /** The system that reads them, or how it lays out weights. */
  readonly to: WeightFormat;
  /** What all names begin with; default "". */
  readonly prefix?: string;
  /**
   * For paths of the model, the path in the file. Recurrent layers that share one become a stack: `_l0`, `_l1` …
   */
  readonly names?: Readonly<Record<string, string>>;
}

/**
 * A network's parameters as another system has them, by name.
 * @throws ArgumentError when the system has no such layer, or two tensors would have one name
 */
export function writeWeights(
  layer: Layer,
  inputSize: number,
  values: ReadonlyMap<string, Tensor>,
  options: ExportOptions,
): Map<string, Tensor> {
  requireKnownOptions("exportWeights", options, ["to", "prefix", "names"]);
  const { prefix = "", names = {} } = options;
  if (typeof prefix !== "string")
    throw new ArgumentError(`prefix of exportWeights must be a text, received ${describe(prefix)}.`);
  requireNames("exportWeights", names);
  const dialect = dialectOf("to of exportWeights", options.to);
  const places = placesOf(layer, inputSize);
  requireLayers(names, places);
  const written = new Map<string, Tensor>();
  const stacks = new Map<string, number>();
  for (const place of places) {
    const module = Object.hasOwn(names, place.path) ? (names[place.path] as string) : place.path;
    const index = stacks.get(module) ?? 0;
    stacks.set(module, index + 1);
    for (const { tensor, ...parts } of dialect.write(place, values, module, index)) {
      const name = prefix + dialect.nameOf(parts);
      if (written.has(name))
        throw new ArgumentError(`two tensors would be called "${name}". Give their layers other names.`);
      written.set(name, tensor);
    }
  }
  return written;
}

/** @throws ArgumentError when a layer is named that the model does not have */
function requireLayers(names: Readonly<Record<string, string>>, places: readonly Place[]): void {
  for (const path of Object.keys(names)) {
    if (places.some((place) => place.path === path)) continue;
    throw new ArgumentError(
      `names: the model has no layer "${path}" with parameters. It has ${places.map(placeTitle).join("; ")}.`,
    );
  }
}
