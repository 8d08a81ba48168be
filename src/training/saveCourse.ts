import type { Dataset } from "../data/dataset.js";
import { fingerprint } from "../data/fingerprint.js";
import { ArgumentError, StateError } from "../errors.js";
import { writeSafetensors } from "../formats/safetensors.js";
import { FORMAT } from "../models/model.js";
import { describe } from "../shape.js";
import { Hash } from "../tensor/hash.js";
import { Tensor } from "../tensor/tensor.js";
import type { Course } from "./course.js";
import { MEMORY } from "./optimizer.js";
import type { TruncatedWindow } from "./truncatedWindow.js";
import type { WeightAverage } from "./weightAverage.js";

/** Name of a file's kind in its metadata. */
export const KIND = "trainer";

/** The tensors of a trainer's file: under which names, and in which blocks of the core they lie. */
export interface SavedNames {
  slot(slot: string, parameter: string): string;
  best(parameter: string): string;
  average(parameter: string): string;
  carried(layer: number): string;
  window(block: number): string;
}

export const names: SavedNames = {
  slot: (slot, parameter) => `optimizer.${slot}.${parameter}`,
  best: (parameter) => `best.${parameter}`,
  average: (parameter) => `average.${parameter}`,
  carried: (layer) => `carried.${layer}`,
  window: (block) => `window.${block}`,
};

/** A number as JSON holds it: what is not finite as a text. */
export type PlainNumber = number | string;

/** What a trainer's file says beside its tensors. */
export interface TrainerContent {
  readonly network: unknown;
  readonly inputSize: number;
  /** The model's seed, and how many batches have drawn random numbers from it. */
  readonly seed: number;
  readonly draws: number;
  readonly frozen: readonly string[];
  /** Parameters with a rate or a decay of their own: name, factor of the rate, factor of the decay. */
  readonly rates: readonly (readonly [name: string, rate: number, decay: number])[];
  /** Null for a function of the user's own. */
  readonly loss: Described | null;
  readonly optimizer: Described & { readonly updates: number; readonly numbers: readonly number[] };
  readonly schedule: (Described & { readonly numbers: readonly number[] }) | null;
  readonly averaging: Described | null;
  readonly settings: {
    readonly epochs: number | null;
    readonly batchSize: number;
    readonly accumulate: number;
    readonly shuffle: boolean;
    readonly seed: number;
    /** One of the three: null for gradients that are left as they are. */
    readonly clipNorm?: number | null;
    readonly clipValue?: number;
    readonly clipParameterNorm?: number;
    readonly carryState: boolean;
    readonly truncate: { readonly every: number; readonly window: number } | null;
    readonly patience: number | null;
    readonly leastImprovement: number;
  };
  /** Fingerprint of the data, and the share or the fingerprint of the validation data. */
  readonly data: string;
  readonly validation: number | string | null;
  readonly standing: {
    readonly seen: number;
    readonly sum: number;
    readonly losses: readonly number[];
    readonly validationLosses: readonly PlainNumber[];
    readonly gradientNorm: number;
    readonly loss: number;
    readonly learningRate: number;
    readonly stopped: string | null;
  };
  /** Of sequences under way: their steps that are done, and which batch's noise they have. */
  readonly window: { readonly steps: number; readonly draws: number } | null;
  readonly stopping: { readonly least: number | null; readonly mark: number | null; readonly since: number };
  readonly extras: Readonly<Record<string, unknown>>;
}

/** Something with a name and options, as a file keeps it. */
export interface Described {
  readonly name: string;
  readonly options: object;
}

/** A course as one file. @throws StateError in the middle of an update */
export function saveCourse(course: Course, data: Dataset, extras: Readonly<Record<string, unknown>>) {
  requireBetween(course);
  const tensors = tensorsOf(course);
  const text = JSON.stringify({ format: FORMAT, kind: KIND, ...contentOf(course, data, extras) });
  return writeSafetensors(tensors, { recurve: text, checksum: checksum(text, tensors) });
}

/** @throws StateError in the middle of an update, or while the validation data see averaged weights */
export function requireBetween({ interior, average, standing, isEnding }: Course): void {
  if (
    isEnding ||
    interior.updating !== undefined ||
    interior.isLent ||
    (average?.isSwapped && standing.stopped === undefined)
  )
    throw new StateError("a training is saved between updates, not in the middle of one.");
}

/** Damage anywhere in the text, in a name or in a value shows in it. */
export function checksum(text: string, tensors: ReadonlyMap<string, Tensor>): string {
  const hash = new Hash().text(text);
  for (const [name, { data }] of tensors) hash.text(name).floats(data);
  return hash.hex;
}

