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
    name,
    offset,
    units,
    ...planner.parameter(`initial_${name}${suffix}`),
  }));
  const eachVector = (visit: (part: (typeof parts)[number], rank: number) => void) => {
    for (let rank = 0; rank < layout.sequences; rank++) for (const part of parts) visit(part, rank);
  };
  return {
    begin() {
      states.given.clear();
      eachVector(({ value, offset, units }, rank) => {
        floats.copyWithin((states.initial(rank) + offset) >> 2, value >> 2, (value >> 2) + units);
      });
    },
    gradients() {
      eachVector(({ name, gradient, offset, units }, rank) => {
        if (!states.given.has(name)) addVector(gradient, states.gradient(rank) + offset, units);
      });
    },
  };
}

function addVector(to: number, from: number, units: number): void {
  const [sum, added] = [to >> 2, from >> 2];
  for (let unit = 0; unit < units; unit++)
    floats[sum + unit] = (floats[sum + unit] as number) + (floats[added + unit] as number);
}
