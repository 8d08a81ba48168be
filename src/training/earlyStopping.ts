import type { Interior } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { floats } from "../wasm/memory.js";
import { evaluate } from "./evaluate.js";
import type { FitSettings } from "./fitSettings.js";

/** Watches the validation loss, keeps the best weights, and says when there has been no better for too long. */
export class EarlyStopping {
  readonly #interior: Interior;
  readonly #settings: FitSettings;
  #best: Float32Array | undefined;
  #least = Number.POSITIVE_INFINITY;
  #since = 0;

  constructor(interior: Interior, settings: FitSettings) {
    this.#interior = interior;
    this.#settings = settings;
  }

  /** Measures after an epoch; whether patience is at its end. */
  isOver(model: Model, found: number[]): boolean {
    const { validation, patience, loss } = this.#settings;
    if (validation === undefined) return false;
    const value = evaluate(model, validation, { loss }).loss;
    found.push(value);
    if (patience === undefined) return false;
    this.#since++;
    if (value < this.#least) {
      const { values, length } = this.#interior.parameters;
      this.#least = value;
      this.#since = 0;
      this.#best = floats.slice(values >> 2, (values >> 2) + length);
    }
    return this.#since >= patience;
  }

  /** Brings the best weights back. */
  restore(): void {
    if (this.#best === undefined) return;
    const { parameters } = this.#interior;
    floats.set(this.#best, parameters.values >> 2);
    parameters.version++;
  }
}
