import { FormatError } from "../errors.js";
import type { Tensor } from "../tensor/tensor.js";
import type { WeightPlace } from "./kerasChain.js";
import { FILE } from "./kerasJson.js";
import type { KerasPart } from "./kerasPart.js";
import { type KerasGraph, type KerasLayer, layerTitle } from "./kerasTopology.js";
import type { ImportOptions } from "./readWeights.js";

/** A part's weights under names that say the path in its network, and how `importWeights` is told so. */
export interface NamedWeights {
  readonly tensors: Map<string, Tensor>;
  readonly options: ImportOptions;
}

/**
 * The weights of each part. A tensor belongs to the layer whose name stands in its own first of all: what stands before it
 * (the model's name) and after it (a cell's, in some versions) differs from file to file. A model may be called like one of
 * its layers: where some layer is left without weights otherwise, what all names begin with says nothing.
 * @throws FormatError naming the tensors that are no layer's
 */
export function namedWeights(
  parts: readonly KerasPart[],
  tensors: ReadonlyMap<string, Tensor>,
  graph: KerasGraph,
): NamedWeights[] {
  const plain = assigned(parts, tensors, 0);
  if (isWhole(plain)) return plain.named;
  const [first = ""] = tensors.keys();
  const start = first.indexOf("/") + 1;
  const isShared = start > 0 && [...tensors.keys()].every((name) => name.startsWith(first.slice(0, start)));
  const below = isShared ? assigned(parts, tensors, start) : plain;
  if (isWhole(below)) return below.named;
  if (plain.strangers.length === 0) return plain.named;
  throw new FormatError(strangersReport(plain.strangers, unusedOf(graph)));
}

/** Where weights go: of a normalisation that other weights take in, only its name. */
type NamedPlace = Pick<WeightPlace, "name" | "layer"> & Partial<WeightPlace>;

/** Tensors as layers have them, and what is left of either. */
interface Assignment {
  readonly named: NamedWeights[];
  readonly strangers: readonly string[];
  /** Layers without a tensor. */
  readonly bare: ReadonlySet<NamedPlace>;
}

function isWhole({ strangers, bare }: Assignment): boolean {
  return strangers.length === 0 && bare.size === 0;
}

/** @param start where in the names those of layers begin */
function assigned(parts: readonly KerasPart[], tensors: ReadonlyMap<string, Tensor>, start: number): Assignment {
  const named = parts.map(({ weights }): NamedWeights => {
    const names = Object.fromEntries([...weights.values()].map(({ path, name }) => [path, name]));
    return { tensors: new Map(), options: { from: "keras", names } };
  });
  const places = parts.flatMap(({ weights, scales }, part) =>
    [...weights.values(), ...scales.values()].map((place: NamedPlace) => ({ part, place })),
  );
  const bare = new Set<NamedPlace>(places.map(({ place }) => place));
  const strangers: string[] = [];
  for (const [whole, tensor] of tensors) {
    const name = whole.slice(start);
    const near = places.filter(({ place: { cell } }) => cell === undefined || placeIn(name, cell) >= 0);
    const found = firstIn(name, near, ({ place }) => place.layer);
    const own = found && nameIn(found.place, name);
    const into = found && named[found.part]?.tensors;
    if (own === undefined || into === undefined || into.has(own)) strangers.push(whole);
    else into.set(own, tensor);
    if (found !== undefined) bare.delete(found.place);
  }
  return { named, strangers, bare };
}

/** Where a layer's name stands in a tensor's; −1 where it does not. */
function placeIn(name: string, layer: string): number {
  return `/${name}/`.indexOf(`/${layer}/`);
}

/** The one whose name stands first; of those that begin alike the longest. */
function firstIn<T>(name: string, all: readonly T[], nameOf: (each: T) => string): T | undefined {
  const at = (each: T): number => placeIn(name, nameOf(each));
  return all.filter((each) => at(each) >= 0).sort((a, b) => at(a) - at(b) || nameOf(b).length - nameOf(a).length)[0];
}

/** Layers that the output does not depend on. */
function unusedOf({ layers, outputs }: KerasGraph): KerasLayer[] {
  const unused = new Map(layers);
  const open = outputs.map(({ layer }) => layer);
  for (let name = open.pop(); name !== undefined; name = open.pop())
    if (unused.delete(name)) open.push(...(layers.get(name) as KerasLayer).inbound.map(({ layer }) => layer));
  return [...unused.values()];
}

function strangersReport(strangers: readonly string[], unused: readonly KerasLayer[]): string {
  const owned = new Map<KerasLayer | undefined, string[]>();
  for (const name of strangers) {
    const owner = firstIn(name, unused, (layer) => layer.name);
    owned.set(owner, [...(owned.get(owner) ?? []), `"${name}"`]);
  }
  const texts = [...owned].map(([owner, names]) =>
    owner === undefined
      ? `these weights are of no layer of ${FILE}: ${names.join(", ")}`
      : `${names.join(", ")} belong to ${layerTitle(owner)}, which the output does not depend on`,
  );
  return `${texts.join("; ")}.`;
}

/** The direction is what the layer's own name is followed by, the part what the tensor's ends with. */
function nameIn({ name, layer, isBoth, isSwapped }: NamedPlace, whole: string): string {
  const rest = whole.slice(placeIn(whole, layer) + layer.length);
  const part = rest.slice(rest.lastIndexOf("/") + 1).replace(/:\d+$/, "");
  const [, said] = /\/(forward|backward)[_/]/.exec(rest) ?? [];
  if (!isBoth || said === undefined) return `${name}/${part}`;
  return `${name}/${(said === "backward") === isSwapped ? "forward" : "backward"}/${part}`;
}
