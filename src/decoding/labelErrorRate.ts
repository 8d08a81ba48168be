import { ArgumentError, ShapeError } from "../errors.js";
import { describe } from "../shape.js";
import { isList } from "../tensor/tensor.js";

/**
 * The share of labels that were read wrongly: the least number of insertions, deletions and replacements that turn what was
 * read into what was there (Levenshtein 1966), over all labels that were there.
 *
 * @param read what a decoder gave, one list for each sequence
 * @param wanted the labels that were there
 * @returns Σ distances / Σ labels; above 1 where far too many were read
 * @example
 * labelErrorRate([[3, 1, 4]], [[3, 1, 1, 4]]);   // 0.25
 * @throws ShapeError when there are not as many of both, ArgumentError when one is no list or there is no label at all
 */
export function labelErrorRate(read: readonly ArrayLike<number>[], wanted: readonly ArrayLike<number>[]): number {
  for (const given of [read, wanted])
    if (!Array.isArray(given) || !given.every(isList))
      throw new ArgumentError(
        `labelErrorRate wants lists of labels, one for each sequence, received ${describe(given)}.`,
      );
  if (read.length !== wanted.length)
    throw new ShapeError(
      `labelErrorRate received ${read.length} sequences that were read, but ${wanted.length} wanted.`,
    );
  const labels = wanted.reduce((sum, { length }) => sum + length, 0);
  if (labels === 0)
    throw new ArgumentError("labelErrorRate received no label that was wanted: there is no share of nothing.");
  const distance = read.reduce((sum, one, index) => sum + editDistance(one, wanted[index] as ArrayLike<number>), 0);
  return distance / labels;
}

/** Row by row of the table of distances between beginnings. */
function editDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let line = 1; line <= a.length; line++) {
    const next = [line];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (row[column - 1] as number) + (a[line - 1] === b[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] as number) + 1, (next[column - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
