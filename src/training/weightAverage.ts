import { StateError } from "../errors.js";
import { type Interior, interiorOf, RANGE_WORDS } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { directions, moveParameters } from "../optimizers/moveParameters.js";
import type { UpdateBlocks } from "../optimizers/optimizerRule.js";
import { floats, ints } from "../wasm/memory.js";
import { disposeWith, filled, forget, Region } from "../wasm/region.js";
import { type Averaging, requireAveraging } from "./averaging.js";

const NO_SLOTS = [0, 0, 0] as const;

/**
 * A running average of a model's weights, which is often the better network; beside the weights, which go on as they would.
 *
 * @example
 * const average = new WeightAverage(model, ema({ decay: 0.99 }));
 * for (const batch of batches(data, { batchSize: 32 })) {
 *   backpropagate(model, batch, crossEntropy);
 *   optimizer.update();
 *   average.update();
 * }
 * average.swap();   // the model has the averaged weights, until the next swap
 */
export class WeightAverage {
  /** Updates it has seen. */
  updates = 0;
  readonly #averaging: Averaging;
  readonly #interior: Interior;
  readonly #region: Region;
  readonly #own: number;
  readonly #blocks: UpdateBlocks;
  #isSwapped = false;

  /** @throws ArgumentError when they are no model and no averaging, StateError when the model's sizes are not yet known */
  constructor(model: Model, averaging: Averaging) {
    this.#averaging = requireAveraging(averaging);
    this.#interior = interiorOf(model);
    const { parameters, region } = this.#interior;
    this.#region = new Region(region);
    this.#own = filled(this.#region, () => parameters.newSlot(this.#region));
    this.#blocks = filled(this.#region, () => this.#wholeBlock());
    disposeWith(this, this.#region);
    this.#copy();
  }

  /** One range with all there is: average −= −share · (W + decay · average) with a decay of −1, so that constants stay as they are. */
  #wholeBlock(): UpdateBlocks {
    const { values, length } = this.#interior.parameters;
    const ranges = this.#region.words(RANGE_WORDS);
    ints[(ranges >> 2) + 1] = length;
    floats.set([1, -1], (ranges >> 2) + 2);
    return { ranges, rangeCount: 1, parameters: this.#own, gradients: values, slots: [] };
  }

  /** Whether the model has the average, and the average's place the weights. */
  get isSwapped(): boolean {
    return this.#isSwapped;
  }

  /** Address of the averaged weights, wherever they are. */
  get address(): number {
    return this.#isSwapped ? this.#interior.parameters.values : this.#own;
  }

  /** Takes the weights in, after an update. @throws StateError while the model has the average, or after a dispose */
  update(): void {
    this.#requireLife();
    if (this.#isSwapped)
      throw new StateError("the model has its averaged weights, which nothing may train: swap() them back first.");
    const share = this.#averaging.share(++this.updates);
    if (share === 1) this.#copy();
    else moveParameters(this.#blocks, directions.gradient, false, NO_SLOTS, -share, 1);
  }

  #copy(): void {
    const { values, length } = this.#interior.parameters;
    floats.copyWithin(this.#own >> 2, values >> 2, (values >> 2) + length);
  }

  /** Lets weights and average change places: the model predicts with the average, and after a second swap as before. */
  swap(): void {
    this.#requireLife();
    const { parameters } = this.#interior;
    const [from, to] = [parameters.values >> 2, this.#own >> 2];
    const weights = floats.slice(from, from + parameters.length);
    floats.copyWithin(from, to, to + parameters.length);
    floats.set(weights, to);
    this.#isSwapped = !this.#isSwapped;
    parameters.version++;
  }

  /** Gives the average's memory back. */
  dispose(): void {
    forget(this.#region);
    this.#region.dispose();
  }

  /** `dispose()`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #requireLife(): void {
    if (this.#region.isDisposed) throw new StateError("this average was disposed, or its model was. Make a new one.");
  }
}
