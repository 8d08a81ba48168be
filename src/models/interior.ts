import { branded, stranger } from "../brand.js";
import type { GivenStates } from "../data/givenStates.js";
import { readAs } from "../data/inputKind.js";
import type { Sequences } from "../data/sequences.js";
import { StateError } from "../errors.js";
import type { KeepGates } from "../layers/keptGates.js";
import { type Draws, definitionOf, type Flow, type Layer } from "../layers/layer.js";
import { parameterTree } from "../layers/parameterTree.js";
import type { Capacity } from "../tensor/layout.js";
import { ownSpecs, ParameterBlock, type ParameterSpec } from "../tensor/parameters.js";
import { randomKey } from "../tensor/seed.js";
import type { Tensor } from "../tensor/tensor.js";
import { floats, ints } from "../wasm/memory.js";
import { disposeWith, filled, forget, Region } from "../wasm/region.js";
import { Plan, type PlanCapacity } from "./plan.js";

/** A range of the parameter block as the core reads it: start, length, rate factor, weight decay. */
export const RANGE_WORDS = 4;

/** Key of the initial values in a model's options, for the rooms that restore models. */
export const VALUES = Symbol("values");

/** What a model is inside: its parameters and its plans. Rooms above reach it through `interiorOf`. */
export class Interior {
  readonly layer: Layer;
  readonly inputSize: number;
  readonly output: Flow;
  readonly parameters: ParameterBlock;
  readonly region = new Region();
  /** Counts the batches trained on: no two have the same dropout. */
  readonly draws: Draws;
  /** Whether a training run owns the model at the moment. */
  isBusy = false;
  /** The optimizer of a training that is in the middle of an update: what is seen from within it is neither before nor after. */
  updating: object | undefined;
  /** Whether a user's function runs in the middle of a step, whose rows must stay as they are. */
  isLent = false;
  /** The plan whose last batch went back through time, as long as what that left is there. */
  backpropagated: Plan | undefined;
  readonly #plans: (Plan | undefined)[] = [];
  #ranges: Ranges | undefined;

  /** @param values what the parameters begin with, by name; left out, they are drawn from the seed */
  constructor(layer: Layer, inputSize: number, seed: number, values?: ReadonlyMap<string, Tensor>) {
    this.layer = layer;
    this.inputSize = inputSize;
    this.draws = { seed, count: 0 };
    const input: Flow = { width: inputSize, each: "step" };
    this.output = outputOf(layer, input);
    const specs = parameterTree(layer, input);
    try {
      this.parameters = new ParameterBlock(specs, this.region);
      initialize(this.parameters, specs, seed, values);
    } catch (error) {
      this.region.dispose();
      throw error;
    }
    // With the block, not the model: a parameter in a user's hand keeps it alive.
    disposeWith(this.parameters, this.region);
  }

  /** Runs a user's function in the middle of a step. */
  lend<Result>(act: () => Result): Result {
    this.isLent = true;
    try {
      return act();
    } finally {
      this.isLent = false;
    }
  }

  /** A plan that holds a batch: the present one, or a larger one in its place. There is one for each kind in use. */
  plan(training: boolean, needed: PlanCapacity, isMasked = false, keepGates?: KeepGates): Plan {
    if (this.isLent)
      throw new StateError(
        "this model is in the middle of a step: a loss function or a metric may not use the model it judges.",
      );
    const place = (training ? 1 : 0) + (isMasked ? 2 : 0) + (keepGates ? 4 : 0);
    const present = this.#plans[place];
    if (present === this.backpropagated) this.backpropagated = undefined;
    return present?.holds(needed) ? present : this.#enlarge(place, training, needed, isMasked, keepGates);
  }

  #enlarge(place: number, training: boolean, needed: PlanCapacity, isMasked: boolean, keepGates?: KeepGates): Plan {
    const present = this.#plans[place];
    const answers = needed.answers && larger(needed.answers, present?.capacity.answers);
    const capacity = { ...larger(needed, present?.capacity), ...(answers && { answers }) };
    // Gone before the larger one is made: where there is no room for that, the next batch plans anew.
    this.#plans[place] = undefined;
    present?.region.dispose();
    const { layer, inputSize, parameters, draws } = this;
    const region = new Region(this.region);
    const plan = filled(
      region,
      () => new Plan(layer, inputSize, parameters, training, capacity, region, draws, isMasked, keepGates),
    );
    this.#plans[place] = plan;
    return plan;
  }

  /** An input as the network reads it. @throws ArgumentError, ShapeError when it cannot */
  read(given: Sequences): Sequences {
    const { layer, output } = this;
    // What it reads was asked once: an architecture is taken apart for the answer.
    return output.reads === undefined ? given : readAs(output.reads, definitionOf(layer).describe(layer.config), given);
  }

  /** The table of trainable ranges, without decay. */
  ranges(): Ranges {
    if (this.#ranges?.version !== this.parameters.rangesVersion) {
      this.#ranges = writeRanges(this.parameters, this.region, 0, this.#ranges?.address);
    }
    return this.#ranges;
  }

  dispose(): void {
    forget(this.region);
    this.region.dispose();
  }
}

