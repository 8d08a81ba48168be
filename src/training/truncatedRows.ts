import type { Plan } from "../models/plan.js";
import type { RowBlock } from "../tensor/layout.js";
import type { StateRows } from "../tensor/rows.js";
import { floats } from "../wasm/memory.js";
import type { Region } from "../wasm/region.js";

/** What the way back writes over, and where it is kept meanwhile. */
interface Copy {
  readonly block: RowBlock;
  readonly address: number;
}

/**
 * The rows of a plan whose layout is a window over longer sequences: they stay in place while the window stands, and move to
 * the front when it moves on. What the way back writes over is copied before it, where it will be needed again.
 */
export class TruncatedRows {
  readonly #plan: Plan;
  readonly #copies: readonly Copy[];
  #isCopied = false;

  /** @param hasCopies whether steps are ever held from one update to the next */
  constructor(plan: Plan, region: Region, hasCopies: boolean) {
    this.#plan = plan;
    const { blocks, capacity } = plan.layout;
    const overwritten = hasCopies ? blocks.filter(({ isOverwritten }) => isOverwritten) : [];
    this.#copies = overwritten.map((block) => ({ block, address: region.bytes(capacity.rows * block.stride) }));
  }

  /** Before the way forward from row `first` on: what steps leave unwritten until the way back is 0 in every run, and in files. */
  clear(first: number): void {
    const { rows } = this.#plan.layout;
    for (const { block } of this.#copies)
      floats.fill(0, (block.address + first * block.stride) >> 2, (block.address + rows * block.stride) >> 2);
  }

  /** Before the way back. */
  copy(): void {
    for (const { block, address } of this.#copies) this.#move(address, block.address, block.stride);
    this.#isCopied = true;
  }

  /** What was copied takes its place again. */
  restore(): void {
    if (this.#isCopied) for (const { block, address } of this.#copies) this.#move(block.address, address, block.stride);
    this.#isCopied = false;
  }

  /** After the way back: the states after `steps` steps become those to begin with, and the rows after them move to the front. */
  slide(steps: number): void {
    const { layout, run } = this.#plan;
    const first = layout.firstRow(steps);
    if (steps > 0) for (const state of run.states) takeOver(state, layout.firstRow(steps - 1), first);
    if (steps > 0)
      for (const { address, stride, isOverwritten } of layout.blocks)
        if (!isOverwritten) this.#move(address, address, stride, first);
    if (this.#isCopied)
      for (const { block, address } of this.#copies) this.#move(block.address, address, block.stride, first);
    this.#isCopied = false;
    layout.show(layout.offset + steps, layout.offset + layout.steps);
  }

  /** Copies a block's rows from row `first` on. */
  #move(to: number, from: number, stride: number, first = 0): void {
    floats.copyWithin(to >> 2, (from + first * stride) >> 2, (from + this.#plan.layout.rows * stride) >> 2);
  }

  /** Where everything lies that the next update reads of the steps before: states to begin with, then the rows held. */
  places(): (readonly [address: number, words: number])[] {
    const { layout, run } = this.#plan;
    return [
      ...run.states.map((state) => [state.initial(0), (layout.sequences * state.stride) >> 2] as const),
      ...layout.blocks.map(({ address, stride }) => [address, (layout.rows * stride) >> 2] as const),
    ];
  }
}

/** The states of rows from … to − 1, those of one step, become what the window begins with. */
function takeOver({ address, stride, initial }: StateRows, from: number, to: number): void {
  floats.copyWithin(initial(0) >> 2, (address + from * stride) >> 2, (address + to * stride) >> 2);
}
