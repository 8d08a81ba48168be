import type { RecurrentResult, RecurrentRun } from "../support/subjectContract.js";
import { type OracleCell, type Step, stateNames, stateWidths } from "./cells/cell.js";
import { oracleCell } from "./cells/index.js";

/** Results being filled in, all flat and batch-first. */
interface Results {
  output: Float64Array;
  final: Float64Array[];
  dX: Float64Array;
  dInitial: Float64Array[];
  gradients: Record<string, Float64Array>;
}

/** A step that was made, and the factors on h before W_hh. */
interface MadeStep {
  readonly step: Step;
  readonly mask: Float64Array;
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
  if (run.initial === undefined) addLearnedGradients(cell, run, results);
  const { output, final, ...derivatives } = results;
  return run.dOutput === undefined && run.dFinal === undefined ? { output, final } : { output, final, ...derivatives };
}

function emptyResults(run: RecurrentRun<Float64Array>, cell: OracleCell): Results {
  const widths = stateWidths(cell, run);
  const states = (): Float64Array[] => widths.map((width) => new Float64Array(run.batch * width));
  const gradients: Record<string, Float64Array> = {};
  for (const [name, values] of Object.entries(run.weights)) gradients[name] = new Float64Array(values.length);
  return {
    output: new Float64Array(run.batch * run.steps * widths[0]),
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
): MadeStep[] {
  let states = initialStates(cell, run, sequence);
  const mask = maskOf(run, sequence, states[0].length);
  const steps: MadeStep[] = [];
  times.forEach((time, index) => {
    const position = sequence * run.steps + time;
    const x = row(run.x, position, run.inputSize);
    const hidden = states[0].map((value, j) => value * mask[j]);
    const step = cell.step(run.weights, x, states, hidden, keptAt(run, sequence, index));
    states = step.next;
    results.output.set(states[0], position * states[0].length);
    steps.push({ step, mask });
  });
  states.forEach((state, index) => {
    results.final[index].set(state, sequence * state.length);
  });
  return steps;
}

function backward(
  run: RecurrentRun<Float64Array>,
  sequence: number,
  times: readonly number[],
  steps: readonly MadeStep[],
  results: Results,
): void {
  let dStates = statesOf(run, sequence, run.dFinal ?? results.final.map((state) => state.map(() => 0)));
  for (let index = times.length - 1; index >= 0; index--) {
    const position = sequence * run.steps + times[index];
    const [dH, ...others] = dStates;
    const dOutput = run.dOutput === undefined ? undefined : row(run.dOutput, position, dH.length);
    const dNext = [dH.map((value, unit) => value + (dOutput?.[unit] ?? 0)), ...others];
    const { step, mask } = steps[index];
    const { dX, dPrevious, dHidden } = step.undo(dNext, results.gradients);
    results.dX.set(dX, position * run.inputSize);
    const [dOwn, ...dOthers] = dPrevious;
    dStates = [dOwn.map((value, j) => value + mask[j] * (dHidden?.[j] ?? 0)), ...dOthers];
  }
  dStates.forEach((dState, index) => {
    results.dInitial[index].set(dState, sequence * dState.length);
  });
}

/** What a sequence begins with: what is given, else what is learned, else zeros. */
function initialStates(cell: OracleCell, run: RecurrentRun<Float64Array>, sequence: number): readonly Float64Array[] {
  if (run.initial !== undefined) return statesOf(run, sequence, run.initial);
  const names = stateNames(cell, run);
  return stateWidths(cell, run).map(
    (width, index) => run.weights[`initial_${names[index]}`] ?? new Float64Array(width),
  );
}

/** A learned initial state is that of every sequence: its derivative is the sum of theirs. */
function addLearnedGradients(
  cell: OracleCell,
  run: RecurrentRun<Float64Array>,
  { dInitial, gradients }: Results,
): void {
  stateNames(cell, run).forEach((name, index) => {
    const gradient = gradients[`initial_${name}`];
    if (gradient === undefined) return;
    dInitial[index].forEach((value, at) => {
      gradient[at % gradient.length] += value;
    });
  });
}

/** Factors on h before W_hh: recurrent dropout, one mask a sequence. */
function maskOf({ noise }: RecurrentRun<Float64Array>, sequence: number, width: number): Float64Array {
  if (noise?.mask === undefined) return new Float64Array(width).fill(1);
  return row(Float64Array.from(noise.mask), sequence, width);
}

/** Shares of the old states that zoneout keeps at a step, counted in the order of processing. */
function keptAt(
  run: RecurrentRun<Float64Array>,
  sequence: number,
  step: number,
): (Float64Array | undefined)[] | undefined {
  return run.noise?.kept?.map((shares) => {
    return shares && row(Float64Array.from(shares), sequence * run.steps + step, run.units);
  });
}

/** The states of one sequence out of those of all, [B, width] each. */
function statesOf(
  { batch }: RecurrentRun<Float64Array>,
  sequence: number,
  states: readonly Float64Array[],
): readonly Float64Array[] {
  return states.map((values) => row(values, sequence, values.length / batch));
}

/** Row number `index` of a matrix of that width. */
function row(values: Float64Array, index: number, width: number): Float64Array {
  return values.subarray(index * width, (index + 1) * width);
}