/** Room for what is needed, and for what there was room for. */
function larger(needed: Capacity, old: Capacity = { sequences: 1, steps: 1, rows: 1 }): Capacity {
  return {
    sequences: Math.max(old.sequences, needed.sequences),
    steps: Math.max(old.steps, needed.steps),
    rows: Math.max(old.rows, needed.rows),
  };
}

/** What a network gives for an input, and how it reads it. @throws ShapeError when the input does not suit it */
export function outputOf(layer: Layer, input: Flow): Flow {
  const definition = definitionOf(layer);
  const reads = definition.reads?.(layer.config);
  return { ...definition.output(layer.config, input), ...(reads && { reads }) };
}

/** An input as a network reads it. @throws ArgumentError, ShapeError when it cannot */
export function readFor(layer: Layer, given: Sequences): Sequences {
  const { reads, describe: say } = definitionOf(layer);
  return readAs(reads?.(layer.config), say(layer.config), given);
}

/** What the parameters begin with: the values given, or those drawn from the seed. */
function initialize(
  parameters: ParameterBlock,
  specs: readonly ParameterSpec[],
  seed: number,
  values: ReadonlyMap<string, Tensor> | undefined,
): void {
  for (const { name, shape, initialize: fill } of ownSpecs(specs)) {
    const entry = parameters.find(name);
    const given = values?.get(name);
    if (given === undefined) fill(parameters.values + 4 * entry.offset, shape, randomKey(seed, name));
    else parameters.write(entry, given);
  }
}

/** A table of ranges in the core, and the state of the parameters that it shows. */
export interface Ranges {
  readonly address: number;
  readonly count: number;
  readonly version: number;
  /** The largest factor of the learning rate, and of rate and decay together. */
  readonly mostRate: number;
  readonly mostDecay: number;
}

/**
 * Writes the table of trainable ranges; at most one for each parameter, so that it fits its place for good, and there is
 * always room for one more behind it.
 * @param weightDecay of those whose factor is 1
 */
export function writeRanges(
  parameters: ParameterBlock,
  region: Region,
  weightDecay: number,
  address = region.words((parameters.entries.length + 1) * RANGE_WORDS),
): Ranges {
  const found = parameters.trainable();
  found.forEach(({ start, length, rate, decay }, index) => {
    const word = (address >> 2) + index * RANGE_WORDS;
    ints[word] = start;
    ints[word + 1] = length;
    floats[word + 2] = rate;
    floats[word + 3] = weightDecay * decay;
  });
  const most = (factors: readonly number[]) => Math.max(0, ...factors);
  return {
    address,
    count: found.length,
    version: parameters.rangesVersion,
    mostRate: most(found.map(({ rate }) => rate)),
    mostDecay: most(found.map(({ rate, decay }) => rate * decay)),
  };
}

/** How the rooms above get into a model. */
export interface Door {
  /** @throws StateError when the model was disposed or its sizes are not yet known */
  interior(): Interior;
  /** What the network gives for an input, the sizes known or not. @throws ShapeError when input or states do not fit */
  output(input: Sequences, states?: GivenStates): Flow;
  /** The interior for an input, which makes the sizes known. @throws ShapeError when the input does not fit */
  adapt(input: Sequences): Interior;
}

/** Models of this copy of the library. */
const known = new WeakMap<object, Door>();

/** Makes an object a model. */
export function enroll(model: object, door: Door): void {
  known.set(branded("model", model), door);
}

/**
 * The way into a model.
 * @throws ArgumentError when it is no model, StateError when it belongs to another copy of the library
 */
export function doorOf(model: unknown): Door {
  const door = known.get(model as object);
  if (door !== undefined) return door;
  throw stranger("model", model, "a Model is wanted");
}

/**
 * The interior of a model whose sizes are known.
 * @throws ArgumentError when it is no model, StateError when it belongs to another copy of the library, was disposed, or
 * its sizes are not yet known
 */
export function interiorOf(model: unknown): Interior {
  return doorOf(model).interior();
}
