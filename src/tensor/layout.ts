import { ints } from "../wasm/memory.js";
import type { Region } from "../wasm/region.js";

/** The most a plan can hold: sequences side by side, time steps, and rows (steps of all sequences together). */
export interface Capacity {
  readonly sequences: number;
  readonly steps: number;
  readonly rows: number;
}

/**
 * Where the rows of a batch lie: sequences sorted by falling length, packed step by step. Nothing is padded.
 * `rank` is a sequence's place after sorting, `order[rank]` the caller's number for it.
 */
export class Layout {
  readonly capacity: Capacity;
  /** Address of i32 [steps + 1]: first row of each step; the last entry is the number of rows. */
  readonly first: number;
  readonly order: Int32Array;
  /** Lengths by rank. */
  readonly lengths: Int32Array;
  sequences = 0;
  steps = 0;
  rows = 0;
  /** Grows with every batch: what is derived from a layout compares it. */
  version = 0;
  readonly #region: Region;
  #perSequence: Layout | undefined;

  constructor(capacity: Capacity, region: Region) {
    this.capacity = capacity;
    this.#region = region;
    this.first = region.words(capacity.steps + 1);
    this.order = new Int32Array(capacity.sequences);
    this.lengths = new Int32Array(capacity.sequences);
  }

  /** Lays out a batch, all of whose sequences have the same length. */
  assignEqual(sequences: number, steps: number): void {
    if (sequences === this.sequences && steps === this.steps && sequences * steps === this.rows && this.version > 0)
      return;
    for (let rank = 0; rank < sequences; rank++) {
      this.order[rank] = rank;
      this.lengths[rank] = steps;
    }
    for (let step = 0; step <= steps; step++) ints[(this.first >> 2) + step] = step * sequences;
    this.#finish(sequences, steps, sequences * steps);
  }

  /** Lays out a batch of sequences of any lengths, empty ones included; equal lengths keep the caller's order. */
  assign(lengths: ArrayLike<number>): void {
    const sequences = lengths.length;
    const byLength = Array.from(lengths, (_, index) => index);
    byLength.sort((a, b) => (lengths[b] as number) - (lengths[a] as number) || a - b);
    for (let rank = 0; rank < sequences; rank++) {
      this.order[rank] = byLength[rank] as number;
      this.lengths[rank] = lengths[byLength[rank] as number] as number;
    }
    const steps = sequences === 0 ? 0 : (this.lengths[0] as number);
    let row = 0;
    let active = sequences;
    for (let step = 0; step < steps; step++) {
      while ((this.lengths[active - 1] as number) <= step) active--;
      ints[(this.first >> 2) + step] = row;
      row += active;
    }
    ints[(this.first >> 2) + steps] = row;
    this.#finish(sequences, steps, row);
  }

  #finish(sequences: number, steps: number, rows: number): void {
    this.sequences = sequences;
    this.steps = steps;
    this.rows = rows;
    this.version++;
    this.#perSequence?.assignOnePer(this);
  }

  /** First row of a step. */
  firstRow(step: number): number {
    return ints[(this.first >> 2) + step] as number;
  }

  /** Row of a sequence's last step, −1 for an empty sequence. */
  lastRow(rank: number): number {
    const length = this.lengths[rank] as number;
    return length === 0 ? -1 : this.firstRow(length - 1) + rank;
  }

  /** The layout of one row a sequence, in the same order: what `lastStep` and its kin give. */
  perSequence(): Layout {
    if (this.#perSequence === undefined) {
      const { sequences } = this.capacity;
      this.#perSequence = new Layout({ sequences, steps: 1, rows: sequences }, this.#region);
      if (this.version > 0) this.#perSequence.assignOnePer(this);
    }
    return this.#perSequence;
  }

  /** One row for each sequence of another layout, empty ones included. */
  assignOnePer(other: Layout): void {
    this.order.set(other.order);
    this.lengths.fill(1, 0, other.sequences);
    ints[this.first >> 2] = 0;
    ints[(this.first >> 2) + 1] = other.sequences;
    this.#finish(other.sequences, 1, other.sequences);
  }
}
