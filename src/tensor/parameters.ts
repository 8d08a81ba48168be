import { ArgumentError, ShapeError, StateError } from "../errors.js";
import { elements, type Shape, sameShape, show } from "../shape.js";
import { core } from "../wasm/core.js";
import { floats } from "../wasm/memory.js";
import type { Region } from "../wasm/region.js";
import { type Nested, readTensor, Tensor } from "./tensor.js";

/** Writes the initial values of one parameter at an address, from a random key. */
export type Fill = (address: number, shape: Shape, key: readonly [number, number]) => void;

/** One parameter as a layer declares it. */
export interface ParameterSpec {
  /** Name within its layer: `weight_ih`, `bias`. */
  readonly name: string;
  readonly shape: Shape;
  readonly initialize: Fill;
  /** Elements [from, to) that are never trained, as the row of a padding token; left out where there are none. */
  readonly pinned?: readonly [from: number, to: number];
  /** Name of the parameter that it is, where it is none of its own. */
  readonly owner?: string;
  /**
   * Follows that name through the parameters of the whole network, which these are by their names.
   * @throws ArgumentError, ShapeError when it cannot be that
   */
  settle?(all: ReadonlyMap<string, ParameterSpec>): ParameterSpec;
}

/** What a block wants to know of a parameter. */
type Declared = Pick<ParameterSpec, "name" | "shape" | "owner">;

/** Those that have values of their own. */
export function ownSpecs<Spec extends Declared>(specs: readonly Spec[]): Spec[] {
  return specs.filter(({ owner }) => owner === undefined);
}

/** One parameter as a model hands it out: copies only, in and out. */
export interface Parameter {
  /** Path in the model and in files: `rnn.weight_ih_l0`. */
  readonly name: string;
  /** Sizes, outermost first: `weight_hh` of an LSTM is [4 · H, H]. */
  readonly shape: Shape;
  /** Whether training leaves it alone. */
  readonly isFrozen: boolean;
  /** Factors of the learning rate and of the weight decay, as `setRates` gave them; else 1. */
  readonly rate: number;
  /** Factor of the weight decay, as `setRates` gave it; else 1. */
  readonly decay: number;
  /** A copy of the values. */
  read(): Tensor;
  /** Replaces the values. @throws ShapeError, ArgumentError when they do not fit or are not finite */
  write(values: Nested | Tensor): void;
  /** A copy of the gradient accumulated so far. */
  gradient(): Tensor;
}

interface Entry {
  readonly name: string;
  readonly shape: Shape;
  readonly count: number;
  /** Offset in the block, in floats; a multiple of 4. */
  readonly offset: number;
  isFrozen: boolean;
  /** Factors of the learning rate and of the weight decay. */
  rate: number;
  decay: number;
}

/** Floats of a parameter with its padding; not by bit operators, which are wrong beyond 2³¹. */
export function paddedCount({ count }: { readonly count: number }): number {
  return Math.ceil(count / 4) * 4;
}

/** A stretch of the parameter block that an optimizer treats alike. */
export interface Range {
  readonly start: number;
  readonly length: number;
  /** Factors of the learning rate and of the weight decay. */
  readonly rate: number;
  readonly decay: number;
}

/**
 * All parameters of a model: one contiguous, ordered block with a twin for the gradients.
 * Each parameter is padded to 16 bytes; the padding is 0 and stays 0.
 */
export class ParameterBlock {
  /** Those that have values, each once. */
  readonly entries: readonly Entry[];
  /** Those that are another's, by their own names. */
  readonly shared: ReadonlyMap<string, Entry>;
  /** Floats in the block, padding included. */
  readonly length: number;
  /** Address of the values. */
  readonly values: number;
  /** Address of the gradients. */
  readonly gradients: number;
  /** Grows with every change of the values: packed copies compare it. */
  version = 1;
  /** Grows with every freeze and unfreeze, and with every change of rates. */
  rangesVersion = 1;
  readonly #region: Region;

