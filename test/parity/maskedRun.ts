import type { Numbers, RecurrentResult, RecurrentRun } from "../support/subjectContract.js";
import type { Engine } from "./engine.js";

/**
 * A run whose masked steps keep the state and give it as their output, made of a ragged run without them.
 * Steps are taken in the order in which they are processed; before the first one that counts the output is the initial h.
 * @param mask [B, T], 0 where a step is masked
 */
export function runMasked<A extends Numbers>(
  engine: Engine<A>,
  run: RecurrentRun<A>,
  mask: ArrayLike<number>,
): RecurrentResult<A> {
  const places = placesOf(run, mask);
  const { dOutput, ...rest } = run;
  const compact = {
    ...rest,
    x: gather(engine, run, run.x, places.source),
    lengths: places.lengths,
    ...(dOutput === undefined ? {} : { dOutput: summed(engine, run, dOutput, places.answer) }),
  };
  const result = engine.subject.runRecurrent(compact);
  const output = spread(engine, run, result.output, places.answer);
  if (result.dX === undefined || result.dInitial === undefined) return { ...result, output };
  const [dH, ...others] = result.dInitial;
  return {
    ...result,
    output,
    dX: scatter(engine, run, result.dX, places.source),
    dInitial: [plusUnanswered(engine, run, dH, places.answer), ...others],
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

function placesOf({ batch, steps, reverse }: RecurrentRun<Numbers>, mask: ArrayLike<number>): Places {
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

function gather<A extends Numbers>(engine: Engine<A>, run: RecurrentRun<A>, values: A, source: Int32Array): A {
  const width = values.length / (run.batch * run.steps);
  const from = (index: number): number => source[Math.floor(index / width)];
  return engine.numbers(
    Float64Array.from({ length: values.length }, (_, index) =>
      from(index) < 0 ? 0 : values[from(index) * width + (index % width)],
    ),
  );
}

/** Output rows of the compact run where each row finds its answer; the initial h where there is none. */
function spread<A extends Numbers>(engine: Engine<A>, run: RecurrentRun<A>, output: A, answer: Int32Array): A {
  const { units, steps, initial } = run;
  return engine.numbers(
    Float64Array.from({ length: output.length }, (_, index) => {
      const [row, unit] = [Math.floor(index / units), index % units];
      if (answer[row] >= 0) return output[answer[row] * units + unit];
      return initial?.[0][Math.floor(row / steps) * units + unit] ?? 0;
    }),
  );
}

/** Undoes `spread` for the compact run: each of its rows gets the sum of what the rows that it answers get. */
function summed<A extends Numbers>(engine: Engine<A>, run: RecurrentRun<A>, dOutput: A, answer: Int32Array): A {
  const sums = new Float64Array(dOutput.length);
  dOutput.forEach((value, index) => {
    const row = answer[Math.floor(index / run.units)];
    if (row >= 0) sums[row * run.units + (index % run.units)] += value;
  });
  return engine.numbers(sums);
}

/** Undoes `spread` for the initial h: it gets what the rows without an answer get. */
function plusUnanswered<A extends Numbers>(engine: Engine<A>, run: RecurrentRun<A>, dH: A, answer: Int32Array): A {
  const sums = Float64Array.from(dH);
  run.dOutput?.forEach((value, index) => {
    const row = Math.floor(index / run.units);
    if (answer[row] < 0) sums[Math.floor(row / run.steps) * run.units + (index % run.units)] += value;
  });
  return engine.numbers(sums);
}

/** Undoes `gather`. */
function scatter<A extends Numbers>(engine: Engine<A>, run: RecurrentRun<A>, dX: A, source: Int32Array): A {
  const values = new Float64Array(dX.length);
  source.forEach((row, index) => {
    if (row < 0) return;
    values.set(dX.subarray(index * run.inputSize, (index + 1) * run.inputSize), row * run.inputSize);
  });
  return engine.numbers(values);
}
