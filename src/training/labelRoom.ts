import type { Sequences } from "../data/sequences.js";
import type { LabelRules, TargetRows } from "../losses/loss.js";
import { ints } from "../wasm/memory.js";
import { Region } from "../wasm/region.js";
import type { Judged } from "./lossRoom.js";

/** Room of a plan for the labels of a batch and for what a loss computes with them. */
export class LabelRoom {
  readonly #plan: Judged;
  #region: Region | undefined;
  #rows: Required<TargetRows> | undefined;

  constructor(plan: Judged) {
    this.#plan = plan;
  }

  /** The labels of a batch's sequences by rank; allocates only where a data set has longer ones than those before. */
  write({ values, starts, lengths }: Sequences, examples: Int32Array, rules: LabelRules): TargetRows {
    const { layout } = this.#plan;
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
    const { region: parent, capacity } = this.#plan;
    const region = new Region(parent);
    this.#region = region;
    const address = region.bytes(capacity.sequences * stride);
    this.#rows = { kind: "labels", address, stride, room: region.bytes(rules.room(capacity.steps, most)) };
    return this.#rows;
  }
}
