import { ArgumentError } from "../errors.js";
import { requireInteger, requireKnownOptions, requireNumber } from "../shape.js";

/** How much further to train: one of the three. */
export interface RunLength {
  /** So many updates more. */
  readonly batches?: number;
  /** Until so many more epochs have ended; one that has begun is the first of them. */
  readonly epochs?: number;
  /**
   * At least so many multiply-adds, to the end of the update that reaches them; one update at the least. It counts
   * three for each weight of a matrix and each row the matrix is applied to, a batch of the validation one.
   */
  readonly work?: number;
}

/** What a run has done so far. */
export interface Tally {
  batches: number;
  epochs: number;
  work: number;
  sum: number;
  examples: number;
}

/** Whether a run has come as far as it was to. @throws ArgumentError when that is not one length above 0 */
export function goal(length: RunLength): (done: Tally) => boolean {
  requireKnownOptions("run", length, ["batches", "epochs", "work"]);
  const { batches, epochs, work } = length;
  const given = [batches, epochs, work].filter((value) => value !== undefined);
  if (given.length !== 1)
    throw new ArgumentError(
      `run wants one of { batches }, { epochs } and { work }, received ${given.length === 0 ? "none" : "several"}.`,
    );
  if (batches !== undefined) {
    requireInteger("batches of run", batches, 1, Number.MAX_SAFE_INTEGER);
    return (done) => done.batches >= batches;
  }
  if (epochs !== undefined) {
    requireInteger("epochs of run", epochs);
    return (done) => done.epochs >= epochs;
  }
  const most = requireNumber("work of run", work, Number.MIN_VALUE);
  return (done) => done.work >= most;
}
