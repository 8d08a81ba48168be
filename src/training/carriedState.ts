import type { Dataset } from "../data/dataset.js";
import { ArgumentError } from "../errors.js";
import { definitionOf, type Layer } from "../layers/layer.js";
import { readFor } from "../models/interior.js";
import type { Plan } from "../models/plan.js";
import { layersOf } from "../models/stepper.js";
import { floats } from "../wasm/memory.js";

/**
 * The context of the textbook's algorithm: the state with which the next window begins. After each update it advances by
 * one step with the new weights, h ← f(x_t, h), and is a constant in back-propagation.
 */
export class CarriedState {
  #states: readonly Float32Array[] = [];

  /** The rows of the states as they stand, one for each recurrent layer; none before the first update. */
  get states(): readonly Float32Array[] {
    return this.#states;
  }

  /** Goes on from rows that were kept. */
  resume(states: readonly Float32Array[]): void {
    this.#states = states;
  }

  /** Before `forward`: the window begins where the context stands. */
  enter(plan: Plan): void {
    plan.run.states.forEach((state, index) => {
      const carried = this.#states[index];
      if (carried === undefined) return;
      floats.set(carried, state.initial(0) >> 2);
      for (const { name } of state.parts) state.given.add(name);
    });
  }

  /** After the update: one step over the window's first input, which still lies in the plan. */
  advance(plan: Plan): void {
    if (plan.layout.steps === 0) return;
    plan.refresh();
    plan.layout.assignEqual(1, 1);
    plan.run.begin();
    this.enter(plan);
    plan.run.forward(0, 1);
    this.#states = plan.run.states.map((state) => {
      const start = state.final(0) >> 2;
      return floats.slice(start, start + (state.stride >> 2));
    });
  }
}

/** @throws ArgumentError when the network or the data have no state that goes on from window to window */
export function requireCarriable(network: Layer, { input, mask, initialState }: Dataset): void {
  requireNoOther("initialState", initialState !== undefined);
  if (definitionOf(network).answers !== undefined)
    throw new ArgumentError("carryState follows one series: a network that answers at steps of its own has none.");
  const layers = [...layersOf(network, { width: readFor(network, input).width, each: "step" })];
  if (layers.some((layer) => definitionOf(layer).states?.(layer.config).isReversed))
    throw new ArgumentError(
      "carryState goes forward in time: a reverse or bidirectional layer has no state to carry on.",
    );
  if (mask !== undefined) throw new ArgumentError("carryState knows no mask: its windows are whole.");
  const { starts, lengths, width } = input;
  for (let index = 1; index < starts.length; index++) {
    const steps = ((starts[index] as number) - (starts[index - 1] as number)) / width;
    // Windows that share no steps may be sequences of their own, of which nothing is known.
    if (steps > 1 && steps < (lengths[index - 1] as number))
      throw new ArgumentError(
        `carryState goes on by one step from window to window, these begin ${steps} steps apart: leave stride out of windows.`,
      );
  }
}

/** @param isThere whether something else says where states come from @throws ArgumentError when it does */
export function requireNoOther(other: string, isThere: boolean): void {
  if (isThere) throw new ArgumentError(`carryState and ${other} both say where a state comes from. Give one of them.`);
}

/** @throws ArgumentError when windows do not follow each other one by one */
export function requireOneByOne(batchSize: number, shuffle: boolean): void {
  if (batchSize !== 1 || shuffle) {
    throw new ArgumentError("carryState follows one series: it needs batchSize 1 and shuffle false.");
  }
}
