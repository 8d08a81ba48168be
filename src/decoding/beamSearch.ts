import { pow } from "../tensor/float64.js";
import { bestPlaces } from "./bestPlaces.js";
import { logSumExp } from "./logSoftmax.js";

/** How a search goes. */
export interface BeamOptions {
  /** Beginnings that are followed side by side. */
  readonly beam: number;
  /** How many of the best hypotheses are wanted, at most `beam`. */
  readonly hypotheses: number;
  /** α of `lengthPenalty`. */
  readonly lengthPenalty: number;
  /** Token that ends an answer. */
  readonly stop: number | undefined;
  /** Most tokens of an answer, the stop token included. */
  readonly steps: number;
}

/** A whole answer. */
export interface Ended {
  /** With the stop token, where it has met it. */
  readonly tokens: readonly number[];
  /** For each token the place of the beginning that it was chosen after: the row of what was computed for it. */
  readonly places: readonly number[];
  /** Σ ln p of its tokens over `lengthPenalty`. */
  readonly score: number;
}

/**
 * Wu et al. 2016 (GNMT): ((5 + length) / 6)^α, by which a sum of ln p is divided. α = 0 is 1: longer answers, whose sums are
 * lower, then lose; with α they lose less.
 */
export function lengthPenalty(length: number, alpha: number): number {
  return pow((5 + length) / 6, alpha);
}

/**
 * Beam search for one sequence: after each step the likeliest beginnings go on, and among so many candidates those that end
 * with the stop token are whole. It is over when as many answers are whole as beginnings are followed, or when no beginning
 * can any more become better than those wanted (ln p only sinks, the penalty only grows). Of equal candidates that comes
 * first whose beginning did, then that of the lower token: a beam of 1 chooses the largest logit, the first of equal ones.
 */
export class BeamSearch {
  /** How many beginnings are followed, the likeliest first; none when the search is over. */
  open = 1;
  readonly #options: BeamOptions;
  /** Beginnings that there is room for. */
  readonly #width: number;
  /** Tokens of each. */
  #length = 0;
  /** Σ ln p of the tokens of each. */
  readonly #sums: Float64Array;
  /** [steps, width]: the last token of those after each step, and the place before it of that which it goes on from. */
  readonly #tokens: Int32Array;
  readonly #places: Int32Array;
  /** The likeliest tokens of one. */
  readonly #likeliest: Int32Array;
  /** [width, likeliest]: how all may go on, and the places of the best of these. */
  readonly #nextSums: Float64Array;
  readonly #nextTokens: Int32Array;
  readonly #best: Int32Array;
  /** Whole answers, the best first; of equal ones that found first. */
  readonly #ended: Ended[] = [];

  constructor(options: BeamOptions, vocabularySize: number) {
    const { beam, steps } = options;
    const width = mostBeginnings(options, vocabularySize);
    const each = Math.min(beam + 1, vocabularySize);
    this.#options = options;
    this.#width = width;
    this.#sums = new Float64Array(width);
    this.#tokens = new Int32Array(steps * width);
    this.#places = new Int32Array(steps * width);
    this.#likeliest = new Int32Array(each);
    this.#nextSums = new Float64Array(width * each);
    this.#nextTokens = new Int32Array(width * each);
    // A beam of those that go on, and of each beginning one that has met the stop token.
    this.#best = new Int32Array(Math.min(beam + width, width * each));
  }

  /** Last token of a beginning of so many. */
  token(at: number, length = this.#length): number {
    return this.#tokens[(length - 1) * this.#width + at] as number;
  }

  /** Place, among those followed before that token, of the beginning that it went on from. */
  place(at: number, length = this.#length): number {
    return this.#places[(length - 1) * this.#width + at] as number;
  }

  /**
   * One step further.
   * @param logits of the next token, by the number of a beginning's row; finite, and read before the next are asked for
   * @param first row of the beginnings that are followed
   */
  advance(logits: (row: number) => Float64Array, first: number): void {
    const { beam, stop, steps } = this.#options;
    const count = this.#rankNext(logits, first);
    const row = this.#length++ * this.#width;
    this.open = 0;
    for (let rank = 0; rank < count && this.open < beam; rank++) {
      const next = this.#best[rank] as number;
      const token = this.#nextTokens[next] as number;
      this.#tokens[row + this.open] = token;
      this.#places[row + this.open] = Math.floor(next / this.#likeliest.length);
      const sum = this.#nextSums[next] as number;
      if (token !== stop && this.#length < steps) this.#sums[this.open++] = sum;
      else if (rank < beam) this.#end(this.open, sum);
    }
    if (this.#isOver()) this.open = 0;
  }

  /** The likeliest ways in which each beginning goes on, and the best of all; how many these are. */
  #rankNext(logits: (row: number) => Float64Array, first: number): number {
    let next = 0;
    for (let place = 0; place < this.open; place++) {
      const scores = logits(first + place);
      // By the logits: they may differ where their logarithms are rounded to one.
      bestPlaces(scores, this.#likeliest);
      const all = logSumExp(scores, scores[this.#likeliest[0] as number] as number);
      for (const token of this.#likeliest) {
        this.#nextTokens[next] = token;
        this.#nextSums[next++] = (this.#sums[place] as number) + ((scores[token] as number) - all);
      }
    }
    return bestPlaces(this.#nextSums, this.#best, next);
  }

  /** Takes note of the answer that a beginning is. */
  #end(at: number, sum: number): void {
    const tokens = new Array<number>(this.#length);
    const places = new Array<number>(this.#length);
    let place = at;
    for (let length = this.#length; length > 0; length--) {
      tokens[length - 1] = this.token(place, length);
      place = this.place(place, length);
      places[length - 1] = place;
    }
    const score = sum / lengthPenalty(this.#length, this.#options.lengthPenalty);
    this.#ended.push({ tokens, places, score });
    this.#ended.sort((a, b) => b.score - a.score);
  }

  #isOver(): boolean {
    const { beam, hypotheses, steps, lengthPenalty: alpha } = this.#options;
    if (this.open === 0 || this.#ended.length >= beam) return true;
    const worst = this.#ended[hypotheses - 1];
    return worst !== undefined && worst.score >= (this.#sums[0] as number) / lengthPenalty(steps, alpha);
  }

  /** Whole answers, the best first, as many as are wanted and found; of equal ones that found first. */
  best(): Ended[] {
    return this.#ended.slice(0, this.#options.hypotheses);
  }
}

/** Beginnings that there can be at most: of a tiny vocabulary fewer than a wide beam holds. */
export function mostBeginnings({ beam, steps }: BeamOptions, vocabularySize: number): number {
  let count = 1;
  for (let step = 1; step < steps && count < beam && vocabularySize > 1; step++) count *= vocabularySize;
  return Math.min(beam, count);
}
