import type { Batch } from "../data/batches.js";
import { StateError } from "../errors.js";
import type { Interior } from "../models/interior.js";
import type { AnyLoss } from "../training/lossFunction.js";
import { Objective } from "../training/objective.js";
import { floats } from "../wasm/memory.js";
import { forwardPass } from "./lossPasses.js";

/** A loss at a place, and how far that place is from the weight's own value: float32 has not every number. */
export interface Measured {
  readonly loss: number;
  readonly distance: number;
}

/** The loss of a batch as a function of the weights, which it moves and puts back. */
export class LossProbe {
  readonly #interior: Interior;
  readonly #objective: Objective;
  readonly #examples: Int32Array;

  constructor(interior: Interior, { data, examples }: Batch, loss: AnyLoss) {
    this.#interior = interior;
    this.#objective = new Objective(interior, data, loss);
    this.#examples = examples;
  }

  /** The loss with one weight moved. @param word its place in the parameter block */
  along(word: number): (distance: number) => Measured {
    const { parameters } = this.#interior;
    const at = (parameters.values >> 2) + word;
    return (distance) => {
      const value = floats[at] as number;
      try {
        floats[at] = value + distance;
        return { distance: (floats[at] as number) - value, loss: this.#measure() };
      } finally {
        floats[at] = value;
        parameters.version++;
      }
    };
  }

  /** The loss with all weights moved at once, up or down in a fixed pattern. */
  everywhere(distance: number): number {
    const { parameters } = this.#interior;
    const start = parameters.values >> 2;
    const kept = floats.slice(start, start + parameters.length);
    try {
      for (const { offset, count } of parameters.entries) {
        for (let word = offset; word < offset + count; word++) {
          const isUp = Math.imul(word, 0x9e3779b1) < 0;
          floats[start + word] = (kept[word] as number) + (isUp ? distance : -distance);
        }
      }
      return this.#measure();
    } finally {
      floats.set(kept, start);
      parameters.version++;
    }
  }

  #measure(): number {
    this.#interior.parameters.version++;
    const plan = forwardPass(this.#objective, this.#examples);
    const loss = this.#objective.loss(plan, this.#examples);
    if (!Number.isFinite(loss))
      throw new StateError(`the loss is ${loss} at or near the model's weights: nothing to compare gradients with.`);
    return loss;
  }
}
