import { ArgumentError } from "../errors.js";
import { describe } from "../shape.js";
import type { ParameterSpec } from "../tensor/parameters.js";
import type { Rows, StateRows } from "../tensor/rows.js";
import type { Region } from "../wasm/region.js";

/** What flows between layers: a width of features, for every step of a sequence or once for each sequence. */
export interface Flow {
  readonly width: number;
  readonly each: "step" | "sequence";
}

/** Addresses of a parameter of the layer being planned. */
export interface ParameterPlace {
  readonly value: number;
  readonly gradient: number;
}

/** What a layer plans with: memory, its parameters, and what the plan is for. */
export interface Planner {
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
  /** The input width that the configuration itself tells, if it does. */
  inputSize?(config: Config): number;
  /** @throws ShapeError when the input does not suit the layer */
  output(config: Config, input: Flow): Flow;
  parameters(config: Config, input: Flow): ParameterSpec[];
  /** Layers inside it with the input of each; none for most. */
  children?(config: Config, input: Flow): { readonly path: string; readonly layer: Layer; readonly input: Flow }[];
  plan(config: Config, input: Rows, planner: Planner): LayerRun;
  /** One line for people: `lstm(64)`. */
  describe(config: Config): string;
}

const DEFINITION = Symbol.for("recurve.layer.v1");

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
    throw new ArgumentError(`the name of a layer is made of letters, digits, "_", "-" and single dots, received ${describe(name)}.`);
  }
  const layer = { type: definition.type, config: Object.freeze(config), ...(name === undefined ? {} : { name }) };
  Object.defineProperty(layer, DEFINITION, { value: definition });
  return Object.freeze(layer) as Layer<Config>;
}

/** The abilities of a specification. @throws ArgumentError when the value is none */
export function definitionOf(layer: Layer): LayerDefinition {
  const definition = (layer as Partial<Layer> | null | undefined)?.[DEFINITION];
  if (definition === undefined) {
    throw new ArgumentError(`a layer specification is wanted, such as lstm(64) or dense(1), but received ${describe(layer)}.`);
  }
  return definition;
}
