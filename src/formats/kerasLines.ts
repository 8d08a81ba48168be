import { INPUT, type KerasGraph, type KerasLayer, layerTitle, REPEAT } from "./kerasTopology.js";

/** A chain of layers from an input, or from a row that is repeated, to a layer that nobody reads but to repeat it. */
export interface KerasLine {
  readonly input: KerasLayer;
  readonly layers: readonly KerasLayer[];
}

/** Follows each input through the layers that read it first of all. @param problems takes note of what is no chain */
export function linesOf({ layers }: KerasGraph, problems: string[]): KerasLine[] {
  const readers = new Map<string, KerasLayer[]>();
  for (const layer of layers.values()) {
    const [first] = layer.inbound;
    if (first === undefined) continue;
    if (layer.kind === INPUT) {
      // Where inputs read nothing and a layer reads one input, no way from an input closes a ring.
      problems.push(`${layerTitle(layer)}: it is an input, but reads "${first.layer}"`);
      continue;
    }
    if (first.index !== 0) problems.push(`${layerTitle(layer)}: it reads a state of "${first.layer}" as its input`);
    readers.set(first.layer, [...(readers.get(first.layer) ?? []), layer]);
  }
  const inputs = [...layers.values()].filter(({ kind }) => kind === INPUT || kind === REPEAT);
  return inputs.flatMap((input) =>
    (readers.get(input.name) ?? [])
      .filter(({ kind }) => kind !== REPEAT)
      .map((first) => ({ input, layers: follow(first, readers, problems) })),
  );
}

function follow(
  first: KerasLayer,
  readers: ReadonlyMap<string, readonly KerasLayer[]>,
  problems: string[],
): KerasLayer[] {
  const layers: KerasLayer[] = [];
  for (let layer: KerasLayer | undefined = first; layer !== undefined; ) {
    layers.push(layer);
    const next: readonly KerasLayer[] = readers.get(layer.name) ?? [];
    if (next.length > 1)
      problems.push(`${layerTitle(layer)}: its output goes to ${next.map(layerTitle).join(" and ")}`);
    layer = next[0]?.kind === REPEAT ? undefined : next[0];
  }
  return layers;
}
