import type { CellDefinition } from "../cells/cell.js";
import { ArgumentError, StateError } from "../errors.js";
import { describe } from "../shape.js";
import type { ParameterSpec } from "../tensor/parameters.js";
import type { Rows, StateRows } from "../tensor/rows.js";
import type { Region } from "../wasm/region.js";

/** What flows between layers: a width of features, for every step of a sequence or once for each sequence. */
export interface Flow {
  readonly width: number;
  readonly each: "step" | "sequence";
  /** Units of the hidden states of the recurrent layer that gives it, in both directions together, if one does. */
  readonly stateWidth?: number;
}

/** Addresses of a parameter of the layer being planned. */
export interface ParameterPlace {
  readonly value: number;
  readonly gradient: number;
}

/** Where a training run stands in its random numbers: the model's seed, and how many batches have drawn from it. */
export interface Draws {
  readonly seed: number;
  count: number;
}

/** What a layer plans with: memory, its parameters, and what the plan is for. */
export interface Planner {
  /** Path of the layer, with a dot at its end: part of the address of its random numbers. */
  readonly path: string;
  readonly draws: Draws;
  /** Whether the way back is planned too. */
  readonly training: boolean;
  readonly region: Region;
  /** The place of a parameter by its name within the layer. */
  parameter(name: string): ParameterPlace;
  /** The planner of a layer inside this one. */
  child(path: string): Planner;
}

/** A layer with its memory: what runs. */
export interface LayerRun {
  readonly output: Rows;
  /** States of this layer and the layers inside it, in order. */
  readonly states: readonly StateRows[];
  /** Copies the parameters into the form that the products read; after every change of theirs. */
  pack(): void;
  /** Takes over the layout's present batch: states and state gradients become 0. */
  begin(): void;
  /** Steps from … to − 1. */
  forward(from: number, to: number): void;
  /** Steps to − 1 … from; the output's gradient is there. */
  backward(from: number, to: number): void;
  /** Adds the weight gradients of steps from … to − 1. */
  gradients(from: number, to: number): void;
}

/** What a kind of layer can do, for a configuration of it. */
export interface LayerDefinition<Config extends object = object> {
  readonly type: string;
  /** The cell of a recurrent layer. */
  readonly cell?: CellDefinition;
  /** The input width that the configuration itself tells, if it does. */
  inputSize?(config: Config): number;
  /** @throws ShapeError when the input does not suit the layer */
  output(config: Config, input: Flow): Flow;
  parameters(config: Config, input: Flow): ParameterSpec[];
  /** Layers inside it with the input of each; none for most. */
  children?(config: Config, input: Flow): { readonly path: string; readonly layer: Layer; readonly input: Flow }[];
  plan(config: Config, input: Rows, planner: Planner): LayerRun;
  /** The same layer reading from the end of each sequence; left out where there is no direction. */
  reverse?(layer: Layer<Config>): Layer;
  /** The layer from a saved configuration, through the checks of the function that people call. @throws ArgumentError, ShapeError */
  make(config: Config, name?: string): Layer;
  /** One line for people: `lstm(64)`. */
  describe(config: Config): string;
}

/** This copy of the library's alone: a plan of another copy would write into another memory. */
const DEFINITION = Symbol("definition");
const BRAND = Symbol.for("recurve.layer.v1");

/**
 * A specification: an immutable description without weights. `JSON.stringify` gives its plain form.
 */
export interface Layer<Config extends object = object> {
  readonly type: string;
  readonly config: Config;
  readonly name?: string;
  readonly [DEFINITION]: LayerDefinition<Config>;
}

/** Makes a specification of a kind of layer. */
export function specify<Config extends object>(
  definition: LayerDefinition<Config>,
  config: Config,
  name?: string,
): Layer<Config> {
  if (name !== undefined && (typeof name !== "string" || !/^[\w-]+(\.[\w-]+)*$/.test(name))) {
    throw new ArgumentError(
      `the name of a layer is made of letters, digits, "_", "-" and single dots, received ${describe(name)}.`,
    );
  }
  const layer = { type: definition.type, config: frozen(config), ...(name === undefined ? {} : { name }) };
  Object.defineProperty(layer, DEFINITION, { value: definition });
  Object.defineProperty(layer, BRAND, { value: true });
  return Object.freeze(layer) as Layer<Config>;
}

/** A copy that nobody can change, objects such as `{ type: "elu", alpha: 2 }` inside it included. */
function frozen<Config extends object>(config: Config): Config {
  const isPlain = (value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value) && !(DEFINITION in value);
  const entries = Object.entries(config).map(([name, value]) => [
    name,
    isPlain(value) ? Object.freeze({ ...value }) : value,
  ]);
  return Object.freeze(Object.fromEntries(entries)) as Config;
}

/** The abilities of a specification. @throws ArgumentError when the value is none, StateError when it is another copy's */
export function definitionOf(layer: Layer): LayerDefinition {
  const definition = (layer as Partial<Layer> | null | undefined)?.[DEFINITION];
  if (definition === undefined && typeof layer === "object" && layer !== null && BRAND in layer) {
    throw new StateError(
      "this layer was made by another copy of recurve (ESM and CommonJS loaded side by side?). Load one copy only.",
    );
  }
  if (definition === undefined) {
    throw new ArgumentError(
      `a layer specification is wanted, such as lstm(64) or dense(1), but received ${describe(layer)}.`,
    );
  }
  return definition;
}

/** The same layer reading the other way. @throws ArgumentError when it has no direction */
export function reversed(layer: Layer): Layer {
  const definition = definitionOf(layer);
  if (definition.reverse !== undefined) return definition.reverse(layer);
  throw new ArgumentError(`only recurrent layers read in a direction, ${definition.describe(layer.config)} does not.`);
}
