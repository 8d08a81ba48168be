/** One recurrent layer in one direction, through its planned run. */
import type { CellDefinition } from "../../src/cells/cell.js";
import { type CellName, cells } from "../../src/cells/index.js";
import { readRows, writeGradientRows } from "../../src/data/batches.js";
import { recurrent } from "../../src/layers/recurrent.js";
import { Layout } from "../../src/tensor/layout.js";
import type { Rows, StatePart, StateRows } from "../../src/tensor/rows.js";
import { floats } from "../../src/wasm/memory.js";
import type { Region } from "../../src/wasm/region.js";
import type { RecurrentResult, RecurrentRun } from "./subjectContract.js";
import { inputRows, type PlannedLayer, planLayer, within } from "./subjectPlan.js";

type F32 = Float32Array;
type Run = RecurrentRun<F32>;

export function runRecurrent(given: Run): RecurrentResult<F32> {
  return within((region) => {
    const planned = planRecurrent(region, given);
    const results = forward(planned);
    return given.dOutput === undefined && given.dFinal === undefined ? results : { ...results, ...backward(planned) };
  });
}

/** The same layer planned without a way back, as a prediction is. */
export function predictRecurrent(given: Run): Pick<RecurrentResult<F32>, "output" | "final"> {
  return within((region) => forward(planRecurrent(region, given, false)));
}

/** A run with its memory written: input rows, weights, initial states. */
export interface PlannedRun extends PlannedLayer {
  readonly given: Run;
  readonly layout: Layout;
  readonly input: Rows;
  readonly state: StateRows;
}

/** Plans a run in the memory of a region. */
export function planRecurrent(region: Region, given: Run, training = true): PlannedRun {
  const { batch, steps, units, bias, options, inputSize, projectionSize = null } = given;
  const lengths = given.lengths ?? new Array<number>(batch).fill(steps);
  const rows = lengths.reduce((sum, length) => sum + length, 0);
  const { stepMask } = given;
  const layout = new Layout({ sequences: batch, steps, rows: Math.max(1, rows) }, region, stepMask !== undefined);
  layout.assign(lengths);
  layout.mask?.assign((sequence, step) => stepMask?.[sequence * steps + step] !== 0);
  const input = inputRows(region, layout, paddedTo(layout, given.x, steps, inputSize), inputSize);
  const cell: CellDefinition = cells[given.cell as CellName];
  const direction = given.reverse ? "reverse" : "forward";
  const layer = recurrent(cell, units, { ...options, projectionSize, bias, direction });
  const planned = planLayer(region, layer, input, given.weights, training);
  const state = planned.run.states[0] as StateRows;
  writeStates(layout, state, given.initial, state.initial);
  if (given.initial !== undefined) for (const { name } of state.parts) state.given.add(name);
  return { ...planned, given, layout, input, state };
}

/** Output and final states. */
export function forward({ run, given, layout, state }: PlannedRun): Pick<RecurrentResult<F32>, "output" | "final"> {
  run.forward(0, layout.steps);
  return {
    output: grown(layout, readRows(run.output), given.steps, run.output.width),
    final: readStates(layout, state, state.final),
  };
}

/** Every derivative. */
export function backward(planned: PlannedRun): Omit<RecurrentResult<F32>, "output" | "final"> {
  const { run, given, layout, input, state } = planned;
  const { batch, steps, inputSize } = given;
  const { width } = run.output;
  const dOutput = given.dOutput ?? new Float32Array(batch * steps * width);
  writeGradientRows(run.output, paddedTo(layout, dOutput, steps, width));
  writeStates(layout, state, given.dFinal, state.gradient);
  run.backward(0, layout.steps);
  run.gradients(0, layout.steps);
  return {
    dX: grown(layout, readRows(input, true), steps, inputSize),
    dInitial: readStates(layout, state, state.gradient),
    gradients: planned.gradients(),
  };
}

/** [B, T, width] cut to the longest length, which is all a layout knows of. */
function paddedTo(layout: Layout, values: F32, steps: number, width: number): F32 {
  const cut = new Float32Array(layout.sequences * layout.steps * width);
  for (let index = 0; index < layout.sequences; index++) {
    cut.set(
      values.subarray(index * steps * width, (index * steps + layout.steps) * width),
      index * layout.steps * width,
    );
  }
  return cut;
}

/** And back to T steps, zeros beyond. */
function grown(layout: Layout, values: F32, steps: number, width: number): F32 {
  const whole = new Float32Array(layout.sequences * steps * width);
  const size = layout.steps * width;
  for (let index = 0; index < layout.sequences; index++)
    whole.set(values.subarray(index * size, (index + 1) * size), index * steps * width);
  return whole;
}

type AddressOfRank = (rank: number) => number;

/** One [B, width] for each state vector, in the caller's order, to the state rows at an address each. */
function writeStates(
  layout: Layout,
  { parts }: StateRows,
  values: readonly F32[] | undefined,
  row: AddressOfRank,
): void {
  values?.forEach((vector, index) => {
    const { units, offset } = parts[index] as StatePart;
    for (let rank = 0; rank < layout.sequences; rank++) {
      const from = (layout.order[rank] as number) * units;
      floats.set(vector.subarray(from, from + units), (row(rank) + offset) >> 2);
    }
  });
}

/** And back. */
function readStates(layout: Layout, { parts }: StateRows, row: AddressOfRank): F32[] {
  return parts.map(({ units, offset }) => {
    const values = new Float32Array(layout.sequences * units);
    for (let rank = 0; rank < layout.sequences; rank++) {
      const from = (row(rank) + offset) >> 2;
      values.set(floats.subarray(from, from + units), (layout.order[rank] as number) * units);
    }
    return values;
  });
}
