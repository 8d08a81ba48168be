import { ArgumentError, ShapeError } from "../errors.js";
import { owned, perStep, type Sequences, type SequencesLike, sequences } from "./sequences.js";

/**
 * Reads how much each sequence, or each of its steps, counts in a loss.
 * @param weights [batch], one a sequence (axes 0); or [batch, time] or a list of [time], one a step (axes 1)
 * @throws ShapeError when there is not one for each sequence, ArgumentError when one is negative or not finite
 */
export function weightsOf(weights: SequencesLike, count: number): Sequences {
  // A copy: what counts for nothing was never looked at, and must not count later.
  const read = owned(perStep(sequences("weights", weights)));
  if (read.width > 1)
    throw new ShapeError("weights must have one value a sequence, [batch], or one value a step, [batch, time].");
  if (read.count !== count) throw new ShapeError(`weights has ${read.count} sequences, the input ${count}.`);
  read.each((value, index, step) => {
    if (value < 0)
      throw new ArgumentError(`a weight is 0 or more, received ${value} in sequence ${index}, step ${step}.`);
  });
  return read;
}
