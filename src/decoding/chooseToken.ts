import { ArgumentError } from "../errors.js";
import { describe, requireInteger, requireKnownOptions } from "../shape.js";
import { isList } from "../tensor/tensor.js";
import { type SamplingOptions, samplingOf, samplingOptionNames, TokenDraws } from "./sampling.js";

/** Options of `chooseToken`: how to draw, and where the draw stands. */
export interface ChooseTokenOptions extends SamplingOptions {
  /** The tokens so far, which `repetitionPenalty` is about; default none. */
  readonly previous?: ArrayLike<number>;
  /** Which draw of a sequence; each has a random number of its own. Default 0. */
  readonly step?: number;
  /** Which sequence, where several are drawn with one seed; default 0. */
  readonly sequence?: number;
}

/** Counters of random numbers have 32 bits. */
const MOST = 0xffff_ffff;

/**
 * Draws a token from the scores that a network gives for the next one: penalty, temperature, top-k, top-p, in this order. What
 * is drawn depends on the logits, the options and the tokens before alone, not on what was drawn earlier: equal seed and
 * step, equal token.
 *
 * @param logits one a token; log-probabilities are logits too
 * @param options default: temperature 1, all tokens, no penalty, seed 1, step 0
 * @returns the token's number
 * @example
 * const session = model.session();
 * let token = 0;
 * for (let step = 0; step < 100; step++) {
 *   token = chooseToken(session.step([token]), { temperature: 0.8, topP: 0.95, seed: 7, step });
 * }
 * @throws ArgumentError when there is no token, a logit is not finite, or an option is out of range: a temperature below 0,
 *   topP outside (0, 1], topK below 1, a penalty not above 0
 */
export function chooseToken(logits: ArrayLike<number>, options: ChooseTokenOptions = {}): number {
  const owner = "chooseToken";
  requireKnownOptions(owner, options, [...samplingOptionNames, "previous", "step", "sequence"]);
  const sampling = samplingOf(owner, options);
  const step = requireInteger(`step of ${owner}`, options.step ?? 0, 0, MOST);
  const sequence = requireInteger(`sequence of ${owner}`, options.sequence ?? 0, 0, MOST);
  if (!isList(logits))
    throw new ArgumentError(`${owner} expects the scores of all tokens, received ${describe(logits)}.`);
  requireLogits(owner, logits);
  const seen = new Set(requireTokens(owner, options.previous ?? [], logits.length));
  const draws = new TokenDraws(sampling, logits.length);
  draws.scores.set(logits);
  return draws.draw(seen, sequence, step);
}

/** @throws ArgumentError when there are none, or one is not finite */
export function requireLogits(owner: string, logits: ArrayLike<number>): void {
  if (logits.length === 0) throw new ArgumentError(`${owner} has no token to choose: the vocabulary is empty.`);
  for (let token = 0; token < logits.length; token++) {
    if (Number.isFinite(logits[token])) continue;
    throw new ArgumentError(`${owner} expects finite logits, that of token ${token} is ${describe(logits[token])}.`);
  }
}

function requireTokens(owner: string, previous: ArrayLike<number>, count: number): number[] {
  if (!isList(previous))
    throw new ArgumentError(`previous of ${owner} is a list of tokens, received ${describe(previous)}.`);
  return Array.from(previous, (token) => requireInteger(`a token of previous of ${owner}`, token, 0, count - 1));
}
