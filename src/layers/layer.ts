import { branded, stranger } from "../brand.js";
import type { CellDefinition } from "../cells/cell.js";
import type { InputKind } from "../data/inputKind.js";
import { ArgumentError } from "../errors.js";
import type { BoundTarget } from "../losses/targetKind.js";
import { describe, requireKnownOptions } from "../shape.js";
import type { ParameterSpec } from "../tensor/parameters.js";
import type { Rows, StatePart, StateRows } from "../tensor/rows.js";
import type { Region } from "../wasm/region.js";
import type { Answering, AnswerRows, AnswerRun } from "./answering.js";
import type { Drawing } from "./drawing.js";
import type { KeepGates } from "./keptGates.js";

/** What flows between layers: a width of features, for every step of a sequence or once for each sequence. */
export interface Flow {
  readonly width: number;
  readonly each: "step" | "sequence";
  /** What made shares of 1 of it, where something did: these are no logits. */
  readonly squashedBy?: "sigmoid" | "softmax";
  /** Units of the hidden states of the recurrent layer that gives it, in both directions together, if one does. */
  readonly stateWidth?: number;
  /** Whether the steps are not those of the input: targets have lengths of their own then. */
  readonly hasOwnSteps?: boolean;
  /** Of a whole network: how it reads its input, where that is not [batch, time, features]. */
  readonly reads?: InputKind;
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
  /** Keeps the values of recurrent layers' gates, to be looked at; a prediction is planned then. Left out where nobody looks. */
  readonly keepGates?: KeepGates | undefined;
  readonly region: Region;
  /** Whether what reads the layer's output takes one-hot rows by their tokens alone: their values need not be there. */
  readonly skipsValues?: boolean;
  /** Room for the answers, where the network's definition has `answers`. */
  readonly answers?: AnswerRows;
  /** The place of a parameter by its name within the layer. */
  parameter(name: string): ParameterPlace;
  /** The planner of a layer inside this one. */
  child(path: string): Planner;
  /** Takes note of a layer that was planned, so that what happens inside a network can be told. */
  planned?(layer: Layer, run: LayerRun): void;
}

