import { ArgumentError, StateError } from "../errors.js";
import { type Interior, interiorOf, writeRanges } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { type OptimizerRule, requireRule, type UpdateBlocks } from "../optimizers/optimizerRule.js";
import { describe, requireBelowOne, requireNumber } from "../shape.js";
import { disposeWith, filled, forget, Region } from "../wasm/region.js";
import { requireOwnGradients } from "./learner.js";

/** Key of what an optimizer knows from update to update, for those who save and restore it. */
export const MEMORY = Symbol("memory");

/** What an optimizer knows from update to update. */
export interface OptimizerMemory {
  readonly rule: OptimizerRule;
  /** Addresses of the rule's slots, blocks like the parameters'. */
  readonly slots: readonly number[];
  /** The rule's running numbers; to be replaced in place. */
  readonly numbers: number[];
  updates: number;
}

/**
 * An update rule at work on one model: keeps the rule's slots and counts its updates.
 *
 * @example
 * const optimizer = new Optimizer(model, adam({ learningRate: 1e-3 }));
 * backpropagate(model, batch, meanSquaredError);
 * optimizer.update();
 */
export class Optimizer {
  /** Used by the next update; may be set between updates. */
  learningRate: number;
  /** Momentum of the next update, or β₁, in [0, 1), of rules that have one; default that of its options. */
  momentum: number | undefined;
  readonly #rule: OptimizerRule;
  readonly #interior: Interior;
  readonly #region: Region;
  /** Declared alone: a field with a computed name keeps the class in bundles that do without it. @internal */
  declare readonly [MEMORY]: OptimizerMemory;
  #blocks: UpdateBlocks | undefined;
  #rangesVersion = 0;

  /**
   * @param rule such as `adam({ learningRate: 1e-3 })`
   * @throws ArgumentError when it is no rule, StateError when the model's sizes are not yet known
   */
  constructor(model: Model, rule: OptimizerRule) {
    this.#rule = requireRule(rule);
    this.learningRate = rule.learningRate;
    this.#interior = interiorOf(model);
    this.#region = new Region(this.#interior.region);
    const { parameters } = this.#interior;
    const slots = filled(this.#region, () => rule.slots.map(() => parameters.newSlot(this.#region)));
    disposeWith(this, this.#region);
    this[MEMORY] = { rule, slots, numbers: [...rule.start], updates: 0 };
  }

  /** Updates done so far. */
  get updates(): number {
    return this[MEMORY].updates;
  }

  /**
   * Applies the gradients and clears them.
   * @throws ArgumentError when the learning rate is not a number of 0 or more, or the momentum not one that the rule can have
   * @throws StateError when the optimizer or its model was disposed, or while `fit` is training the model
   */
  update(): void {
    if (this.#region.isDisposed) throw new StateError("this optimizer was disposed, or its model was. Make a new one.");
    if (this.#interior.updating !== this) requireOwnGradients(this.#interior);
    const rate = requireNumber("learningRate", this.learningRate, 0);
    const momentum = this.#momentum();
    const { parameters } = this.#interior;
    if (this.#blocks === undefined || this.#rangesVersion !== parameters.rangesVersion)
      this.#blocks = this.#newBlocks();
    const memory = this[MEMORY];
    memory.updates++;
    this.#rule.apply(this.#blocks, rate, memory.numbers, memory.updates, momentum);
    parameters.version++;
    parameters.clearGradients();
  }

  #momentum(): number | undefined {
    const { momentum } = this;
    const { name, hasMomentum = false } = this.#rule;
    if (momentum === undefined) return undefined;
    if (!hasMomentum)
      throw new ArgumentError(`this ${name} has no momentum to be set, received ${describe(momentum)}.`);
    return requireBelowOne("momentum", momentum, "nothing would ever fade");
  }

  #newBlocks(): UpdateBlocks {
    const { parameters } = this.#interior;
    const { address, count } = writeRanges(parameters, this.#region, this.#rule.weightDecay, this.#blocks?.ranges);
    this.#rangesVersion = parameters.rangesVersion;
    return {
      ranges: address,
      rangeCount: count,
      parameters: parameters.values,
      gradients: parameters.gradients,
      slots: this[MEMORY].slots,
    };
  }

  /** Gives the slots' memory back. */
  dispose(): void {
    forget(this.#region);
    this.#region.dispose();
  }

  /** `dispose()`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
