import { inOrder } from "../data/batches.js";
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

/** Draws from one vocabulary, with room for what each of them computes. */
export class TokenDraws {
  /** Where the scores of all tokens go before a draw, which changes them; finite. */
  readonly scores: Float64Array;
  readonly #sampling: Sampling;
  /** Of the largest share 1, of tokens that may not be drawn 0. */
  readonly #shares: Float64Array;
  /** The tokens that may be drawn: the likeliest, in order, where not all may. */
  readonly #tokens: Int32Array;
  /** The core's memory. */
  #words = new Uint32Array(0);

  constructor(sampling: Sampling, count: number) {
    this.#sampling = sampling;
    this.scores = new Float64Array(count);
    this.#shares = new Float64Array(count);
    this.#tokens = inOrder(Math.min(sampling.topK, count));
  }

  /**
   * A token by its scores: penalty, temperature, top-k, top-p, then a draw whose number is told by seed, sequence and step.
   *
   * @param seen the tokens before it, each once
   */
  draw(seen: Iterable<number>, sequence: number, step: number): number {
    const { temperature, topP, repetitionPenalty } = this.#sampling;
    const { scores } = this;
    const shares = this.#shares;
    const tokens = this.#tokens;
    if (repetitionPenalty !== 1) for (const token of seen) penalize(scores, token, repetitionPenalty);
    const largest = largestPlace(scores);
    if (temperature === 0) return largest;
    if (tokens.length < scores.length || topP < 1) bestPlaces(scores, tokens);
    shares.fill(0);
    // The largest becomes 0 before it is divided, so that no temperature makes it overflow.
    const most = scores[largest] as number;
    let sum = 0;
    for (let at = 0; at < tokens.length; at++) {
      const token = tokens[at] as number;
      shares[token] = exp(((scores[token] as number) - most) / temperature);
      sum += shares[token] as number;
    }
    if (topP < 1) keepNucleus(shares, tokens, topP * sum);
    return placeAt(shares, this.#uniform(sequence, step));
  }

  /** A number in [0, 1) of 53 random bits, that of an address. */
  #uniform(sequence: number, step: number): number {
    const { memory, philox } = core();
    const { key } = this.#sampling;
    const at = philox(key[0], key[1], 0, 0, sequence, step) >> 2;
    if (this.#words.buffer !== memory.buffer) this.#words = new Uint32Array(memory.buffer);
    const words = this.#words;
    return (((words[at] as number) >>> 5) * 67_108_864 + ((words[at + 1] as number) >>> 6)) / 9_007_199_254_740_992;
  }
}

/** A logit stays a number, however it is penalized. */
function penalize(scores: Float64Array, token: number, penalty: number): void {
  const score = scores[token] as number;
  const changed = score > 0 ? score / penalty : score * penalty;
  scores[token] = Math.min(Math.max(changed, -Number.MAX_VALUE), Number.MAX_VALUE);
}

/** Makes the shares of all but the likeliest tokens, which together reach the goal, 0. */
function keepNucleus(shares: Float64Array, tokens: Int32Array, goal: number): void {
  let sum = 0;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as number;
    if (sum < goal) sum += shares[token] as number;
    else shares[token] = 0;
  }
}

/** Where the sum of the shares, one by one, first exceeds the part u in [0, 1) of their whole; the largest of them is 1. */
export function placeAt(shares: Float64Array, u: number): number {
  let whole = 0;
  for (let token = 0; token < shares.length; token++) whole += shares[token] as number;
  const goal = u * whole;
  let sum = 0;
  // The last sum is the whole, which u < 1 leaves above the goal.
  for (let token = 0; ; token++) {
    sum += shares[token] as number;
    if (sum > goal) return token;
  }
}
