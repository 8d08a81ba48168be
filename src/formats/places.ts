import type { CellDefinition } from "../cells/cell.js";
import { definitionOf, type Flow, type Layer } from "../layers/layer.js";
import { parameterTree } from "../layers/parameterTree.js";
import type { Shape } from "../shape.js";

/** A parameter of the model, as formats see it. */
export interface PlaceParameter {
  /** Path in the model: `rnn.weight_ih_l0_reverse`. */
  readonly name: string;
  /** What it is within its layer and direction: `weight_ih`. */
  readonly part: string;
  readonly shape: Shape;
  /** Name of the parameter that it is: its own, or that of the one it is tied to. */
  readonly owner: string;
}

/** The parameters of a layer in one direction; a layer without time has one. */
export interface Direction {
  readonly isReverse: boolean;
  readonly parameters: readonly PlaceParameter[];
}

/** A layer of the model that has parameters. */
export interface Place {
  readonly path: string;
  /** Whether people named it; else its path is its number in a chain. */
  readonly isNamed: boolean;
  /** `lstm(64)`. */
  readonly description: string;
  readonly cell?: CellDefinition;
  /** Whether it looks tokens up: its weight is a table, which nobody turns. */
  readonly isTable: boolean;
  readonly inputSize: number;
  readonly units: number;
  readonly config: object;
  readonly directions: readonly Direction[];
}

/** The layers of a network that have parameters, in its order; both directions of a bidirectional layer are one place. */
export function placesOf(layer: Layer, inputSize: number): Place[] {
  const found = new Map<string, Place>();
  const input: Flow = { width: inputSize, each: "step" };
  const owners = new Map(parameterTree(layer, input).map(({ name, owner = name }) => [name, owner]));
  for (const place of leaves(layer, input, "", owners)) {
    const same = found.get(place.path);
    found.set(
      place.path,
      same === undefined ? place : { ...same, directions: [...same.directions, ...place.directions] },
    );
  }
  return [...found.values()];
}

function leaves(layer: Layer, input: Flow, path: string, owners: ReadonlyMap<string, string>): Place[] {
  const definition = definitionOf(layer);
  const { cell } = definition;
  const specs = definition.parameters(layer.config, input);
  const prefix = path === "" ? "" : `${path}.`;
  const own: Place[] = [];
  if (specs.length > 0) {
    const parameters = specs.map(({ name: local, shape }): PlaceParameter => {
      const name = prefix + local;
      return { name, part: partOf(local), shape, owner: owners.get(name) ?? name };
    });
    own.push({
      path,
      isNamed: path !== "" && !/^\d+$/.test(path.slice(path.lastIndexOf(".") + 1)),
      description: definition.describe(layer.config),
      ...(cell === undefined ? {} : { cell }),
      isTable: definition.reads?.(layer.config)?.vocabularySize !== undefined,
      inputSize: input.width,
      config: layer.config,
      units: (specs[0]?.shape[0] as number) / (cell?.gates.length ?? 1),
      directions: [{ isReverse: specs.some(({ name }) => name.endsWith("_reverse")), parameters }],
    });
  }
  const children = definition.children?.(layer.config, input) ?? [];
  return [
    ...own,
    ...children.flatMap((child) =>
      leaves(child.layer, child.input, child.path === "" ? path : prefix + child.path, owners),
    ),
  ];
}

/** `weight_ih_l0_reverse` is the part `weight_ih`. */
function partOf(name: string): string {
  return name.replace(/_l0(_reverse)?$/, "");
}

/** The layer as errors call it: `lstm(64) at "rnn"`. */
export function placeTitle({ path, description }: Place): string {
  return path === "" ? description : `${description} at "${path}"`;
}