function tensorsOf({ interior, optimizer, stopping, average, carried, window }: Course): Map<string, Tensor> {
  const { parameters } = interior;
  const { rule, slots } = optimizer[MEMORY];
  const tensors = new Map<string, Tensor>();
  for (const entry of parameters.entries) tensors.set(entry.name, parameters.copy(entry, parameters.values));
  rule.slots.forEach((slot, index) => {
    for (const entry of parameters.entries)
      tensors.set(names.slot(slot, entry.name), parameters.copy(entry, slots[index] as number));
  });
  for (const entry of average === undefined ? [] : parameters.entries)
    tensors.set(names.average(entry.name), parameters.copy(entry, (average as WeightAverage).address));
  const { best } = stopping;
  for (const { name, shape, offset, count } of best === undefined ? [] : parameters.entries)
    tensors.set(names.best(name), new Tensor((best as Float32Array).slice(offset, offset + count), shape));
  const add = (name: string, row: Float32Array) => void tensors.set(name, new Tensor(row, [row.length]));
  carried?.states.forEach((row, layer) => add(names.carried(layer), row));
  if (isUnderWay(window)) window.rows.forEach((row, block) => add(names.window(block), row));
  return tensors;
}

/** Whether there are sequences of which some steps are done. */
function isUnderWay(window: Course["window"]): window is TruncatedWindow {
  return window !== undefined && window.steps > 0;
}

function contentOf(course: Course, data: Dataset, extras: Readonly<Record<string, unknown>>): TrainerContent {
  const { interior, settings, optimizer, stopping, standing, validation, window } = course;
  const { rule, updates } = optimizer[MEMORY];
  const numbers = course.schedule?.numbers ?? [];
  const { loss, schedule, averaging, epochs, batchSize, accumulate, shuffle, seed, clip } = settings;
  const { carryState, truncate, patience, leastImprovement } = settings;
  return {
    network: interior.layer,
    inputSize: interior.inputSize,
    seed: interior.draws.seed,
    draws: interior.draws.count,
    frozen: interior.parameters.entries.filter(({ isFrozen }) => isFrozen).map(({ name }) => name),
    rates: interior.parameters.rates(),
    loss: typeof loss === "function" ? null : { name: loss.name, options: loss.options },
    optimizer: { name: rule.name, options: rule.options, updates, numbers: optimizer[MEMORY].numbers },
    schedule: schedule === undefined ? null : { name: schedule.name, options: schedule.options, numbers },
    averaging: averaging === undefined ? null : { name: averaging.name, options: averaging.options },
    settings: {
      ...{ epochs: epochs ?? null, batchSize, accumulate, shuffle, seed, carryState },
      ...{ patience: patience ?? null, leastImprovement },
      ...(clip.most < Infinity ? { [clip.kind.option]: clip.most } : { clipNorm: null }),
      truncate: truncate === undefined ? null : { every: truncate.every, window: truncate.window },
    },
    data: fingerprint(data),
    validation:
      typeof settings.validation === "number" ? settings.validation : validation ? fingerprint(validation) : null,
    standing: {
      ...standing,
      validationLosses: standing.validationLosses.map((value) => (Number.isFinite(value) ? value : String(value))),
      stopped: standing.stopped ?? null,
    },
    window: isUnderWay(window) ? { steps: window.steps, draws: window.draws } : null,
    stopping: stopping.state,
    extras,
  };
}

/** @throws ArgumentError when two tensors of the file would have one name: now, not after hours of training */
export function requireNames({ interior, optimizer, average }: Course): void {
  const own = new Set(interior.parameters.entries.map(({ name }) => name));
  for (const name of own) {
    const slots = optimizer[MEMORY].rule.slots.map((slot) => names.slot(slot, name));
    const others = [names.best(name), ...(average === undefined ? [] : [names.average(name)]), ...slots];
    const twice = others.find((other) => own.has(other));
    if (twice !== undefined)
      throw new ArgumentError(`the trainer's file needs the name "${twice}" twice. Give the layer another name.`);
  }
}

/** A copy that is plain JSON. @param owner what it is, for messages @throws ArgumentError when JSON cannot hold it without loss */
export function plain(owner: string, given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new ArgumentError(`${owner} must be an object of names and values, received ${describe(given)}.`);
  function check(this: unknown, key: string, value: unknown) {
    const isLost = typeof value === "number" ? !Number.isFinite(value) : /function|symbol|bigint/.test(typeof value);
    const isHole = value === undefined && Array.isArray(this);
    if (isLost || isHole || ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set)
      throw new ArgumentError(`${owner} are kept as JSON, which cannot hold ${describe(value)} in "${key}".`);
    return value;
  }
  try {
    return JSON.parse(JSON.stringify(given, check)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof ArgumentError) throw error;
    throw new ArgumentError(`${owner} must be plain JSON: ${(error as Error).message}`);
  }
}
