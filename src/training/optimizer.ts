import { ArgumentError, StateError } from "../errors.js";
import { type Interior, interiorOf, writeRanges } from "../models/interior.js";
import type { Model } from "../models/model.js";
import type { OptimizerRule, UpdateBlocks } from "../optimizers/optimizerRule.js";
import { describe, requireNumber } from "../shape.js";
import { disposeWith, forget, Region } from "../wasm/region.js";

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
  readonly #rule: OptimizerRule;
  readonly #interior: Interior;
  readonly #region: Region;
  readonly #slots: readonly number[];
  readonly #numbers: number[];
  #blocks: UpdateBlocks | undefined;
  #rangesVersion = 0;
  #updates = 0;

  /** @throws ArgumentError when it is no rule, StateError when the model's sizes are not yet known */
  constructor(model: Model, rule: OptimizerRule) {
    this.#rule = requireRule(rule);
    this.learningRate = rule.learningRate;
    this.#interior = interiorOf(model);
    this.#region = new Region(this.#interior.region);
    disposeWith(this, this.#region);
    this.#slots = rule.slots.map(() => this.#interior.parameters.newSlot(this.#region));
    this.#numbers = [...rule.start];
  }

  /** Updates done so far. */
  get updates(): number {
    return this.#updates;
  }

  /**
   * Applies the gradients and clears them.
   * @throws ArgumentError when the learning rate is not a number of 0 or more
   * @throws StateError when the optimizer or its model was disposed
   */
  update(): void {
    if (this.#region.isDisposed) throw new StateError("this optimizer was disposed, or its model was. Make a new one.");
    const rate = requireNumber("learningRate", this.learningRate, 0);
    const { parameters } = this.#interior;
    if (this.#blocks === undefined || this.#rangesVersion !== parameters.rangesVersion)
      this.#blocks = this.#newBlocks();
    this.#updates++;
    this.#rule.apply(this.#blocks, rate, this.#numbers, this.#updates);
    parameters.version++;
    parameters.clearGradients();
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
      slots: this.#slots,
    };
  }

  /** Gives the slots' memory back. */
  dispose(): void {
    forget(this.#region);
    this.#region.dispose();
  }
}

/** @throws ArgumentError when it is none */
export function requireRule(rule: unknown): OptimizerRule {
  // Not by `apply` alone: a function such as `adam` itself has one too.
  if (typeof rule === "object" && typeof (rule as OptimizerRule | null)?.apply === "function")
    return rule as OptimizerRule;
  throw new ArgumentError(`an optimizer such as adam({ learningRate: 1e-3 }) is wanted, received ${describe(rule)}.`);
}
