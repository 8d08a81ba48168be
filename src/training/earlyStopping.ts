import type { ParameterBlock } from "../tensor/parameters.js";
import { floats } from "../wasm/memory.js";

/** Watches the validation loss, keeps the best weights, and says when there has been no better for too long. */
export class EarlyStopping {
  readonly #parameters: ParameterBlock;
  readonly #patience: number | undefined;
  #best: Float32Array | undefined;
  #least = Number.POSITIVE_INFINITY;
  #since = 0;

  /** @param patience epochs without a better loss; undefined watches nothing */
  constructor(parameters: ParameterBlock, patience: number | undefined) {
    this.#parameters = parameters;
    this.#patience = patience;
  }

  /** Takes the validation loss of an epoch; whether patience is at its end. */
  isOver(loss: number): boolean {
    if (this.#patience === undefined) return false;
    this.#since++;
    if (loss < this.#least) {
      const { values, length } = this.#parameters;
      this.#least = loss;
      this.#since = 0;
      this.#best = floats.slice(values >> 2, (values >> 2) + length);
    }
    return this.#since >= this.#patience;
  }

  /** Brings the best weights back. */
  restore(): void {
    if (this.#best === undefined) return;
    floats.set(this.#best, this.#parameters.values >> 2);
    this.#parameters.version++;
  }
}
