import type { Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import { floats } from "../wasm/memory.js";
import type { Region } from "../wasm/region.js";
import type { AttentionPlaces } from "./attentionPlaces.js";

/**
 * The rows of each sequence as a packed factor of products, both ways: a matrix M [steps, width] for every sequence, for
 * x Mᵀ and for y M.
 */
export class SequencePanels {
  readonly #places: AttentionPlaces;
  readonly #rows: Rows;
  /** Rows without padding, sequence by sequence. */
  readonly #plain: number;
  readonly #across: number;
  readonly #along: number;

  constructor(places: AttentionPlaces, rows: Rows, region: Region, ways: { across: boolean; along: boolean }) {
    this.#places = places;
    this.#rows = rows;
    const room = this.#room;
    this.#plain = region.words(places.input.capacity.rows * rows.width);
    this.#across = ways.across ? region.words(room * rows.width) : 0;
    this.#along = ways.along ? region.words(room * this.#alongWords) : 0;
  }

  /** Steps of all sequences, each rounded up to a whole panel of 8. */
  get #room(): number {
    const { input, answers } = this.#places;
    return input.capacity.rows + 8 * answers.capacity.sequences;
  }

  get #alongWords(): number {
    return 8 * Math.ceil(this.#rows.width / 8);
  }

  /** Takes over the rows. Padding is read too: it must be 0. */
  read(): void {
    const places = this.#places;
    const { address, stride, width } = this.#rows;
    const { sequences } = places.answers;
    const { gatherRows, pack, packTransposed } = core();
    const count = places.firstKey[sequences] as number;
    gatherRows(this.#plain, 4 * width, address, stride, places.keyRows, count, 4 * width);
    clear(this.#across, this.#room * width);
    clear(this.#along, this.#room * this.#alongWords);
    for (let rank = 0; rank < sequences; rank++) {
      const from = this.#plain + 4 * (places.firstKey[rank] as number) * width;
      if (this.#across !== 0) pack(this.across(rank), from, 1, places.keys(rank), width);
      if (this.#along !== 0) packTransposed(this.along(rank), from, 1, places.keys(rank), width);
    }
  }

  /** Panels of a sequence for x Mᵀ: x [rows, width] gives [rows, steps]. */
  across(rank: number): number {
    return this.#across + 4 * this.#start(rank) * this.#rows.width;
  }

  /** Panels of a sequence for y M: y [rows, steps padded] gives [rows, width]. */
  along(rank: number): number {
    return this.#along + 4 * this.#start(rank) * this.#alongWords;
  }

  #start(rank: number): number {
    return (this.#places.firstKey[rank] as number) + 8 * rank;
  }
}

function clear(address: number, words: number): void {
  if (address !== 0) floats.fill(0, address >> 2, (address >> 2) + words);
}
