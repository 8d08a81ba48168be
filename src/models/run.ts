import type { States } from "../data/givenStates.js";
import type { InputOptions } from "../data/readInput.js";
import type { SequencesLike } from "../data/sequences.js";
import { ArgumentError } from "../errors.js";
import { definitionOf, type Layer } from "../layers/layer.js";
import type { Tensor } from "../tensor/tensor.js";
import { doorOf } from "./interior.js";
import type { Model } from "./model.js";
import { enter, predictAll } from "./predict.js";
import { emptyStates, readStates } from "./states.js";

/** What a network gives for an input, and where it stands after it. */
export interface RunResult {
  /** As `predictBatch` gives it. */
  readonly output: Tensor;
  /** States of the recurrent layers after each sequence's last step, by layer path: `{ rnn: { h, c } }`, each [batch, units]. */
  readonly finalState: States;
}

/**
 * Output and final states for many sequences. Given as the next call's `initialState` they carry on: chunks of a stream give
 * the same bits as the whole. A layer that reads from the end goes by `path.reverse`; its final state is the one after the
 * first step.
 *
 * @param input [batch, time, inputSize], or a list of [time, inputSize] of any lengths
 * @example
 * let initialState;
 * for (const chunk of chunks) {
 *   const { output, finalState } = run(model, chunk, { initialState });
 *   initialState = finalState;
 * }
 * @throws ShapeError, ArgumentError when the input, its mask or the states do not fit, or the network answers at steps of its
 * own, whose answers no further input can carry on
 */
export function run(model: Model, input: SequencesLike, options: InputOptions = {}): RunResult {
  const door = doorOf(model);
  requireCarriedOn(model.specification);
  const { interior, given } = enter(door, "run", input, options);
  const kept: { states?: States } = {};
  const output = predictAll(interior, given, ({ run: { states } }, examples) => {
    kept.states ??= emptyStates(states, given.input.count);
    readStates(kept.states, states, examples, "final");
  });
  return { output, finalState: kept.states ?? {} };
}

function requireCarriedOn(layer: Layer): void {
  const { answers, describe } = definitionOf(layer);
  if (answers === undefined) return;
  throw new ArgumentError(
    `run gives states that a next call carries on; ${describe(layer.config)} answers at steps of its own, after its whole input. Use predictBatch, or decode.`,
  );
}
