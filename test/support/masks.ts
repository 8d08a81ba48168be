import type { RecurrentRun } from "./subjectContract.js";

/** A mask [batch, steps] with holes at the front, in the middle and at the end, and sequences with none and all of them. */
export function holes(batch: number, steps: number): number[] {
  return Array.from({ length: batch * steps }, (_, index) => {
    const [sequence, step] = [Math.floor(index / steps), index % steps];
    if (sequence % 5 === 4) return 0;
    return sequence % 5 === 3 || (step * 7 + sequence * 3) % 5 < 3 ? 1 : 0;
  });
}

/** The steps that count, for each sequence. */
export function counting(mask: ArrayLike<number>, batch: number, steps: number): number[][] {
  return Array.from({ length: batch }, (_, sequence) =>
    Array.from({ length: steps }, (_, step) => step).filter((step) => mask[sequence * steps + step] === 1),
  );
}

/** The same run, each sequence cut to its steps that count, which stand at its front. */
export function compacted(
  run: RecurrentRun<Float32Array>,
  kept: readonly (readonly number[])[],
): RecurrentRun<Float32Array> {
  const { stepMask: _, ...rest } = run;
  const moved = (values: Float32Array): Float32Array => {
    const width = values.length / (run.batch * run.steps);
    const into = new Float32Array(values.length);
    kept.forEach((steps, sequence) => {
      steps.forEach((step, index) => {
        const from = (sequence * run.steps + step) * width;
        into.set(values.subarray(from, from + width), (sequence * run.steps + index) * width);
      });
    });
    return into;
  };
  return {
    ...rest,
    x: moved(run.x),
    lengths: kept.map((steps) => steps.length),
    ...(run.dOutput === undefined ? {} : { dOutput: moved(run.dOutput) }),
  };
}
