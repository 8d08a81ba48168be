import { ArgumentError, StateError } from "../errors.js";
import { definitionOf, type Flow, type Layer } from "../layers/layer.js";
import { describe } from "../shape.js";
import type { Capacity } from "../tensor/layout.js";
import { ParameterBlock, type ParameterSpec } from "../tensor/parameters.js";
import { randomKey } from "../tensor/seed.js";
import type { Tensor } from "../tensor/tensor.js";
import { floats, ints } from "../wasm/memory.js";
import { disposeWith, forget, Region } from "../wasm/region.js";
import { Plan } from "./plan.js";

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
  /** Whether a training run owns the model at the moment. */
  isBusy = false;
  #training: Plan | undefined;
  #predicting: Plan | undefined;
  #ranges = { address: 0, count: 0, version: 0 };

  /** @param values what the parameters begin with, by name; left out, they are drawn from the seed */
  constructor(owner: object, layer: Layer, inputSize: number, seed: number, values?: ReadonlyMap<string, Tensor>) {
    this.layer = layer;
    this.inputSize = inputSize;
    const input: Flow = { width: inputSize, each: "step" };
    this.output = definitionOf(layer).output(layer.config, input);
    const specs = parameterTree(layer, input);
    this.parameters = new ParameterBlock(specs, this.region);
    disposeWith(owner, this.region);
    this.parameters.entries.forEach((entry, index) => {
      const given = values?.get(entry.name);
      if (given !== undefined) return this.parameters.write(entry, given);
      const spec = specs[index] as ParameterSpec;
      spec.initialize(this.parameters.values + 4 * entry.offset, spec.shape, randomKey(seed, spec.name));
    });
  }

  /** A plan that holds a batch: the present one, or a larger one in its place. */
  plan(training: boolean, needed: Capacity): Plan {
    const present = training ? this.#training : this.#predicting;
    if (present?.holds(needed)) return present;
    const old = present?.capacity ?? { sequences: 1, steps: 1, rows: 1 };
    const sequences = Math.max(old.sequences, needed.sequences);
    const steps = Math.max(old.steps, needed.steps);
    const rows = Math.max(old.rows, needed.rows, 1);
    present?.region.dispose();
    const plan = new Plan(this.layer, this.inputSize, this.parameters, training, { sequences, steps, rows }, this.region);
    if (training) this.#training = plan;
    else this.#predicting = plan;
    return plan;
  }

  /** The table of trainable ranges, each at the full rate and without decay. */
  ranges(): { readonly address: number; readonly count: number } {
    if (this.#ranges.version !== this.parameters.rangesVersion) {
      const table = writeRanges(this.parameters, this.region, 0);
      this.#ranges = { ...table, version: this.parameters.rangesVersion };
    }
    return this.#ranges;
  }

  dispose(): void {
    forget(this.region);
    this.region.dispose();
  }
}

/** A new table of the trainable ranges. */
export function writeRanges(parameters: ParameterBlock, region: Region, decay: number): { address: number; count: number } {
  const found = parameters.trainable();
  const address = region.words(Math.max(1, found.length) * RANGE_WORDS);
  found.forEach(({ start, length }, index) => {
    const word = (address >> 2) + index * RANGE_WORDS;
    ints[word] = start;
    ints[word + 1] = length;
    floats[word + 2] = 1;
    floats[word + 3] = decay;
  });
  return { address, count: found.length };
}

/** The parameters of a network, named by their paths. */
export function parameterTree(layer: Layer, input: Flow, prefix = ""): ParameterSpec[] {
  const definition = definitionOf(layer);
  const own = definition.parameters(layer.config, input).map((spec) => ({ ...spec, name: prefix + spec.name }));
  const children = definition.children?.(layer.config, input) ?? [];
  return [...own, ...children.flatMap((child) => parameterTree(child.layer, child.input, `${prefix}${child.path}.`))];
}

/** How the rooms above get into a model. */
export interface Door {
  /** @throws StateError when the model was disposed or its sizes are not yet known */
  interior(): Interior;
  /** The same for data of a width, which makes the sizes known. @throws ShapeError when the width is another */
  adapt(width: number): Interior;
}

/** Models of this copy of the library. */
const known = new WeakMap<object, Door>();
const BRAND = Symbol.for("recurve.model.v1");

/** Makes an object a model. */
export function enroll(model: object, door: Door): void {
  Object.defineProperty(model, BRAND, { value: true });
  known.set(model, door);
}

/**
 * The interior of a model; for data of `width` features a step, if that is told.
 * @throws ArgumentError when it is no model, StateError when it belongs to another copy of the library, was disposed, or
 * its sizes are not yet known
 */
export function interiorOf(model: unknown, width?: number): Interior {
  const isObject = typeof model === "object" && model !== null;
  const door = isObject ? known.get(model) : undefined;
  if (door !== undefined) return width === undefined ? door.interior() : door.adapt(width);
  if (isObject && BRAND in model) {
    throw new StateError("this model was made by another copy of recurve (ESM and CommonJS loaded side by side?). Load one copy only.");
  }
  throw new ArgumentError(`a Model is wanted, received ${describe(model)}.`);
}
