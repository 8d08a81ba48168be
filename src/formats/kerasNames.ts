import { FormatError } from "../errors.js";
import type { Tensor } from "../tensor/tensor.js";
import type { WeightPlace } from "./kerasChain.js";
import type { KerasPart } from "./kerasParts.js";
import type { ImportOptions } from "./readWeights.js";

/** A part's weights under names that say the path in its network, and how `importWeights` is told so. */
export interface NamedWeights {
  readonly tensors: Map<string, Tensor>;
  readonly options: ImportOptions;
}

/**
 * The weights of each part. A tensor belongs to the layer whose name stands in its own first of all: what stands before it
 * (the model's name) and after it (a cell's, in some versions) differs from file to file.
 * @throws FormatError naming the tensors that are no layer's
 */
export function namedWeights(parts: readonly KerasPart[], tensors: ReadonlyMap<string, Tensor>): NamedWeights[] {
  const named = parts.map(({ weights }): NamedWeights => {
    const paths = [...weights.values()].map(({ path }) => path);
    return {
      tensors: new Map(),
      options: { from: "keras", names: Object.fromEntries(paths.map((path) => [path, path])) },
    };
  });
  const places = parts.flatMap(({ weights }, part) => [...weights].map(([layer, place]) => ({ layer, part, place })));
  const strangers: string[] = [];
  for (const [name, tensor] of tensors) {
    const at = (layer: string): number => `/${name}/`.indexOf(`/${layer}/`);
    const found = places
      .filter(({ layer }) => at(layer) >= 0)
      .sort((a, b) => at(a.layer) - at(b.layer) || b.layer.length - a.layer.length)[0];
    const own = found && nameIn(found.place, name.slice(at(found.layer) + found.layer.length));
    const into = found && named[found.part]?.tensors;
    if (own === undefined || into === undefined || into.has(own)) strangers.push(`"${name}"`);
    else into.set(own, tensor);
  }
  if (strangers.length === 0) return named;
  throw new FormatError(`these weights are of no layer of model.json: ${strangers.join(", ")}.`);
}

/** The direction is what the layer's own name is followed by, the part what the tensor's ends with. */
function nameIn({ path, isBoth, isSwapped }: WeightPlace, rest: string): string {
  const part = rest.slice(rest.lastIndexOf("/") + 1).replace(/:\d+$/, "");
  const [, said] = /\/(forward|backward)[_/]/.exec(rest) ?? [];
  if (!isBoth || said === undefined) return `${path}/${part}`;
  return `${path}/${(said === "backward") === isSwapped ? "forward" : "backward"}/${part}`;
}
