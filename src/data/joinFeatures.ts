import { ArgumentError, ShapeError } from "../errors.js";
import { Tensor } from "../tensor/tensor.js";
import { perStep, type Sequences, type SequencesLike, sequences } from "./sequences.js";

/**
 * Several inputs as one, side by side at every step: inputs of D₁, D₂ … features give D₁ + D₂ + … A network takes them apart
 * again with `columns`.
 *
 * @param inputs each [batch, time, D], or [batch, time] for one feature a step, or a list of such of any lengths, alike in all
 * @returns [batch, time, Σ D], or a list of [time, Σ D] where lengths differ
 * @example
 * const tokens = [[3, 1], [2, 7]];
 * const input = joinFeatures(tokens, [[[0.1, 0.2], [0.3, 0.4]], [[0, 1], [1, 0]]]);   // of one length: a tensor [2, 2, 3]
 * @throws ShapeError when the inputs differ in sequences or steps, ArgumentError when there is none or a value is not finite
 */
export function joinFeatures(...inputs: readonly SequencesLike[]): Tensor | Tensor[] {
  if (inputs.length === 0) throw new ArgumentError("joinFeatures needs at least one input.");
  const parts = inputs.map((input, index) => perStep(sequences(`input ${index} of joinFeatures`, input)));
  parts.forEach((part, index) => {
    requireAlike(parts[0] as Sequences, part, index);
  });
  const width = parts.reduce((sum, part) => sum + part.width, 0);
  const { lengths, count } = parts[0] as Sequences;
  const joined = Array.from(lengths, (length, index) => joinSequence(parts, index, length, width));
  const steps = lengths[0] ?? 0;
  if (!lengths.every((length) => length === steps)) return joined;
  const data = new Float32Array(count * steps * width);
  joined.forEach((sequence, index) => {
    data.set(sequence.data, index * steps * width);
  });
  return new Tensor(data, [count, steps, width]);
}

function joinSequence(parts: readonly Sequences[], index: number, length: number, width: number): Tensor {
  const data = new Float32Array(length * width);
  let column = 0;
  for (const { values, starts, width: own } of parts) {
    const start = starts[index] as number;
    for (let step = 0; step < length; step++)
      data.set(values.subarray(start + step * own, start + (step + 1) * own), step * width + column);
    column += own;
  }
  return new Tensor(data, [length, width]);
}

function requireAlike(first: Sequences, part: Sequences, index: number): void {
  if (part.axes === 0)
    throw new ShapeError(
      `input ${index} of joinFeatures has no axis of time: [batch, time] or [batch, time, D] is wanted.`,
    );
  if (part.count !== first.count)
    throw new ShapeError(`input ${index} of joinFeatures has ${part.count} sequences, input 0 has ${first.count}.`);
  const at = part.lengths.findIndex((length, sequence) => length !== first.lengths[sequence]);
  if (at >= 0)
    throw new ShapeError(
      `input ${index} of joinFeatures has ${part.lengths[at]} steps in sequence ${at}, input 0 has ${first.lengths[at]}.`,
    );
}
