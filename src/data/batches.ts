import { ArgumentError } from "../errors.js";
import { requireFlag, requireInteger, requireKnownOptions } from "../shape.js";
import type { Layout } from "../tensor/layout.js";
import type { Rows } from "../tensor/rows.js";
import { DEFAULT_SEED, randomKey } from "../tensor/seed.js";
import { core } from "../wasm/core.js";
import { floats, ints } from "../wasm/memory.js";
import { Region } from "../wasm/region.js";
import { type Data, type Dataset, dataset } from "./dataset.js";
import type { Sequences } from "./sequences.js";

/** How examples are grouped. */
export interface BatchOptions {
  /** Sequences side by side; default 32. */
  readonly batchSize?: number;
  /** Whether the order is drawn anew; default false. */
  readonly shuffle?: boolean;
  /** Seed of the order; default 1. */
  readonly seed?: number;
  /** Which pass over the data this is: each has its own order. Default 0. */
  readonly epoch?: number;
}

/** Some examples of a dataset, by number. */
export class Batch {
  /** The whole dataset; only `examples` of it are in the batch. */
  readonly data: Dataset;
  /** Numbers of the examples, in the caller's order. */
  readonly examples: Int32Array;

  constructor(data: Dataset, examples: Int32Array) {
    this.data = data;
    this.examples = examples;
  }
}

/**
 * The examples in groups of `batchSize`, each once; the last group may be smaller.
 *
 * @example
 * for (const batch of batches(data, { batchSize: 32, shuffle: true, seed: 7 })) backpropagate(model, batch, meanSquaredError);
 * @throws ArgumentError, ShapeError when the data or the options do not fit
 */
export function batches(data: Data | Dataset, options: BatchOptions = {}): Iterable<Batch> {
  requireKnownOptions("batches", options, ["batchSize", "shuffle", "seed", "epoch"]);
  const examples = dataset(data);
  const batchSize = requireInteger("batchSize", options.batchSize ?? 32);
  const order = exampleOrder(examples.count, options);
  return {
    *[Symbol.iterator]() {
      for (let from = 0; from < order.length; from += batchSize)
        yield new Batch(examples, order.subarray(from, from + batchSize));
    },
  };
}

/** The batch at a place in an order: in the room of the last one where that is as large, so that nothing is allocated. */
export function nextBatch(
  data: Dataset,
  order: Int32Array,
  from: number,
  batchSize: number,
  last: Batch | undefined,
): Batch {
  const count = Math.min(batchSize, order.length - from);
  const batch = last?.examples.length === count ? last : new Batch(data, new Int32Array(count));
  for (let index = 0; index < count; index++) batch.examples[index] = order[from + index] as number;
  return batch;
}

/** The order in which a pass visits the examples: theirs, or one drawn from (seed, epoch). */
export function exampleOrder(count: number, options: BatchOptions): Int32Array {
  const { shuffle = false, seed = DEFAULT_SEED, epoch = 0 } = options;
  requireFlag("shuffle", shuffle);
  requireInteger("epoch", epoch, 0);
  const key = randomKey(seed, "shuffle");
  if (!shuffle) return inOrder(count);
  const region = new Region();
  try {
    const address = region.words(count);
    core().fillPermutation(address, count, key[0], key[1], epoch);
    return ints.slice(address >> 2, (address >> 2) + count);
  } finally {
    region.dispose();
  }
}

/** 0, 1, 2 … */
export function inOrder(count: number): Int32Array {
  const order = new Int32Array(count);
  for (let index = 0; index < count; index++) order[index] = index;
  return order;
}

/** A batch of everything, or of the examples given. */
export function asBatch(given: Batch | Data | Dataset): Batch {
  if (given instanceof Batch) return given;
  const examples = dataset(given);
  return new Batch(examples, inOrder(examples.count));
}

/** Lays out the examples' lengths, and their mask where the layout is made for one. */
export function layOut(layout: Layout, { lengths }: Sequences, examples: Int32Array, mask?: Sequences): void {
  const first = lengths[examples[0] as number] as number;
  let isEqual = true;
  for (let index = 1; index < examples.length && isEqual; index++)
    isEqual = lengths[examples[index] as number] === first;
  if (isEqual) layout.assignEqual(examples.length, first);
  else layout.assign(lengths, examples);
  if (mask === undefined) return;
  const { values, starts } = mask;
  layout.mask?.assign((sequence, step) => values[(starts[examples[sequence] as number] as number) + step] === 1);
}

/**
 * The one transposition: sequences, batch first, into packed rows.
 * @param first the step of the layout to begin with
 */
export function writeRows(rows: Rows, { values, starts, width }: Sequences, examples: Int32Array, first = 0): void {
  const { layout, address, stride } = rows;
  const { sequences, order, lengths, offset } = layout;
  const [base, step] = [address >> 2, stride >> 2];
  // An imported binding is read anew at every use.
  const [memory, places, table] = [floats, ints, layout.first >> 2];
  for (let rank = 0; rank < sequences; rank++) {
    let from = (starts[examples[order[rank] as number] as number] as number) + (offset + first) * width;
    const end = table + (lengths[rank] as number);
    for (let time = table + first; time < end; time++) {
      const to = base + ((places[time] as number) + rank) * step;
      for (let feature = 0; feature < width; feature++) memory[to + feature] = values[from + feature] as number;
      from += width;
    }
  }
}

/** And back: packed rows into [batch, steps, width], zeros beyond each sequence's end. */
export function readRows(rows: Rows, gradient = false): Float32Array {
  const { sequences, steps } = rows.layout;
  const values = new Float32Array(sequences * steps * rows.width);
  readRowsInto(values, 0, steps * rows.width, rows, gradient);
  return values;
}

/** The same into an array, sequence s from `start + s · apart` on; what lies beyond a sequence's end is left alone. */
export function readRowsInto(values: Float32Array, start: number, apart: number, rows: Rows, gradient = false): void {
  const { layout, width } = rows;
  const step = (gradient ? rows.gradientStride : rows.stride) >> 2;
  const base = (gradient ? rows.gradient : rows.address) >> 2;
  // An imported binding is read anew at every use.
  const memory = floats;
  for (let rank = 0; rank < layout.sequences; rank++) {
    let to = start + (layout.order[rank] as number) * apart;
    const length = layout.lengths[rank] as number;
    for (let time = 0; time < length; time++) {
      let from = base + (layout.firstRow(time) + rank) * step;
      for (const end = from + width; from < end; from++, to++) values[to] = memory[from] as number;
    }
  }
}

/**
 * [batch, steps, width] into the gradient rows; what lies beyond a sequence's end is not looked at.
 * @throws ArgumentError when a value is not finite
 */
export function writeGradientRows(rows: Rows, values: Float32Array): void {
  const { layout, width } = rows;
  for (let rank = 0; rank < layout.sequences; rank++) {
    let from = (layout.order[rank] as number) * layout.steps * width;
    for (let time = 0; time < (layout.lengths[rank] as number); time++) {
      let to = (rows.gradient >> 2) + (layout.firstRow(time) + rank) * (rows.gradientStride >> 2);
      for (const end = from + width; from < end; from++, to++) {
        const value = values[from] as number;
        if (!Number.isFinite(value)) {
          const place = `sequence ${layout.order[rank]}, step ${time}, feature ${width - (end - from)}`;
          throw new ArgumentError(`the gradient of a loss function must be finite, received ${value} in ${place}.`);
        }
        floats[to] = value;
      }
    }
  }
}
