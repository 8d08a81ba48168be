import type { Layout } from "../tensor/layout.js";
import { ints } from "../wasm/memory.js";
import type { Region } from "../wasm/region.js";

/**
 * Where each sequence's rows lie when they are put one after the other: its keys, the steps of the input that count, and
 * its queries, the steps of the answers. Sequences follow each other in the order of the answers.
 */
export class AttentionPlaces {
  /** Layout of the keys: the input's. */
  readonly input: Layout;
  /** Layout of the queries: the answers'. */
  readonly answers: Layout;
  /** Address of i32: for each key in this order its row in the input, and for each row of the input its key, −1 for none. */
  readonly keyRows: number;
  readonly keyPlaces: number;
  /** The same of the queries. */
  readonly queryRows: number;
  readonly queryPlaces: number;
  /** First key and query of each sequence, by its rank in the answers; one entry more tells the end. */
  readonly firstKey: Int32Array;
  readonly firstQuery: Int32Array;
  /** Rank in the input of each sequence, by its rank in the answers. */
  readonly inputRank: Int32Array;
  readonly #rankOf: Int32Array;

  constructor(input: Layout, answers: Layout, region: Region) {
    this.input = input;
    this.answers = answers;
    this.keyRows = region.words(input.capacity.rows);
    this.keyPlaces = region.words(input.capacity.rows);
    this.queryRows = region.words(answers.capacity.rows);
    this.queryPlaces = region.words(answers.capacity.rows);
    const { sequences } = answers.capacity;
    this.firstKey = new Int32Array(sequences + 1);
    this.firstQuery = new Int32Array(sequences + 1);
    this.inputRank = new Int32Array(sequences);
    this.#rankOf = new Int32Array(sequences);
  }

  /** Takes over both layouts' present batch. */
  refresh(): void {
    const { input, answers } = this;
    for (let rank = 0; rank < input.sequences; rank++) this.#rankOf[input.order[rank] as number] = rank;
    let [key, query] = [0, 0];
    for (let rank = 0; rank < answers.sequences; rank++) {
      const inputRank = this.#rankOf[answers.order[rank] as number] as number;
      this.inputRank[rank] = inputRank;
      this.firstKey[rank] = key;
      this.firstQuery[rank] = query;
      key = this.#placeKeys(inputRank, key);
      for (let step = 0; step < (answers.lengths[rank] as number); step++, query++) {
        const row = answers.firstRow(step) + rank;
        ints[(this.queryRows >> 2) + query] = row;
        ints[(this.queryPlaces >> 2) + row] = query;
      }
    }
    this.firstKey[answers.sequences] = key;
    this.firstQuery[answers.sequences] = query;
  }

  #placeKeys(rank: number, first: number): number {
    const { input } = this;
    let key = first;
    for (let step = 0; step < (input.lengths[rank] as number); step++) {
      const row = input.firstRow(step) + rank;
      const counts = input.mask?.keeps(row) ?? true;
      ints[(this.keyPlaces >> 2) + row] = counts ? key : -1;
      if (counts) ints[(this.keyRows >> 2) + key++] = row;
    }
    return key;
  }

  /** Keys of a sequence. */
  keys(rank: number): number {
    return (this.firstKey[rank + 1] as number) - (this.firstKey[rank] as number);
  }

  /** Queries of a sequence. */
  queries(rank: number): number {
    return (this.firstQuery[rank + 1] as number) - (this.firstQuery[rank] as number);
  }
}
