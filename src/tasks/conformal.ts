/** What float64 may add to a product of a whole number and a level that is meant to be whole: 20 · 0.9 is 18. */
const ROUNDING = 1e-9;

/**
 * Rank, from 1, of the score that split conformal prediction takes of `count`: ⌈(count + 1) · level⌉. When the next score is
 * exchangeable with them, it is no larger with a probability of at least `level` (Vovk, Gammerman & Shafer 2005; Lei et al.
 * 2018). Above `count` no score is large enough.
 */
export function conformalRank(count: number, level: number): number {
  return Math.ceil((count + 1) * level - ROUNDING);
}

/** The least count of scores of which one is large enough. */
export function fewestScores(level: number): number {
  let count = Math.max(Math.floor(level / (1 - level)), 1);
  while (conformalRank(count, level) > count) count++;
  return count;
}

/** The score of that rank. @param scores at least `fewestScores(level)`; sorted in place */
export function conformalMargin(scores: Float64Array, level: number): number {
  return scores.sort()[conformalRank(scores.length, level) - 1];
}
