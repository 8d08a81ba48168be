import type { Interior } from "../models/interior.js";
import { core } from "../wasm/core.js";
import type { CarriedState } from "./carriedState.js";

/**
 * The batches that one update is made of. A loss is a mean over rows by what they count for, Σ w l / Σ w, and so is that of
 * all batches together: with W for the Σ w of a batch,
 *   L = Σ W_i L_i / Σ W_i      ∂L = Σ W_i ∂L_i / Σ W_i
 * In between the model's gradients are Σ W_i ∂L_i / W_j, where j is the last batch that counted: the way back of a further
 * one adds to them as it is. Batches that count alike cost one pass over the gradients, at the end.
 */
export class Accumulation {
  batches = 0;
  examples = 0;
  /** Mean loss of all rows so far. */
  loss = 0;
  #total = 0;
  #last = 0;
  /** Draws and carried states before the first of them. */
  #draws = 0;
  #states: CarriedState["states"] = [];

  /** Before each batch: with the first of them it keeps what `undo` brings back. */
  begin({ draws }: Interior, carried: CarriedState | undefined): void {
    if (this.batches > 0) return;
    this.#draws = draws.count;
    this.#states = carried?.states ?? [];
  }

  /** Before a batch's way back. @param weight what its rows count for; 0 adds nothing */
  join(interior: Interior, loss: number, weight: number, examples: number): void {
    this.batches++;
    this.examples += examples;
    this.#total += weight;
    this.loss += (loss - this.loss) * (this.#total === 0 ? 1 : weight / this.#total);
    if (weight === 0) return;
    if (this.#last !== 0) scale(interior, this.#last / weight);
    this.#last = weight;
  }

  /** After the last batch's way back: the gradients become those of the mean. */
  close(interior: Interior): void {
    if (this.#total !== 0) scale(interior, this.#last / this.#total);
  }

  /** Instead of an update: draws and carried states are again as before the first batch. */
  undo({ draws }: Interior, carried: CarriedState | undefined): void {
    this.clear();
    draws.count = this.#draws;
    carried?.resume(this.#states);
  }

  /** Makes ready for the next update. */
  clear(): void {
    this.batches = this.examples = this.loss = this.#total = this.#last = 0;
  }
}

function scale(interior: Interior, factor: number): void {
  if (factor === 1) return;
  const { address, count } = interior.ranges();
  core().scaleRanges(address, count, interior.parameters.gradients, factor);
}
