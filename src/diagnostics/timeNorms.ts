import { layoutOf } from "../models/states.js";
import type { Layout } from "../tensor/layout.js";
import type { StateRows } from "../tensor/rows.js";
import { doubles } from "../wasm/memory.js";
import { backFrom, type Errors, type LossPass } from "./lossPasses.js";
import type { RecurrentPlace } from "./recurrentLayers.js";
import { type SequenceGroup, sequenceGroups } from "./sequenceGroups.js";

/** The gradient with respect to one state vector over time. */
export interface TimeNorms {
  /** Name of the state: `h`, `c`. */
  readonly name: string;
  /** ‖∂L/∂state_t‖ over the batch at each time step, first to last; 0 at masked steps. */
  readonly byStep: Float64Array;
  /**
   * The same by lag, of one error alone, the last that the layer has to do with: entry 0 is its step, entry k lies k steps
   * before it in the direction in which the layer reads. For a reverse layer that is the error at the first step.
   */
  readonly byLag: Float64Array;
}

/** The norms for every state of every recurrent layer. */
export function timeNorms(pass: LossPass, places: readonly RecurrentPlace[]): TimeNorms[][] {
  const sums = places.map(zeros);
  const states = places.map(({ state }) => state);
  const probes = states.map((state) => state.probe(true));
  try {
    for (const [group, errors] of waysBack(pass, states)) {
      pass.again();
      backFrom(pass, group, errors);
      places.forEach((place, index) => {
        const way = { ...group, errors, index };
        const squares = readProbe(probes[index] as number, place);
        addPass(sums[index] as TimeNorms[], squares, place.state, way, pass.plan.run.output.layout);
      });
    }
  } finally {
    for (const state of states) state.probe(false);
  }
  for (const { byStep, byLag } of sums.flat()) for (const list of [byStep, byLag]) squareRoots(list);
  return sums;
}

function zeros({ cell, state }: RecurrentPlace): TimeNorms[] {
  return cell.states.map((name) => ({
    name,
    byStep: new Float64Array(layoutOf(state).steps),
    byLag: new Float64Array(state.layout.steps),
  }));
}

/** One way back for each group, and others from a single error where the loss looks at several steps. */
function waysBack({ plan, gradient }: LossPass, states: readonly StateRows[]): [SequenceGroup, Errors][] {
  const { output } = plan.run;
  const errors: Errors[] = ["all"];
  if (output.layout.steps > 1) errors.push("last");
  if (output.layout.steps > 1 && states.some(({ isReversed }) => isReversed)) errors.push("first");
  return sequenceGroups(output, gradient, states).flatMap((group) =>
    errors.map((from): [SequenceGroup, Errors] => [group, from]),
  );
}

/** Σ ‖dstate‖² for each state of the cell and each step, in the layer's own order of steps. */
function readProbe(address: number, { cell, state }: RecurrentPlace): Float64Array[] {
  const count = cell.states.length;
  return cell.states.map((_, part) =>
    Float64Array.from(
      { length: state.layout.steps },
      (_, step) => doubles[(address >> 3) + step * count + part] as number,
    ),
  );
}

/** Adds what one way back has found to the sums that it belongs to. */
function addPass(
  sums: readonly TimeNorms[],
  found: readonly Float64Array[],
  state: StateRows,
  way: SequenceGroup & { readonly errors: Errors; readonly index: number },
  output: Layout,
): void {
  const steps = way.steps[way.index] as readonly number[];
  const isOnly = output.steps <= 1;
  sums.forEach(({ byStep, byLag }, part) => {
    const squares = found[part] as Float64Array;
    if (way.errors === "all")
      steps.forEach((time, step) => {
        byStep[time] = (byStep[time] as number) + (squares[step] as number);
      });
    if (!isOnly && way.errors !== (state.isReversed ? "first" : "last")) return;
    const origin = originOf(state, steps, way, output);
    for (let lag = 0; lag <= origin; lag++) byLag[lag] = (byLag[lag] as number) + (squares[origin - lag] as number);
  });
}

/** The place among the steps read from which lags are counted: where the judged output comes from, or else the last. */
function originOf(state: StateRows, steps: readonly number[], group: SequenceGroup, output: Layout): number {
  if (layoutOf(state) !== output) return steps.length - 1;
  const isBefore = (time: number) => (state.isReversed ? time >= group.firstStep : time <= group.lastStep);
  return steps.filter(isBefore).length - 1;
}

function squareRoots(list: Float64Array): void {
  for (let index = 0; index < list.length; index++) list[index] = Math.sqrt(list[index] as number);
}
