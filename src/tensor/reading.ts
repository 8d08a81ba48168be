import { ints } from "../wasm/memory.js";
import type { Region } from "../wasm/region.js";
import type { Layout } from "./layout.js";

/**
 * How a recurrent layer reads the rows of a batch where it does not take them as they lie: from the end of each sequence,
 * without the masked steps, or both. The rows it takes have a layout of their own.
 */
export class Reading {
  readonly batch: Layout;
  /** Layout of the rows taken: the batch's own, or that of the steps that count. */
  readonly layout: Layout;
  /** Address of i32 [rows taken]: the row of the batch that each of them is. */
  readonly taken: number;
  /** Address of i32 [rows]: where each row went, −1 where it is masked. */
  readonly place: number;
  /** Address of i32 [rows]: the row taken whose output each row shows, −1 where none came before it. */
  readonly shown: number;
  readonly #isReversed: boolean;
  #seen = -1;

  constructor(outer: Layout, isReversed: boolean, region: Region) {
    this.batch = outer;
    this.#isReversed = isReversed;
    const { rows } = outer.capacity;
    this.taken = region.words(rows);
    // Without a mask the three are one permutation, which is its own inverse.
    this.place = outer.mask === undefined ? this.taken : region.words(rows);
    this.shown = outer.mask === undefined ? this.taken : region.words(rows);
    this.layout = outer.mask?.kept ?? outer;
  }

  /** Place of a sequence among those read, by its rank in the batch. */
  rank(rank: number): number {
    return this.batch.mask === undefined ? rank : (this.batch.mask.rank[rank] as number);
  }

  /** Takes over the batch's present layout. */
  refresh(): void {
    const version = this.batch.mask?.version ?? this.batch.version;
    if (this.#seen === version) return;
    this.#seen = version;
    for (let rank = 0; rank < this.batch.sequences; rank++) this.#readSequence(rank);
  }

  /** The row of a sequence at a step in the order of reading. */
  row(rank: number, step: number): number {
    const length = this.batch.lengths[rank] as number;
    return this.batch.firstRow(this.#isReversed ? length - 1 - step : step) + rank;
  }

  /** Steps that a sequence is read through before the first that counts: they show the state it began with. */
  leading(rank: number): number {
    if (this.batch.mask === undefined) return 0;
    const length = this.batch.lengths[rank] as number;
    let step = 0;
    while (step < length && (ints[(this.place >> 2) + this.row(rank, step)] as number) < 0) step++;
    return step;
  }

  #readSequence(rank: number): void {
    const { lengths, mask } = this.batch;
    const [taken, place, shown] = [this.taken >> 2, this.place >> 2, this.shown >> 2];
    const inner = this.rank(rank);
    let [count, last] = [0, -1];
    for (let step = 0; step < (lengths[rank] as number); step++) {
      const row = this.row(rank, step);
      const isKept = mask === undefined || mask.keeps(row);
      if (isKept) {
        last = this.layout.firstRow(count++) + inner;
        ints[taken + last] = row;
      }
      ints[place + row] = isKept ? last : -1;
      ints[shown + row] = last;
    }
  }
}
