import type { Layout } from "./layout.js";

/** Which steps of a batch count, where some do not: a recurrent layer passes over the others. */
export class StepMask {
  /** Layout of the steps that count alone, sorted by their numbers. */
  readonly kept: Layout;
  /** Place of each sequence in it, by its rank in the batch. */
  readonly rank: Int32Array;
  /** Grows with every batch. */
  version = 0;
  readonly #outer: Layout;
  readonly #flags: Uint8Array;

  constructor(outer: Layout, kept: Layout) {
    this.#outer = outer;
    this.kept = kept;
    this.rank = new Int32Array(outer.capacity.sequences);
    this.#flags = new Uint8Array(outer.capacity.rows);
  }

  /** Whether a row of the batch counts. */
  keeps(row: number): boolean {
    return this.#flags[row] === 1;
  }

  /** Takes over the mask of the batch that was just laid out. @param counts by the caller's number of a sequence */
  assign(counts: (sequence: number, step: number) => boolean): void {
    const { sequences, order, lengths } = this.#outer;
    const kept = new Int32Array(sequences);
    for (let rank = 0; rank < sequences; rank++) {
      const sequence = order[rank] as number;
      for (let step = 0; step < (lengths[rank] as number); step++) {
        const isKept = counts(sequence, step);
        this.#flags[this.#outer.firstRow(step) + rank] = isKept ? 1 : 0;
        if (isKept) kept[sequence] = (kept[sequence] as number) + 1;
      }
    }
    this.kept.assign(kept);
    const place = new Int32Array(sequences);
    for (let rank = 0; rank < sequences; rank++) place[this.kept.order[rank] as number] = rank;
    for (let rank = 0; rank < sequences; rank++) this.rank[rank] = place[order[rank] as number] as number;
    this.version++;
  }
}
