import type { ParameterBlock } from "../tensor/parameters.js";
import { floats } from "../wasm/memory.js";

/** What early stopping has seen; the numbers of a run that goes on later. */
export interface StoppingState {
  /** The least validation loss; null before the first. */
  readonly least: number | null;
  /** The last loss that was better by enough, against which the next are held. */
  readonly mark: number | null;
  /** Epochs since then. */
  readonly since: number;
}

/** Watches the validation loss, keeps the best weights, and says when there has been no better for too long. */
export class EarlyStopping {
  readonly #parameters: ParameterBlock;
  readonly #patience: number | undefined;
  readonly #leastImprovement: number;
  #best: Float32Array | undefined;
  #state: StoppingState = { least: null, mark: null, since: 0 };

  /**
   * @param patience epochs without a better loss; undefined watches nothing
   * @param leastImprovement what a loss must be better by to count
   */
  constructor(parameters: ParameterBlock, patience: number | undefined, leastImprovement: number) {
    this.#parameters = parameters;
    this.#patience = patience;
    this.#leastImprovement = leastImprovement;
  }

  get state(): StoppingState {
    return this.#state;
  }

  /** The weights with the least validation loss, as a block; undefined before the first. */
  get best(): Float32Array | undefined {
    return this.#best;
  }

  /** Goes on from where another stood. */
  resume(state: StoppingState, best: Float32Array | undefined): void {
    this.#state = state;
    this.#best = best;
  }

  /** Takes the validation loss of an epoch; whether patience is at its end. */
  isOver(loss: number): boolean {
    if (this.#patience === undefined) return false;
    let { least, mark, since } = this.#state;
    since++;
    if (!Number.isFinite(loss)) return this.#isAtEnd(least, mark, since);
    if (mark === null || loss < mark - this.#leastImprovement) [mark, since] = [loss, 0];
    if (least === null || loss < least) {
      const { values, length } = this.#parameters;
      least = loss;
      this.#best = floats.slice(values >> 2, (values >> 2) + length);
    }
    return this.#isAtEnd(least, mark, since);
  }

  #isAtEnd(least: number | null, mark: number | null, since: number): boolean {
    this.#state = { least, mark, since };
    return this.#patience !== undefined && since >= this.#patience;
  }

  /** Brings the best weights back. */
  restore(): void {
    if (this.#best === undefined) return;
    floats.set(this.#best, this.#parameters.values >> 2);
    this.#parameters.version++;
  }
}
