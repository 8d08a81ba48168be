/**
 * The output at the last valid step of each sequence, [B, width]; zero for an empty one.
 * (The final state of one direction is `final` of the run itself.)
 */
export function lastStep(output: Float64Array, steps: number, width: number, lengths: readonly number[]): Float64Array {
  const last = new Float64Array(lengths.length * width);
  lengths.forEach((length, sequence) => {
    if (length === 0) return;
    const from = (sequence * steps + length - 1) * width;
    last.set(output.subarray(from, from + width), sequence * width);
  });
  return last;
}

/** Undoes it: dOutput [B, T, width], zero but at the last valid steps. */
export function lastStepBackward(
  dLast: Float64Array,
  steps: number,
  width: number,
  lengths: readonly number[],
): Float64Array {
  const dOutput = new Float64Array(lengths.length * steps * width);
  lengths.forEach((length, sequence) => {
    if (length === 0) return;
    dOutput.set(dLast.subarray(sequence * width, (sequence + 1) * width), (sequence * steps + length - 1) * width);
  });
  return dOutput;
}
