import type { ParameterSpec } from "../tensor/parameters.js";
import { definitionOf, type Flow, type Layer } from "./layer.js";

/**
 * The parameters of a network, named by their paths. Those that `tied` made another's carry the name of that one.
 * @throws ArgumentError, ShapeError when they are tied to what cannot be theirs
 */
export function parameterTree(layer: Layer, input: Flow): ParameterSpec[] {
  const specs = collect(layer, input, "");
  const all = new Map(specs.map((spec) => [spec.name, spec]));
  return specs.map((spec) => spec.settle?.(all) ?? spec);
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
  return definition.tie?.(specs, prefix) ?? specs;
}
