import { ShapeError } from "../errors.js";
import type { Rows, StatePart, StateRows } from "../tensor/rows.js";
import { floats } from "../wasm/memory.js";
import { perSequence, perSequenceRows } from "./lastStep.js";
import {
  type Layer,
  type LayerDefinition,
  type LayerRun,
  type NameOptions,
  type Planner,
  specifyNamed,
} from "./layer.js";
import { clearGradientRows } from "./moveRows.js";

/** The hidden state after each sequence. */
export const finalStateDefinition: LayerDefinition = {
  type: "finalState",
  output(_config, input) {
    if (input.stateWidth === input.width) return perSequence("finalState", input);
    throw new ShapeError(
      "finalState must follow a recurrent layer, such as lstm(64), or a bidirectional one that concatenates: it takes a state, past what comes between. Put dropout behind it, or take lastStep().",
    );
  },
  parameters: () => [],
  plan: planFinalState,
  reverse: (layer) => layer,
  make: (_config, name) => finalState({ name }),
  drawing: () => ({ kind: "gather", from: "ends" }),
  describe: () => "finalState",
};

/**
 * The hidden state h with which the recurrent layer before it ends: [batch, time, width] gives [batch, width].
 * After a reverse layer it is the state after the first input; after a bidirectional one both, forward first. An empty
 * sequence gives its initial state.
 *
 * @example
 * sequential(gru(16, { direction: "reverse" }), finalState(), dense(2));
 * @throws ArgumentError when an option is unknown; where a model is made, ShapeError when the layer before it is not recurrent
 */
export function finalState(options: NameOptions = {}): Layer {
  return specifyNamed(finalStateDefinition, {}, options);
}

function planFinalState(_config: object, input: Rows, planner: Planner): LayerRun {
  const states = input.states ?? [];
  const output = perSequenceRows(input, planner);
  return {
    output,
    states: [],
    pack() {},
    begin() {},
    forward: () => eachState(states, input, output.address, output.stride, copyState),
    backward() {
      if (input.gradient !== 0) clearGradientRows(input);
      eachState(states, input, output.gradient, output.stride, addStateGradient);
    },
    gradients() {},
  };
}

/** Visits the place of every sequence's part of the output for every state, as indices of float32. */
function eachState(
  states: readonly StateRows[],
  { layout }: Rows,
  address: number,
  stride: number,
  visit: (state: StateRows, rank: number, at: number) => void,
): void {
  for (let rank = 0; rank < layout.sequences; rank++) {
    let at = (address + rank * stride) >> 2;
    for (const state of states) {
      visit(state, rank, at);
      at += hiddenUnits(state);
    }
  }
}

function copyState(state: StateRows, rank: number, at: number): void {
  const from = state.final(rank) >> 2;
  floats.copyWithin(at, from, from + hiddenUnits(state));
}

function addStateGradient(state: StateRows, rank: number, at: number): void {
  const to = state.gradient(rank) >> 2;
  for (let unit = 0; unit < hiddenUnits(state); unit++)
    floats[to + unit] = (floats[to + unit] as number) + (floats[at + unit] as number);
}

/** Width of the hidden state, which is the first vector of a state row. */
function hiddenUnits(state: StateRows): number {
  return (state.parts[0] as StatePart).units;
}
