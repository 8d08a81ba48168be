import { describe, test } from "vitest";
import { runRecurrent } from "../support/subject.js";
import { expectSameBits } from "./bits.js";
import { full, perSequence, type Result, type Run, samples } from "./samples.js";

/** Steps [from, to) of every sequence: [B, T, width] → [B, to − from, width]. */
function cut(run: Run, values: Float32Array, from: number, to: number): Float32Array {
  const width = values.length / (run.batch * run.steps);
  const parts = Array.from({ length: run.batch }, (_, sequence) => {
    return Array.from(values.subarray((sequence * run.steps + from) * width, (sequence * run.steps + to) * width));
  });
  return Float32Array.from(parts.flat());
}

/** Where a sequence of T steps is cut, in the order in which the parts are processed. */
function pieces(run: Run, length: number): [number, number][] {
  const parts: [number, number][] = [];
  for (let from = 0; from < run.steps; from += length) parts.push([from, Math.min(run.steps, from + length)]);
  return run.reverse ? parts.reverse() : parts;
}

function piece(run: Run, [from, to]: [number, number], initial: Run["initial"]): Run {
  const { dOutput: _, dFinal: __, ...rest } = run;
  return { ...rest, steps: to - from, x: cut(run, run.x, from, to), ...(initial === undefined ? {} : { initial }) };
}

/** The whole run forward in pieces that hand the state on, then backward in pieces that hand its derivative back. */
function expectPiecesEqualWhole(run: Run, length: number): void {
  const whole = runRecurrent(run);
  const parts = pieces(run, length);
  const starts: Run["initial"][] = [run.initial];
  for (const part of parts) {
    const { output, final } = runRecurrent(piece(run, part, starts[starts.length - 1]));
    expectSameBits(output, cut(run, whole.output, ...part), `output of steps ${part}`);
    starts.push(final);
  }
  expectSameStates(starts[parts.length], whole.final, "final");
  let dFinal = run.dFinal;
  for (let index = parts.length - 1; index >= 0; index--) {
    const dOutput = cut(run, run.dOutput as Float32Array, ...parts[index]);
    const result = runRecurrent({ ...piece(run, parts[index], starts[index]), dOutput, ...(dFinal ? { dFinal } : {}) });
    expectSameBits(result.dX ?? [], cut(run, whole.dX as Float32Array, ...parts[index]), `dX of steps ${parts[index]}`);
    dFinal = result.dInitial;
  }
  expectSameStates(dFinal, whole.dInitial, "dInitial");
}

function expectSameStates(actual: Run["initial"], expected: Run["initial"], label: string): void {
  expected?.forEach((state, index) => {
    expectSameBits(actual?.[index] ?? [], state, `${label} ${index}`);
  });
}

function expectSameResults(run: Run, actual: Result, expected: Result): void {
  const wanted = perSequence(run, expected);
  perSequence(run, actual).forEach(({ name, values }, index) => {
    expectSameBits(values, wanted[index].values, name);
  });
}

/** Each sequence turned round within its length. */
function flip(run: Run, values: Float32Array): Float32Array {
  const width = values.length / (run.batch * run.steps);
  return values.map((value, index) => {
    const [row, column] = [Math.floor(index / width), index % width];
    const [sequence, time] = [Math.floor(row / run.steps), row % run.steps];
    const length = run.lengths?.[sequence] ?? run.steps;
    return time < length ? values[(sequence * run.steps + length - 1 - time) * width + column] : value;
  });
}

describe.each(samples)("$label", ({ run }) => {
  test("stepping one time step at a time equals running the whole sequence, forward and back", () => {
    expectPiecesEqualWhole(full(run), 1);
  });

  test("running it in pieces of three steps equals running it whole", () => {
    expectPiecesEqualWhole(full(run), 3);
  });

  test("the other direction on sequences turned round is the same run turned round", () => {
    const turned = {
      ...run,
      reverse: !run.reverse,
      x: flip(run, run.x),
      dOutput: flip(run, run.dOutput as Float32Array),
    };
    const result = runRecurrent(turned);
    const back: Result = { ...result, output: flip(run, result.output), dX: flip(run, result.dX as Float32Array) };
    expectSameResults(run, back, runRecurrent(run));
  });

  test("a zero initial state is none", () => {
    const { initial: _, ...without } = run;
    const zeros = (run.initial ?? []).map((state) => new Float32Array(state.length));
    expectSameResults(run, runRecurrent({ ...run, initial: zeros }), runRecurrent(without));
  });

  test("the same run again gives the same bits", () => {
    const [first, second] = [runRecurrent(run), runRecurrent(run)];
    expectSameResults(run, second, first);
    for (const [name, values] of Object.entries(first.gradients ?? {})) {
      expectSameBits(second.gradients?.[name] ?? [], values, name);
    }
  });
});
