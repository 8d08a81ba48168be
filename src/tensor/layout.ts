import { ints } from "../wasm/memory.js";
import type { Region } from "../wasm/region.js";
import { Reading } from "./reading.js";
import { StepMask } from "./stepMask.js";

/** The most a plan can hold: sequences side by side, time steps, and rows (steps of all sequences together). */
export interface Capacity {
  readonly sequences: number;
  readonly steps: number;
  readonly rows: number;
}

/** Memory of one row for each row of a layout, whose values are needed on the way back. */
export interface RowBlock {
  readonly address: number;
  readonly stride: number;
  /** Whether gradients take the values' place on the way back. */
  readonly isOverwritten: boolean;
}

/**
 * Where the rows of a batch lie: sequences sorted by falling length, packed step by step. Nothing is padded.
 * `rank` is a sequence's place after sorting, `order[rank]` the caller's number for it.
 *
 * A layout can also be a window over sequences longer than its capacity: `open` sorts them, `show` says which of their steps
 * the rows are. Order and ranks are those of the whole.
 */
export class Layout {
  readonly capacity: Capacity;
  /** Address of i32 [steps + 1]: first row of each step; the last entry is the number of rows. */
  readonly first: number;
  readonly order: Int32Array;
  /** Lengths by rank. */
  readonly lengths: Int32Array;
  /** Which steps count, in a layout made for batches with a mask. */
  readonly mask: StepMask | undefined;
  sequences = 0;
  steps = 0;
  rows = 0;
  /** The sequences' step that step 0 is; above 0 in a window that has moved on. */
  offset = 0;
  /** What a window takes along as it moves on. */
  readonly blocks: RowBlock[] = [];
  /** Grows with every batch: what is derived from a layout compares it. */
  version = 0;
  readonly #region: Region;
  /** Lengths by rank of the sequences as a whole. */
  readonly #whole: Int32Array;
  /** A number a sequence, the smaller the longer it is, then by its place: sorting numbers leaves no garbage. */
  readonly #keys: Float64Array;
  #perSequence: Layout | undefined;
  readonly #readings: (Reading | undefined)[] = [];

  constructor(capacity: Capacity, region: Region, isMasked = false) {
    this.capacity = capacity;
    this.#region = region;
    this.first = region.words(capacity.steps + 1);
    this.order = new Int32Array(capacity.sequences);
    this.lengths = new Int32Array(capacity.sequences);
    this.#whole = new Int32Array(capacity.sequences);
    this.#keys = new Float64Array(capacity.sequences);
    this.mask = isMasked ? new StepMask(this, new Layout(capacity, region)) : undefined;
  }

  /** Takes note of memory of one row for each row of this layout. @returns its address */
  keep(address: number, stride: number, isOverwritten = false): number {
    this.blocks.push({ address, stride, isOverwritten });
    return address;
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

  /**
   * Lays out a batch of sequences of any lengths, empty ones included; equal lengths keep the caller's order.
   * @param examples which of the lengths are the batch's; default all
   */
  assign(lengths: ArrayLike<number>, examples?: ArrayLike<number>): void {
    this.show(0, this.open(lengths, examples));
  }

  /**
   * Sorts the sequences of a batch, of which `show` then shows some steps.
   * @returns the length of the longest
   */
  open(lengths: ArrayLike<number>, examples?: ArrayLike<number>): number {
    const { length } = examples ?? lengths;
    const keys = this.#keys.fill(Infinity);
    for (let index = 0; index < length; index++)
      keys[index] = index - length * (lengths[examples === undefined ? index : (examples[index] as number)] as number);
    keys.sort();
    this.sequences = length;
    for (let rank = 0; rank < length; rank++) {
      const key = keys[rank] as number;
      const whole = -Math.floor(key / length);
      this.order[rank] = key + length * whole;
      this.#whole[rank] = whole;
    }
    return this.#whole[0] ?? 0;
  }

  /** Lays out the steps from … to − 1 of the sequences that were opened; one that has ended keeps its rank, without rows. */
  show(from: number, to: number): void {
    const { sequences } = this;
    for (let rank = 0; rank < sequences; rank++)
      this.lengths[rank] = Math.max(0, Math.min(this.#whole[rank] as number, to) - from);
    const steps = sequences === 0 ? 0 : (this.lengths[0] as number);
    let row = 0;
    let active = sequences;
    for (let step = 0; step < steps; step++) {
      while ((this.lengths[active - 1] as number) <= step) active--;
      ints[(this.first >> 2) + step] = row;
      row += active;
    }
    ints[(this.first >> 2) + steps] = row;
    this.offset = from;
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

  /** Row of a sequence's last step that counts, −1 where none does. */
  lastRow(rank: number): number {
    for (let step = this.lengths[rank] as number; step-- > 0; ) {
      const row = this.firstRow(step) + rank;
      if (this.mask?.keeps(row) ?? true) return row;
    }
    return -1;
  }

  /** How a recurrent layer of a direction reads the rows; `undefined` where it takes them as they lie. */
  reading(isReversed: boolean): Reading | undefined {
    if (!isReversed && this.mask === undefined) return undefined;
    const index = isReversed ? 1 : 0;
    this.#readings[index] ??= new Reading(this, isReversed, this.#region);
    return this.#readings[index];
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
