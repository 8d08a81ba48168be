import type { Sequences } from "../data/sequences.js";
import { ints } from "../wasm/memory.js";
import { Region } from "../wasm/region.js";
import type { LabelRules, TargetRows } from "./loss.js";
import type { TargetPlace } from "./targetKind.js";

/** Room for the labels of a batch and for what a loss computes with them. */
export class LabelRoom {
  readonly #place: TargetPlace;
  #region: Region | undefined;
  #rows: Required<TargetRows> | undefined;

  constructor(place: TargetPlace) {
    this.#place = place;
  }

  /** The labels of a batch's sequences by rank; allocates only where a data set has longer ones than those before. */
  write({ values, starts, lengths }: Sequences, examples: Int32Array, rules: LabelRules): TargetRows {
    const { layout } = this.#place;
    let most = 0;
    for (let index = 0; index < examples.length; index++)
      most = Math.max(most, lengths[examples[index] as number] as number);
    const rows = this.#roomFor(most, rules);
    for (let rank = 0; rank < layout.sequences; rank++) {
      const example = examples[layout.order[rank] as number] as number;
      const [from, count] = [starts[example] as number, lengths[example] as number];
      const to = (rows.address + rank * rows.stride) >> 2;
      ints[to] = count;
      for (let at = 0; at < count; at++) ints[to + 1 + at] = values[from + at] as number;
    }
    return rows;
  }

  #roomFor(most: number, rules: LabelRules): TargetRows {
    const stride = 4 * (most + 2);
    if (this.#rows !== undefined && this.#rows.stride >= stride) return this.#rows;
    this.#region?.dispose();
    this.#rows = undefined;
    const { sequences, steps } = this.#place.layout.capacity;
    const region = new Region(this.#place.region);
    this.#region = region;
    const address = region.bytes(sequences * stride);
    this.#rows = { address, stride, room: region.bytes(rules.room(steps, most)) };
    return this.#rows;
  }
}