/** A layer with its memory: what runs. */
export interface LayerRun {
  readonly output: Rows;
  /** States of this layer and the layers inside it, in order. */
  readonly states: readonly StateRows[];
  /** Of a network that answers at steps of its own. */
  readonly answers?: AnswerRun;
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

/** A layer inside another, at its path, and what it reads. */
export interface Child {
  readonly path: string;
  readonly layer: Layer;
  readonly input: Flow;
  /** Whether the layer around it sets the states that it begins with. */
  readonly isStarted?: boolean;
  /** Whether its steps are those of the answers, in a network whose answers have steps of their own. */
  readonly isAnswering?: boolean;
}

/** What a kind of layer can do, for a configuration of it. */
export interface LayerDefinition<Config extends object = object> {
  readonly type: string;
  /** The cell of a recurrent layer. */
  readonly cell?: CellDefinition;
  /** The input width that the configuration itself tells, if it does. */
  inputSize?(config: Config): number | undefined;
  /** What it reads as the first layer of a network; left out for [batch, time, features]. */
  reads?(config: Config): InputKind | undefined;
  /** Whether it takes one-hot rows by their tokens, without their values; left out where it does not. */
  takesTokens?(config: Config): boolean;
  /** Of a layer that hands on features as they are, token numbers too: the first of them. Left out for all others. */
  passesFrom?(config: Config): number;
  /** How it answers, where its output has steps of its own: such a network stands alone. */
  answers?(config: Config): Answering;
  /** Holds the targets of a training against such a network. @throws ShapeError, ArgumentError when they are none of its answers */
  requireTargets?(layer: Layer, output: Flow, target: BoundTarget): void;
  /** @throws ShapeError when the input does not suit the layer */
  output(config: Config, input: Flow): Flow;
  parameters(config: Config, input: Flow): ParameterSpec[];
  /** Says which of its parameters, those of layers inside it included, are others'; of a layer that is tied. */
  tie?(specs: readonly ParameterSpec[], prefix: string): ParameterSpec[];
  /**
   * Multiply-adds of the way forward for one row of its input, without those of layers inside it. Left out where every
   * matrix among its parameters is applied once to a row, as in most: their elements are counted then.
   */
  products?(config: Config, input: Flow): number;
  /** The states that it carries from step to step, and whether it reads from the end; left out where it carries none. */
  states?(config: Config): { readonly isReversed: boolean; readonly parts: readonly StatePart[] };
  /** Layers inside it; none for most. */
  children?(config: Config, input: Flow): Child[];
  plan(config: Config, input: Rows, planner: Planner): LayerRun;
  /** Why its output at a step cannot be told from its state and that step's input alone, where it cannot: a sentence after its name. */
  cannotStep?(config: Config): string | undefined;
  /** The same layer reading from the end of each sequence; left out where there is no direction. */
  reverse?(layer: Layer<Config>): Layer;
  /** The layer from a saved configuration, through the checks of the function that people call. @throws ArgumentError, ShapeError */
  make(config: Config, name?: string): Layer;
  /** One line for people: `lstm(64)`. */
  describe(config: Config): string;
  /** How a drawing of the unfolded network shows it, where its output and the layers inside it do not tell. */
  drawing?(config: Config, input: Flow): Drawing;
}

/** This copy of the library's alone: a plan of another copy would write into another memory. */
const DEFINITION = Symbol("definition");

/**
 * A specification: an immutable description without weights. `JSON.stringify` gives its plain form.
 */
export interface Layer<Config extends object = object> {
  /** What kind of layer it is, such as `"recurrent"` or `"dense"`. */
  readonly type: string;
  /** Its options with every default in its place: plain JSON but for layers inside it. */
  readonly config: Config;
  /** Its part of the paths of parameters and states; default its place in the network around it: `"0"`. */
  readonly name?: string;
  /** Whose parameters it has, where not its own: a layer's path, or parameters' paths by their names within it. */
  readonly tied?: string | Readonly<Record<string, string>>;
  /**
   * What the kind of layer can do.
   * @internal
   */
  readonly [DEFINITION]: LayerDefinition<Config>;
}

/** Makes a specification of a kind of layer. */
export function specify<Config extends object>(
  definition: LayerDefinition<Config>,
  config: Config,
  name?: string,
  tied?: Layer["tied"],
): Layer<Config> {
  if (name !== undefined && (typeof name !== "string" || !/^[\w-]+(\.[\w-]+)*$/.test(name))) {
    throw new ArgumentError(
      `the name of a layer is made of letters, digits, "_", "-" and single dots, received ${describe(name)}.`,
    );
  }
  const others = { ...(name !== undefined && { name }), ...(tied !== undefined && { tied }) };
  const layer = { type: definition.type, config: frozen(config), ...others };
  Object.defineProperty(layer, DEFINITION, { value: definition });
  return Object.freeze(branded("layer", layer)) as Layer<Config>;
}

/** What a layer may be told that has a name and no other options. */
export interface NameOptions {
  /** Name in paths and files. */
  readonly name?: string;
}

/**
 * Makes a specification that has a name and no other options.
 * @param name where the options give none
 * @throws ArgumentError when they give anything else
 */
export function specifyNamed<Config extends object>(
  definition: LayerDefinition<Config>,
  config: Config,
  options: NameOptions,
  name?: string,
): Layer<Config> {
  requireKnownOptions(definition.describe(config), options, ["name"]);
  return specify(definition, config, options.name ?? name);
}

/** A copy that nobody can change, objects such as `{ type: "elu", alpha: 2 }` inside it included. */
function frozen<Config extends object>(config: Config): Config {
  const isPlain = (value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value) && !(DEFINITION in value);
  const entries = Object.entries(config).map(([name, value]) => [name, isPlain(value) ? frozen(value) : value]);
  return Object.freeze(Object.fromEntries(entries)) as Config;
}

/** The abilities of a specification. @throws ArgumentError when the value is none, StateError when it is another copy's */
export function definitionOf(layer: Layer): LayerDefinition {
  const definition = (layer as Partial<Layer> | null | undefined)?.[DEFINITION];
  if (definition !== undefined) return definition;
  throw stranger("layer", layer, "a layer specification is wanted, such as lstm(64) or sequential(lstm(64), dense(1))");
}

/** Whether a layer takes one-hot rows by their tokens. */
export function takesTokens(layer: Layer): boolean {
  return definitionOf(layer).takesTokens?.(layer.config) ?? false;
}

/** Plans a layer, and lets the planner take note of it. */
export function planLayer(layer: Layer, input: Rows, planner: Planner): LayerRun {
  const run = definitionOf(layer).plan(layer.config, input, planner);
  planner.planned?.(layer, run);
  return run;
}

/** The same layer reading the other way. @throws ArgumentError when it has no direction */
export function reversed(layer: Layer): Layer {
  const definition = definitionOf(layer);
  if (definition.reverse !== undefined) {
    const turned = definition.reverse(layer);
    return layer.tied === undefined ? turned : specify(definition, turned.config, turned.name, layer.tied);
  }
  throw new ArgumentError(`only recurrent layers read in a direction, ${definition.describe(layer.config)} does not.`);
}
