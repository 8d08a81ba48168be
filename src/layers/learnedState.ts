import type { StateRows } from "../tensor/rows.js";
import { floats } from "../wasm/memory.js";
import type { Geometry } from "./recurrentGeometry.js";

/** An initial state that is learned: every sequence begins with it, and its gradient is the sum over the sequences. */
export interface LearnedState {
  /** Writes it before the first step of every sequence. */
  begin(): void;
  /** Adds what `backward` left as the gradient of the initial states, in the order of ranks. */
  gradients(): void;
}

export function learnedState(
  { config, input, planner, suffix }: Geometry,
  states: StateRows,
): LearnedState | undefined {
  if (config.initialState !== "learned") return undefined;
  const { layout } = input;
  const parts = states.parts.map(({ name, offset, units }) => ({
    offset,
    units,
    ...planner.parameter(`initial_${name}${suffix}`),
  }));
  return {
    begin() {
      for (let rank = 0; rank < layout.sequences; rank++) {
        for (const { value, offset, units } of parts) {
          floats.copyWithin((states.initial(rank) + offset) >> 2, value >> 2, (value >> 2) + units);
        }
      }
    },
    gradients() {
      for (let rank = 0; rank < layout.sequences; rank++) {
        for (const { gradient, offset, units } of parts) {
          const from = (states.gradient(rank) + offset) >> 2;
          const to = gradient >> 2;
          for (let unit = 0; unit < units; unit++)
            floats[to + unit] = (floats[to + unit] as number) + (floats[from + unit] as number);
        }
      }
    },
  };
}
