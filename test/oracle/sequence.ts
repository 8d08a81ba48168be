import type { RecurrentResult, RecurrentRun } from "../support/subjectContract.js";
import type { CellGradients, OracleCell, Step } from "./cells/cell.js";
import { oracleCells } from "./cells/index.js";

/** Results being filled in, all flat and batch-first. */
interface Results {
  output: Float64Array;
  final: Float64Array[];
  dX: Float64Array;
  dInitial: Float64Array[];
  gradients: Record<string, Float64Array>;
}

/**
 * A recurrent layer through time in float64, forward and back: one sequence after the other, one time step after the
 * other. The reverse direction visits the valid steps from the last to the first. An empty sequence keeps its state.
 */
export function runRecurrent(run: RecurrentRun<Float64Array>): RecurrentResult<Float64Array> {
  const cell = oracleCell(run);
  const results = emptyResults(run, cell);
  for (let sequence = 0; sequence < run.batch; sequence++) {
    const times = visitedTimes(run, sequence);
    const steps = forward(run, cell, sequence, times, results);
    if (run.dOutput !== undefined || run.dFinal !== undefined) backward(run, sequence, times, steps, results);
  }
  const { output, final, ...derivatives } = results;
  return run.dOutput === undefined && run.dFinal === undefined ? { output, final } : { output, final, ...derivatives };
}

function oracleCell(run: RecurrentRun<Float64Array>): OracleCell {
  if (run.projectionSize !== undefined) throw new Error("the oracle has no projection (weight_hr)");
  const make = oracleCells[run.cell];
  if (make === undefined)
    throw new Error(`no float64 oracle for the cell "${run.cell}": add test/oracle/cells/${run.cell}.ts.`);
  return make(run.activation);
}

function emptyResults(run: RecurrentRun<Float64Array>, cell: OracleCell): Results {
  const states = (): Float64Array[] =>
    Array.from({ length: cell.states }, () => new Float64Array(run.batch * run.units));
  const gradients: Record<string, Float64Array> = {};
  for (const [name, values] of Object.entries(run.weights)) gradients[name] = new Float64Array(values.length);
  return {
    output: new Float64Array(run.batch * run.steps * run.units),
    final: states(),
    dX: new Float64Array(run.batch * run.steps * run.inputSize),
    dInitial: states(),
    gradients,
  };
}

/** The valid time steps of a sequence in the order in which they are processed. */
function visitedTimes(run: RecurrentRun<Float64Array>, sequence: number): number[] {
  const length = run.lengths?.[sequence] ?? run.steps;
  const times = Array.from({ length }, (_, time) => time);
  return run.reverse ? times.reverse() : times;
}

function forward(
  run: RecurrentRun<Float64Array>,
  cell: OracleCell,
  sequence: number,
  times: readonly number[],
  results: Results,
): Step[] {
  const { units, inputSize } = run;
  let states: readonly Float64Array[] = results.final.map((_, index) =>
    run.initial === undefined ? new Float64Array(units) : row(run.initial[index], sequence, units),
  );
  const steps: Step[] = [];
  for (const time of times) {
    const step = cell.step(run.weights, row(run.x, sequence * run.steps + time, inputSize), states);
    states = step.next;
    results.output.set(states[0], (sequence * run.steps + time) * units);
    steps.push(step);
  }
  states.forEach((state, index) => {
    results.final[index].set(state, sequence * units);
  });
  return steps;
}

function backward(
  run: RecurrentRun<Float64Array>,
  sequence: number,
  times: readonly number[],
  steps: readonly Step[],
  results: Results,
): void {
  const { units, inputSize } = run;
  let dStates: readonly Float64Array[] = results.final.map((_, index) =>
    run.dFinal === undefined ? new Float64Array(units) : row(run.dFinal[index], sequence, units),
  );
  for (let index = times.length - 1; index >= 0; index--) {
    const position = sequence * run.steps + times[index];
    const dOutput = run.dOutput === undefined ? new Float64Array(units) : row(run.dOutput, position, units);
    const [dH, ...others] = dStates;
    const dNext = [dH.map((value, unit) => value + dOutput[unit]), ...others];
    const { dX, dPrevious } = steps[index].undo(dNext, results.gradients as unknown as CellGradients);
    results.dX.set(dX, position * inputSize);
    dStates = dPrevious;
  }
  dStates.forEach((dState, index) => {
    results.dInitial[index].set(dState, sequence * units);
  });
}

/** Row number `index` of a matrix of that width. */
function row(values: Float64Array, index: number, width: number): Float64Array {
  return values.subarray(index * width, (index + 1) * width);
}