  constructor(specs: readonly Declared[], region: Region) {
    const names = specs.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined)
      throw new ArgumentError(`two parameters would be called "${twice}". Give their layers other names.`);
    let offset = 0;
    this.entries = ownSpecs(specs).map(({ name, shape }) => {
      const entry = { name, shape, count: elements(shape), offset, isFrozen: false, rate: 1, decay: 1 };
      offset += paddedCount(entry);
      return entry;
    });
    const byName = new Map(this.entries.map((entry) => [entry.name, entry]));
    this.shared = new Map(
      specs.flatMap(({ name, owner }) => (owner === undefined ? [] : [[name, byName.get(owner) as Entry]])),
    );
    this.length = offset;
    this.#region = region;
    this.values = this.newSlot();
    this.gradients = this.newSlot();
  }

  /** Address of a further twin block of zeros, living as long as the parameters. */
  newSlot(region: Region = this.#region): number {
    return region.words(Math.max(4, this.length));
  }

  /** Number of parameters without the padding. */
  get count(): number {
    return this.entries.reduce((sum, entry) => sum + entry.count, 0);
  }

  find(name: string): Entry {
    const entry = this.entries.find((candidate) => candidate.name === name) ?? this.shared.get(name);
    if (entry === undefined) {
      const names = this.entries.map((candidate) => candidate.name).join(", ");
      throw new ArgumentError(`the model has no parameter "${name}". It has ${names}.`);
    }
    return entry;
  }

  /** Copy of one parameter from any twin block. */
  copy(entry: Entry, block: number): Tensor {
    this.#requireLife();
    const start = (block >> 2) + entry.offset;
    return new Tensor(floats.slice(start, start + entry.count), entry.shape);
  }

  /** Replaces one parameter's values in any twin block. */
  write(entry: Entry, values: Nested | Tensor, block = this.values): void {
    this.#requireLife();
    const isFlat = values instanceof Float32Array && values.length === entry.count;
    const given = readTensor(`parameter "${entry.name}"`, values, isFlat ? entry.shape : undefined);
    if (!sameShape(given.shape, entry.shape)) {
      throw new ShapeError(
        `parameter "${entry.name}" has shape ${show(entry.shape)} but received ${show(given.shape)}.`,
      );
    }
    const bad = given.data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new ArgumentError(
        `parameter "${entry.name}" wants finite values, received ${given.data[bad]} at position ${bad}.`,
      );
    floats.set(given.data, (block >> 2) + entry.offset);
    this.version++;
  }

  /** The parameters as users see them. */
  handles(): Parameter[] {
    return this.entries.map((entry) => ({
      name: entry.name,
      shape: entry.shape,
      get isFrozen() {
        return entry.isFrozen;
      },
      get rate() {
        return entry.rate;
      },
      get decay() {
        return entry.decay;
      },
      read: () => this.copy(entry, this.values),
      write: (values) => this.write(entry, values),
      gradient: () => this.copy(entry, this.gradients),
    }));
  }

  /** The parameters at a path: one, or all below a layer. @throws ArgumentError when there is nothing */
  at(path: string): Entry[] {
    const isThere = (name: string) => name === path || name.startsWith(`${path}.`);
    const found = new Set(this.entries.filter(({ name }) => isThere(name)));
    for (const [name, entry] of this.shared) if (isThere(name)) found.add(entry);
    return found.size === 0 ? [this.find(path)] : [...found];
  }

  /** Freezes or thaws the parameters at a path. @throws ArgumentError when there is nothing */
  setFrozen(path: string, isFrozen: boolean): void {
    for (const entry of this.at(path)) entry.isFrozen = isFrozen;
    this.rangesVersion++;
  }

  /** The factors that are not 1: name, rate, decay. */
  rates(): (readonly [name: string, rate: number, decay: number])[] {
    return this.entries
      .filter(({ rate, decay }) => rate !== 1 || decay !== 1)
      .map(({ name, rate, decay }) => [name, rate, decay] as const);
  }

  /** The stretches that training may change, as few as possible. */
  trainable(): Range[] {
    const ranges: { start: number; length: number; rate: number; decay: number }[] = [];
    for (const entry of this.entries) {
      if (entry.isFrozen) continue;
      const { offset: start, rate, decay } = entry;
      const length = paddedCount(entry);
      const last = ranges[ranges.length - 1];
      const isAlike = last?.rate === rate && last.decay === decay;
      if (isAlike && last.start + last.length === start) last.length += length;
      else ranges.push({ start, length, rate, decay });
    }
    return ranges;
  }

  /** Sets all gradients to 0. */
  clearGradients(): void {
    core().clear(this.gradients, 4 * this.length);
  }

  #requireLife(): void {
    if (this.#region.isDisposed) throw new StateError("this parameter belongs to a model that was disposed.");
  }
}
