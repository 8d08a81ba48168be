import { deviation, mean } from "./series.js";
import { type Difference, SeriesTransform } from "./transform.js";

/** What the caller fixed; `"auto"` leaves it to the rule. */
export interface TransformWishes {
  readonly log: boolean | "auto";
  readonly difference: Difference | "auto";
}

/**
 * Chooses log, differences and scaling on the training part alone:
 * - log: when it steadies the spread. The part is cut into seasons (into twelves without one), at least four; log is
 *   taken if the coefficient of variation of deviation / mean over them is at most three quarters of that of the
 *   deviation (Guerrero 1993, for the exponents 0 and 1), all values being positive.
 * - difference: the one that leaves the smallest standard deviation (Anderson 1976, "variate difference"), so that the
 *   network starts from the naive rule that errs least. All are compared over the same steps.
 *
 * @param season steps in a season; 1 when there is none
 * @param mostLost steps that differencing may use up and still leave enough to learn from
 */
export function chooseTransform(
  train: Float64Array,
  season: number,
  wishes: TransformWishes,
  mostLost: number,
): SeriesTransform {
  const logged = wishes.log === "auto" ? logSteadies(train, season) : wishes.log;
  const difference =
    wishes.difference === "auto" ? smallestDeviation(train, logged, season, mostLost) : wishes.difference;
  return SeriesTransform.fit(train, { log: logged, difference, season });
}

const BLOCK = 12;
const FEWEST_BLOCKS = 4;
const CLEARLY_STEADIER = 0.75;

function logSteadies(train: Float64Array, season: number): boolean {
  const length = season > 1 ? season : BLOCK;
  const count = Math.floor(train.length / length);
  if (count < FEWEST_BLOCKS || train.some((value) => value <= 0)) return false;
  const end = train.length;
  const blocks = Array.from({ length: count }, (_, block) =>
    train.subarray(end - (block + 1) * length, end - block * length),
  );
  const spreads = blocks.map(deviation);
  const relative = blocks.map((block, i) => spreads[i] / mean(block));
  return variation(relative) < CLEARLY_STEADIER * variation(spreads);
}

/** Coefficient of variation; of values that are all 0, 0. */
function variation(values: number[]): number {
  const center = mean(values);
  return center > 0 ? deviation(values) / center : 0;
}

function smallestDeviation(train: Float64Array, log: boolean, season: number, mostLost: number): Difference {
  const candidates: Difference[] = season > 1 ? ["none", "first", "seasonal", "both"] : ["none", "first"];
  const transforms = candidates.map(
    (difference) => new SeriesTransform({ log, difference, season, shift: 0, scale: 1 }),
  );
  const open = transforms.filter(({ lost }) => lost <= mostLost);
  const lost = Math.max(...open.map((transform) => transform.lost));
  let best: Difference = "none";
  let smallest = Infinity;
  for (const transform of open) {
    const spread = deviation(transform.forward(train.subarray(lost - transform.lost)));
    if (spread < smallest) [best, smallest] = [transform.state.difference, spread];
  }
  return best;
}
