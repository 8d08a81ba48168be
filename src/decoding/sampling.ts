import { ArgumentError } from "../errors.js";
import { describe, requireInteger, requireNumber } from "../shape.js";
import { exp } from "../tensor/float64.js";
import { largestPlace } from "../tensor/largestPlace.js";
import { DEFAULT_SEED, randomKey } from "../tensor/seed.js";
import { core } from "../wasm/core.js";
import { bestPlaces } from "./bestPlaces.js";

/** How a token is drawn from the scores of all. */
export interface SamplingOptions {
  /** Logits are divided by it: below 1 likely tokens gain, above 1 unlikely ones do; 0 takes the likeliest. Default 1. */
  readonly temperature?: number;
  /** Only so many of the likeliest tokens are drawn from; default all. Of equal ones the lower number is the likelier. */
  readonly topK?: number;
  /**
   * Only the likeliest tokens whose shares together reach this, in (0, 1], are drawn from, that which crosses it included
   * (nucleus sampling, Holtzman et al. 2020); default 1: all.
   */
  readonly topP?: number;
  /**
   * Divides the positive logits of tokens that were there before, and multiplies their negative ones (CTRL, Keskar et al.
   * 2019): above 1 they come back less often. Default 1.
   */
  readonly repetitionPenalty?: number;
  /** Seed of the draws; default 1. */
  readonly seed?: number;
}

/** Their names. */
export const samplingOptionNames = ["temperature", "topK", "topP", "repetitionPenalty", "seed"] as const;

/** The options held against their ranges, those left out filled in. */
export interface Sampling {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly repetitionPenalty: number;
  /** Of the draws' addresses. */
  readonly key: readonly [number, number];
}

/** @throws ArgumentError when one is out of its range */
export function samplingOf(owner: string, options: SamplingOptions, temperature = 1): Sampling {
  const { topP = 1, topK = Infinity, repetitionPenalty = 1 } = options;
  // Of a share above 0, and a penalty that divides: the bounds themselves are no values of theirs.
  if (!(typeof topP === "number" && topP > 0 && topP <= 1))
    throw new ArgumentError(`topP of ${owner} must be above 0 and at most 1, received ${describe(topP)}.`);
  if (!(typeof repetitionPenalty === "number" && repetitionPenalty > 0 && repetitionPenalty < Infinity))
    throw new ArgumentError(
      `repetitionPenalty of ${owner} must be a finite number above 0, received ${describe(repetitionPenalty)}.`,
    );
  return {
    temperature: requireNumber(`temperature of ${owner}`, options.temperature ?? temperature, 0),
    topK: topK === Infinity ? topK : requireInteger(`topK of ${owner}`, topK),
    topP,
    repetitionPenalty,
    key: randomKey(options.seed ?? DEFAULT_SEED, "token"),
  };
}

/**
 * A token by its scores: penalty, temperature, top-k, top-p, then a draw whose number is told by seed, sequence and step.
 *
 * @param logits finite, one a token
 * @param previous the tokens before it
 */
export function drawToken(
  sampling: Sampling,
  logits: ArrayLike<number>,
  previous: Iterable<number>,
  sequence: number,
  step: number,
): number {
  const { temperature, topK, topP, repetitionPenalty, key } = sampling;
  const scores = new Float64Array(logits);
  if (repetitionPenalty !== 1) for (const token of new Set(previous)) penalize(scores, token, repetitionPenalty);
  const largest = largestPlace(scores);
  if (temperature === 0) return largest;
  const most = scores[largest] as number;
  // The largest becomes 0 before it is divided, so that no temperature makes it overflow.
  const shares = scores.map((score) => exp((score - most) / temperature));
  if (topK < shares.length || topP < 1) keepLikeliest(shares, scores, topK, topP);
  return placeAt(shares, uniform(key, sequence, step));
}

/** A logit stays a number, however it is penalized. */
function penalize(scores: Float64Array, token: number, penalty: number): void {
  const score = scores[token] as number;
  const changed = score > 0 ? score / penalty : score * penalty;
  scores[token] = Math.min(Math.max(changed, -Number.MAX_VALUE), Number.MAX_VALUE);
}

/** Makes the shares of all but the likeliest tokens 0. */
function keepLikeliest(shares: Float64Array, scores: Float64Array, topK: number, topP: number): void {
  const order = bestPlaces(scores, Math.min(topK, shares.length));
  let count = order.length;
  if (topP < 1) {
    const goal = topP * order.reduce((sum, token) => sum + (shares[token] as number), 0);
    let sum = 0;
    for (count = 0; count < order.length && sum < goal; count++) sum += shares[order[count] as number] as number;
  }
  const kept = Float64Array.from(order.slice(0, count), (token) => shares[token] as number);
  shares.fill(0);
  kept.forEach((share, at) => {
    shares[order[at] as number] = share;
  });
}

/** Where the sum of the shares, one by one, first exceeds the part u in [0, 1) of their whole; the largest of them is 1. */
export function placeAt(shares: Float64Array, u: number): number {
  const goal = u * shares.reduce((sum, share) => sum + share, 0);
  let sum = 0;
  // The last sum is the whole, which u < 1 leaves above the goal.
  for (let token = 0; ; token++) {
    sum += shares[token] as number;
    if (sum > goal) return token;
  }
}

/** A number in [0, 1) of 53 random bits, that of an address. */
function uniform([low, high]: readonly [number, number], sequence: number, step: number): number {
  const { memory, philox } = core();
  const words = new Uint32Array(memory.buffer, philox(low, high, 0, 0, sequence, step), 2);
  return (((words[0] as number) >>> 5) * 67_108_864 + ((words[1] as number) >>> 6)) / 9_007_199_254_740_992;
}
