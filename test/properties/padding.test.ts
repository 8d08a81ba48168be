import { describe, test } from "vitest";
import { runRecurrent } from "../support/subject.js";
import { expectSameBits } from "./bits.js";
import { type Result, type Run, samples } from "./samples.js";

/** A large number that nothing real comes near: if it is read, it is seen. */
const OTHER_PADDING = 1e30;

/** The values beyond each length replaced. */
function padWith(run: Run, values: Float32Array, filler: number): Float32Array {
  const width = values.length / (run.batch * run.steps);
  return values.map((value, index) => {
    const row = Math.floor(index / width);
    return row % run.steps < (run.lengths as readonly number[])[Math.floor(row / run.steps)] ? value : filler;
  });
}

/** Longer padding: [B, steps, width] → [B, steps + extra, width]. */
function padLonger(run: Run, values: Float32Array, extra: number): Float32Array {
  const width = values.length / (run.batch * run.steps);
  const longer = new Float32Array(run.batch * (run.steps + extra) * width).fill(OTHER_PADDING);
  for (let sequence = 0; sequence < run.batch; sequence++) {
    const own = values.subarray(sequence * run.steps * width, (sequence + 1) * run.steps * width);
    longer.set(own, sequence * (run.steps + extra) * width);
  }
  return longer;
}

/** Undoes it. */
function shorten(run: Run, values: Float32Array, extra: number): Float32Array {
  const width = values.length / (run.batch * (run.steps + extra));
  const kept = Array.from({ length: run.batch }, (_, sequence) => {
    const from = sequence * (run.steps + extra) * width;
    return Array.from(values.subarray(from, from + run.steps * width));
  });
  return Float32Array.from(kept.flat());
}

function expectSame(actual: Result, expected: Result): void {
  expectSameBits(actual.output, expected.output, "output");
  expectSameBits(actual.dX as Float32Array, expected.dX as Float32Array, "dX");
  expected.final.forEach((state, index) => {
    expectSameBits(actual.final[index], state, `final ${index}`);
  });
  expected.dInitial?.forEach((state, index) => {
    expectSameBits(actual.dInitial?.[index] ?? [], state, `dInitial ${index}`);
  });
  for (const [name, values] of Object.entries(expected.gradients ?? {})) {
    expectSameBits(actual.gradients?.[name] ?? [], values, name);
  }
}

describe.each(samples)("$label", ({ run }) => {
  test("what stands in the padding changes no bit of any result", () => {
    const x = padWith(run, run.x, OTHER_PADDING);
    const dOutput = padWith(run, run.dOutput as Float32Array, OTHER_PADDING);
    expectSame(runRecurrent({ ...run, x, dOutput }), runRecurrent(run));
  });

  test("more padding changes no bit of any result", () => {
    const extra = 3;
    const x = padLonger(run, run.x, extra);
    const dOutput = padLonger(run, run.dOutput as Float32Array, extra);
    const result = runRecurrent({ ...run, steps: run.steps + extra, x, dOutput });
    const dX = shorten(run, result.dX as Float32Array, extra);
    expectSame({ ...result, output: shorten(run, result.output, extra), dX }, runRecurrent(run));
  });

  test("outputs and derivatives beyond a length are 0", () => {
    const { output, dX } = runRecurrent(run);
    expectSameBits(output, padWith(run, output, 0), "output");
    expectSameBits(dX as Float32Array, padWith(run, dX as Float32Array, 0), "dX");
  });
});
