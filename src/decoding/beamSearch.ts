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

/** The beginning of an answer. */
interface Beginning {
  readonly before: Beginning | undefined;
  readonly token: number;
  /** Place, among the beginnings followed before this token, of that which it goes on from. */
  readonly place: number;
  /** Σ ln p of its tokens. */
  readonly sum: number;
  readonly length: number;
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
  /** What is followed, the likeliest first. */
  #open: Beginning[] = [{ before: undefined, token: -1, place: 0, sum: 0, length: 0 }];
  readonly #ended: Ended[] = [];
  readonly #options: BeamOptions;

  constructor(options: BeamOptions) {
    this.#options = options;
  }

  /** For each beginning that is followed: its last token, and the place it had gone on from. None when the search is over. */
  get open(): readonly { readonly token: number; readonly place: number }[] {
    return this.#open;
  }

  /**
   * One step further.
   * @param logits of a beginning's next token, by its place in `open`; finite
   */
  advance(logits: (place: number) => Float32Array): void {
    const { beam, stop, steps } = this.#options;
    const candidates = this.#open.flatMap((one, place) => continued(one, place, logits(place), beam + 1));
    candidates.sort((a, b) => b.sum - a.sum);
    this.#open = [];
    for (let rank = 0; rank < candidates.length && this.#open.length < beam; rank++) {
      const candidate = candidates[rank] as Beginning;
      const isWhole = candidate.token === stop || candidate.length === steps;
      if (!isWhole) this.#open.push(candidate);
      else if (rank < beam) this.#end(candidate);
    }
    if (this.#isOver()) this.#open = [];
  }

  #end(one: Beginning): void {
    const [tokens, places]: number[][] = [[], []];
    for (let at = one; at.before !== undefined; at = at.before) {
      tokens?.unshift(at.token);
      places?.unshift(at.place);
    }
    const score = one.sum / lengthPenalty(one.length, this.#options.lengthPenalty);
    this.#ended.push({ tokens: tokens as number[], places: places as number[], score });
  }

  #isOver(): boolean {
    const { beam, hypotheses, steps, lengthPenalty: alpha } = this.#options;
    const [likeliest] = this.#open;
    if (likeliest === undefined || this.#ended.length >= beam) return true;
    const worst = this.best()[hypotheses - 1];
    return worst !== undefined && worst.score >= likeliest.sum / lengthPenalty(steps, alpha);
  }

  /** Whole answers, the best first, as many as are wanted and found; of equal ones that found first. */
  best(): Ended[] {
    return [...this.#ended].sort((a, b) => b.score - a.score).slice(0, this.#options.hypotheses);
  }
}

/** The likeliest ways in which a beginning goes on. */
function continued(before: Beginning, place: number, logits: Float32Array, count: number): Beginning[] {
  const all = logSumExp(logits);
  // By the logits: they may differ where their logarithms are rounded to one.
  return bestPlaces(logits, Math.min(count, logits.length)).map((token) => ({
    before,
    token,
    place,
    sum: before.sum + ((logits[token] as number) - all),
    length: before.length + 1,
  }));
}
