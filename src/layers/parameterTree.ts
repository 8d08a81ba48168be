import { ArgumentError, ShapeError } from "../errors.js";
import { sameShape, show } from "../shape.js";
import type { ParameterSpec } from "../tensor/parameters.js";
import { definitionOf, type Flow, type Layer } from "./layer.js";

/**
 * The parameters of a network, named by their paths. Those that `tied` made another's carry the name of that one.
 * @throws ArgumentError, ShapeError when they are tied to what cannot be theirs
 */
export function parameterTree(layer: Layer, input: Flow): ParameterSpec[] {
  const specs = collect(layer, input, "");
  return specs.some(({ owner }) => owner !== undefined) ? settled(specs) : specs;
}

/** @param prefix path of the layer, with a dot at its end */
function collect(layer: Layer, input: Flow, prefix: string): ParameterSpec[] {
  const definition = definitionOf(layer);
  const own = definition.parameters(layer.config, input).map((spec) => ({ ...spec, name: prefix + spec.name }));
  const children = definition.children?.(layer.config, input) ?? [];
  const specs = [
    ...own,
    ...children.flatMap(({ path, layer: inner, input: given }) =>
      collect(inner, given, path === "" ? prefix : `${prefix}${path}.`),
    ),
  ];
  return layer.tied === undefined ? specs : tie(specs, prefix, layer.tied);
}

/** The parameters of a layer, with the names of those that they are to be. */
function tie(specs: readonly ParameterSpec[], prefix: string, to: NonNullable<Layer["tied"]>): ParameterSpec[] {
  const local = ({ name }: ParameterSpec) => name.slice(prefix.length);
  if (typeof to === "string") return specs.map((spec) => ({ owner: `${to}.${local(spec)}`, ...spec }));
  const known = specs.map(local);
  const unknown = Object.keys(to).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new ArgumentError(`tied: the layer has no parameter "${unknown}". It has ${known.join(", ")}.`);
  return specs.map((spec) => {
    const owner = to[local(spec)];
    return owner === undefined ? spec : { owner, ...spec };
  });
}

/** Each tied parameter with the name of the one that has the values, however many lie between. */
function settled(specs: readonly ParameterSpec[]): ParameterSpec[] {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const ownerOf = (spec: ParameterSpec) => {
    let found = spec;
    for (let hops = 0; found.owner !== undefined; hops++) {
      const next = byName.get(found.owner);
      if (next === undefined)
        throw new ArgumentError(
          `tied: "${found.name}" is to be "${found.owner}", which the network does not have. It has ${[...byName.keys()].join(", ")}.`,
        );
      if (hops > specs.length)
        throw new ArgumentError(`tied: "${spec.name}" is to be itself, by way of "${found.name}".`);
      found = next;
    }
    return found;
  };
  const pinned = new Map(specs.map((spec) => [ownerOf(spec), spec.pinned]));
  return specs.map((spec) => {
    // What one of its places leaves untrained has no whole gradient.
    if (spec.owner === undefined) return { ...spec, ...(pinned.get(spec) && { pinned: pinned.get(spec) }) };
    const { name: owner, shape } = ownerOf(spec);
    if (!sameShape(shape, spec.shape))
      throw new ShapeError(
        `tied: "${spec.name}" has shape ${show(spec.shape)}, but "${owner}", which it is to be, has ${show(shape)}.`,
      );
    return { ...spec, owner };
  });
}
