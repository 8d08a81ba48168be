import { ArgumentError } from "../errors.js";
import { describe, requireNumber } from "../shape.js";
import { isList } from "../tensor/tensor.js";
import { floats } from "../wasm/memory.js";
import { disposeWith, Region } from "../wasm/region.js";

/** Numbers of a loss in the core: written at the first use, given back when the loss is collected. */
export class OwnNumbers {
  readonly #values: readonly number[];
  #address = 0;

  constructor(values: readonly number[]) {
    this.#values = values;
  }

  /** Address of float32 [values]. */
  get address(): number {
    if (this.#address === 0) {
      const region = new Region();
      disposeWith(this, region);
      this.#address = region.words(this.#values.length);
      floats.set(this.#values, this.#address >> 2);
    }
    return this.#address;
  }
}

/**
 * A list of numbers within bounds, as a frozen copy.
 * @throws ArgumentError when it is none, or empty
 */
export function requireNumbers(owner: string, given: unknown, least: number, most?: number): readonly number[] {
  if (!isList(given) || given.length === 0)
    throw new ArgumentError(`${owner} must be a list of numbers, received ${describe(given)}.`);
  return Object.freeze(Array.from(given, (value, index) => requireNumber(`${owner}[${index}]`, value, least, most)));
}
