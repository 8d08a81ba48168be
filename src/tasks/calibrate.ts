import { conformalMargin } from "./conformal.js";
import type { Band } from "./quantilePaths.js";

/**
 * How far values lie outside what was told of them, in levels where the spread is 1:
 *   score = max(lower − y, y − upper) / spread
 * With one forecast for both ends that is |y − forecast|, the score of split conformal prediction, locally weighted where the
 * spread is not 1 (Lei et al. 2018, section 5.2); with two quantiles that of conformalised quantile regression (Romano,
 * Patterson & Candès 2019), where it may be negative.
 *
 * @param band [count · horizon], told of the levels from index `from` on, then from the next on, …
 * @param spread [count]
 * @returns [horizon] lists, of the origins that have a value so many steps ahead
 */
export function bandScores(
  { lower, upper }: Band,
  levels: Float64Array,
  from: number,
  spread: Float64Array,
): readonly (readonly number[])[] {
  const count = spread.length;
  const horizon = lower.length / count;
  return Array.from({ length: horizon }, (_, h) =>
    Array.from({ length: Math.min(count, levels.length - from - h) }, (_, i) => {
      const [at, y] = [i * horizon + h, levels[from + i + h]];
      return Math.max(lower[at] - y, y - upper[at]) / spread[i];
    }),
  );
}

/** How far intervals must reach beyond what is told to hold their share: of each step's scores that of `conformalRank`. */
export function marginsOf(scores: readonly (readonly number[])[], interval: number): Float64Array {
  return Float64Array.from(scores, (list) => conformalMargin(Float64Array.from(list), interval));
}
