import type { SequencesLike } from "../data/sequences.js";
import { requireKnownOptions } from "../shape.js";
import { largestPlace } from "../tensor/largestPlace.js";
import { type CtcOutputOptions, readOutput } from "./ctcOutput.js";

/**
 * The labels that a network trained with `ctc` reads, by the likeliest class of each step: repeated classes count once,
 * blanks are left out (best-path decoding, Graves et al. 2006). It is the likeliest alignment, which need not tell the
 * likeliest labels: `ctcBeam` sums over alignments.
 *
 * @param output [batch, time, classes], or a list of [time, classes]: logits, or anything that orders them
 * @returns the labels of each sequence
 * @example
 * const lengths = recordings.map((recording) => recording.length);
 * const heard = ctcGreedy(model.predictBatch(recordings), { lengths });   // such as [[3, 1, 4], [1, 5], [9]]
 * @throws ShapeError, ArgumentError when output or options do not fit
 */
export function ctcGreedy(output: SequencesLike, options: CtcOutputOptions = {}): number[][] {
  requireKnownOptions("ctcGreedy", options, ["blank", "lengths"]);
  const { rows, blank } = readOutput("ctcGreedy", output, options);
  return Array.from(rows.starts, (start, index) => {
    const labels: number[] = [];
    let last = blank;
    for (let step = 0; step < (rows.lengths[index] as number); step++) {
      const from = start + step * rows.width;
      const best = largestPlace(rows.values, from, rows.width);
      if (best !== last && best !== blank) labels.push(best);
      last = best;
    }
    return labels;
  });
}
