import type { GivenStates, States } from "../data/givenStates.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { definitionOf, type Flow, type Layer } from "../layers/layer.js";
import { show } from "../shape.js";
import type { Layout } from "../tensor/layout.js";
import { type StatePart, type StateRows, statePath } from "../tensor/rows.js";
import { Tensor } from "../tensor/tensor.js";
import { floats } from "../wasm/memory.js";

/** The states of one recurrent layer in one direction, as its specification tells them. */
export interface StateShape {
  readonly path: string;
  /** Whether the sequences are read from their ends, so that the whole of each must be there. */
  readonly isReversed: boolean;
  readonly parts: readonly StatePart[];
}

/** The states of a network that people may begin with, in the order of its layers. */
export function stateShapes(layer: Layer, input: Flow, prefix = ""): StateShape[] {
  const definition = definitionOf(layer);
  const own = definition.states?.(layer.config);
  const children = definition.children?.(layer.config, input) ?? [];
  return [
    ...(own === undefined ? [] : [{ ...own, path: statePath(prefix, own.isReversed) }]),
    ...children.flatMap(({ path, layer: inner, input: given, isStarted }) =>
      isStarted ? [] : stateShapes(inner, given, path === "" ? prefix : `${prefix}${path}.`),
    ),
  ];
}

/**
 * Holds given states against a network.
 * @throws ArgumentError when there is no such layer or state, ShapeError when a state has another width
 */
export function requireStates(owner: string, layer: Layer, input: Flow, { states }: GivenStates): void {
  const known = stateShapes(layer, input);
  for (const [path, parts] of Object.entries(states)) {
    const shape = known.find((state) => state.path === path);
    if (shape === undefined) {
      const paths = known.map((state) => `"${state.path}"`).join(", ");
      throw new ArgumentError(
        `${owner} names "${path}", but the recurrent layers of this network are ${paths === "" ? "none" : paths}.`,
      );
    }
    for (const [name, value] of Object.entries(parts)) requirePart(`${owner} "${path}"`, shape, name, value);
  }
}

function requirePart(owner: string, { parts }: StateShape, name: string, value: Tensor): void {
  const part = parts.find((known) => known.name === name);
  if (part === undefined) {
    const names = parts.map((known) => known.name).join(", ");
    throw new ArgumentError(`${owner} has a state "${name}", but that layer's states are ${names}.`);
  }
  if (value.shape[1] === part.units) return;
  throw new ShapeError(`${owner} ${name} must be [batch, ${part.units}], received ${show(value.shape)}.`);
}

/** Addresses of a state by rank. */
type Place = "initial" | "final" | "gradient";

/** The layout whose ranks a state goes by. */
export function layoutOf(state: StateRows): Layout {
  return state.reading?.batch ?? state.layout;
}

/** Writes what was given for a batch of examples; what was not given stays as `begin` left it. */
export function writeStates(
  rows: readonly StateRows[],
  { states }: GivenStates,
  examples: Int32Array,
  place: Place,
): void {
  for (const state of rows) {
    const values = states[state.path];
    if (values !== undefined)
      for (const part of state.parts) writePart(state, part, values[part.name], examples, place);
  }
}

function writePart(
  state: StateRows,
  { name, offset, units }: StatePart,
  values: Tensor | undefined,
  examples: Int32Array,
  place: Place,
): void {
  if (values === undefined) return;
  if (place === "initial") state.given.add(name);
  const { order, sequences } = layoutOf(state);
  for (let rank = 0; rank < sequences; rank++) {
    const from = (examples[order[rank] as number] as number) * units;
    floats.set(values.data.subarray(from, from + units), (state[place](rank) + offset) >> 2);
  }
}

/** Room for the states of `count` sequences. */
export function emptyStates(rows: readonly StateRows[], count: number): States {
  return Object.fromEntries(
    rows.map(({ path, parts }) => [
      path,
      Object.fromEntries(
        parts.map(({ name, units }) => [name, new Tensor(new Float32Array(count * units), [count, units])]),
      ),
    ]),
  );
}

/** Copies the states of a batch of examples to their places in the caller's order. */
export function readStates(into: States, rows: readonly StateRows[], examples: Int32Array, place: Place): void {
  for (const state of rows) {
    const { order, sequences } = layoutOf(state);
    for (const { name, offset, units } of state.parts) {
      const data = into[state.path]?.[name]?.data as Float32Array;
      for (let rank = 0; rank < sequences; rank++) {
        const from = (state[place](rank) + offset) >> 2;
        data.set(floats.subarray(from, from + units), (examples[order[rank] as number] as number) * units);
      }
    }
  }
}
