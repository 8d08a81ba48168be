import type { RecurrentResult, RecurrentRun } from "../support/subjectContract.js";
import { runRecurrent } from "./sequence.js";

type F64 = Float64Array;
type Run = RecurrentRun<F64>;

/**
 * A run whose masked steps keep the state and give it as their output, made of a ragged run without them.
 * Steps are taken in the order in which they are processed; before the first one that counts the output is the initial h.
 */
export function runMasked(masked: Run): RecurrentResult<F64> {
  const { stepMask, ...run } = masked;
  if (stepMask === undefined) return runRecurrent(run);
  if ("initial_h" in run.weights) throw new Error("the oracle's masked run learns no initial state");
  const places = placesOf(run, stepMask);
  const { dOutput, ...rest } = run;
  const compact = {
    ...rest,
    x: gather(run, run.x, places.source),
    lengths: places.lengths,
    ...(dOutput === undefined ? {} : { dOutput: summed(run, dOutput, places.answer) }),
  };
  const result = runRecurrent(compact);
  const output = spread(run, result.output, places.answer);
  if (result.dX === undefined || result.dInitial === undefined) return { ...result, output };
  const [dH, ...others] = result.dInitial;
  return {
    ...result,
    output,
    dX: scatter(run, result.dX, places.source),
    dInitial: [plusUnanswered(run, dH, places.answer), ...others],
  };
}

/** Rows of [B, T] by number: sequence · T + step. */
interface Places {
  readonly lengths: readonly number[];
  /** For each row of the compact run, the row that it comes from; −1 beyond a length. */
  readonly source: Int32Array;
  /** For each row, the row of the compact run whose state it gives; −1 for the initial state. */
  readonly answer: Int32Array;
}

function placesOf({ batch, steps, reverse }: Run, mask: ArrayLike<number>): Places {
  const source = new Int32Array(batch * steps).fill(-1);
  const answer = new Int32Array(batch * steps).fill(-1);
  const lengths: number[] = [];
  for (let first = 0; first < batch * steps; first += steps) {
    const counting = Array.from({ length: steps }, (_, step) => first + step).filter((row) => mask[row] !== 0);
    lengths.push(counting.length);
    counting.forEach((row, index) => {
      source[first + index] = row;
    });
    for (let row = first; row < first + steps; row++) {
      const before = counting.filter((other) => (reverse ? other >= row : other <= row)).length;
      if (before > 0) answer[row] = first + (reverse ? counting.length - before : before - 1);
    }
  }
  return { lengths, source, answer };
}

function gather(run: Run, values: F64, source: Int32Array): F64 {
  const width = values.length / (run.batch * run.steps);
  const from = (index: number): number => source[Math.floor(index / width)];
  return Float64Array.from({ length: values.length }, (_, index) =>
    from(index) < 0 ? 0 : values[from(index) * width + (index % width)],
  );
}

/** Output rows of the compact run where each row finds its answer; the initial h where there is none. */
function spread(run: Run, output: F64, answer: Int32Array): F64 {
  const { units, steps, initial } = run;
  return Float64Array.from({ length: output.length }, (_, index) => {
    const [row, unit] = [Math.floor(index / units), index % units];
    if (answer[row] >= 0) return output[answer[row] * units + unit];
    return initial?.[0][Math.floor(row / steps) * units + unit] ?? 0;
  });
}

/** Undoes `spread` for the compact run: each of its rows gets the sum of what the rows that it answers get. */
function summed(run: Run, dOutput: F64, answer: Int32Array): F64 {
  const sums = new Float64Array(dOutput.length);
  dOutput.forEach((value, index) => {
    const row = answer[Math.floor(index / run.units)];
    if (row >= 0) sums[row * run.units + (index % run.units)] += value;
  });
  return sums;
}

/** Undoes `spread` for the initial h: it gets what the rows without an answer get. */
function plusUnanswered(run: Run, dH: F64, answer: Int32Array): F64 {
  const sums = Float64Array.from(dH);
  run.dOutput?.forEach((value, index) => {
    const row = Math.floor(index / run.units);
    if (answer[row] < 0) sums[Math.floor(row / run.steps) * run.units + (index % run.units)] += value;
  });
  return sums;
}

/** Undoes `gather`. */
function scatter(run: Run, dX: F64, source: Int32Array): F64 {
  const values = new Float64Array(dX.length);
  source.forEach((row, index) => {
    if (row < 0) return;
    values.set(dX.subarray(index * run.inputSize, (index + 1) * run.inputSize), row * run.inputSize);
  });
  return values;
}
