import { ArgumentError, ShapeError } from "../errors.js";
import { owned, perStep, type Sequences, type SequencesLike, sequences } from "./sequences.js";

/**
 * Reads which steps of an input count: 1 for those that do, 0 for those that do not.
 * @param mask [batch, time], or a list of [time] of the input's lengths
 * @throws ShapeError when it has not one value for each step of the input, or comes with lengths
 * @throws ArgumentError when a value is neither 0 nor 1
 */
export function maskOf(mask: SequencesLike, input: Sequences, lengths?: ArrayLike<number>): Sequences {
  if (lengths !== undefined)
    throw new ShapeError(
      "lengths and mask were both given: put 0 into the mask beyond each length, and leave out lengths.",
    );
  // A copy: what is masked was never looked at, and must not count later.
  const read = owned(perStep(sequences("mask", mask)));
  if (read.width > 1 || read.axes === 0)
    throw new ShapeError("mask must have one value for each step, [batch, time], as many as the input has steps.");
  if (read.count !== input.count) throw new ShapeError(`mask has ${read.count} sequences, the input ${input.count}.`);
  read.lengths.forEach((steps, index) => {
    const wanted = input.lengths[index];
    if (steps !== wanted) throw new ShapeError(`mask ${index} has ${steps} steps, its input ${wanted}.`);
  });
  read.each((value, index, step) => {
    if (value !== 0 && value !== 1)
      throw new ArgumentError(`a mask is made of 0 and 1, received ${value} in sequence ${index}, step ${step}.`);
  });
  return read;
}
