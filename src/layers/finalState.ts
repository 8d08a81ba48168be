import { ShapeError } from "../errors.js";
import { floats } from "../wasm/memory.js";
import { type Layer, type LayerDefinition, type LayerRun, type Planner, specify } from "./layer.js";
import type { Rows, StateRows } from "../tensor/rows.js";
import { clearGradientRows, perSequence, perSequenceRows } from "./lastStep.js";

/** The hidden state after each sequence. */
export const finalStateDefinition: LayerDefinition = {
  type: "finalState",
  output: (_config, input) => perSequence("finalState", input),
  parameters: () => [],
  plan: planFinalState,
  describe: () => "finalState",
};

/**
 * The hidden state h with which the recurrent layer before it ends: [batch, time, width] gives [batch, width].
 * After a reverse layer it is the state after the first input. An empty sequence gives its initial state.
 *
 * @example
 * sequential(gru(16, { direction: "reverse" }), finalState(), dense(2));
 * @throws ShapeError when the layer before it is not recurrent
 */
export function finalState(): Layer {
  return specify(finalStateDefinition, {});
}

function planFinalState(_config: object, input: Rows, planner: Planner): LayerRun {
  const state: StateRows | undefined = input.states?.at(-1);
  if (state === undefined) throw new ShapeError("finalState must follow a recurrent layer, such as lstm(64).");
  const output = perSequenceRows(input, planner);
  return {
    output,
    states: [],
    pack() {},
    begin() {},
    forward() {
      for (let rank = 0; rank < input.layout.sequences; rank++) {
        const from = state.final(rank) >> 2;
        floats.copyWithin((output.address + rank * output.stride) >> 2, from, from + input.width);
      }
    },
    backward() {
      if (input.gradient !== 0) clearGradientRows(input);
      for (let rank = 0; rank < input.layout.sequences; rank++) {
        const from = (output.gradient + rank * output.stride) >> 2;
        const to = state.gradient(rank) >> 2;
        for (let unit = 0; unit < input.width; unit++) floats[to + unit] = (floats[to + unit] as number) + (floats[from + unit] as number);
      }
    },
    gradients() {},
  };
}
