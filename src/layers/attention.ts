import { padded, type Rows } from "../tensor/rows.js";
import { core, joined } from "../wasm/core.js";
import { floats, ints } from "../wasm/memory.js";
import * as parts from "../wasm/parts.js";
import { AdditiveScores } from "./additiveScores.js";
import { AttentionPlaces } from "./attentionPlaces.js";
import type { Scores } from "./attentionScores.js";
import { DotScores } from "./dotScores.js";
import type { ParameterPlace, Planner } from "./layer.js";
import { clearGradientRows } from "./moveRows.js";
import { WeightedSums } from "./weightedSums.js";

/** What attends to what. */
export interface AttentionPlan {
  /** Rows that queries are matched with, and rows of the same layout that are summed up. */
  readonly keys: Rows;
  readonly values: Rows;
  /** Rows of the answers. */
  readonly queries: Rows;
  /** v of additive scores; without it scores are products qᵀ k. */
  readonly vector?: ParameterPlace;
  readonly planner: Planner;
}

/**
 * Attention of every answer to the whole input of its sequence:
 *   a_u = softmax_s score(query_u, key_s)      c_u = Σ_s a_us value_s
 * over the steps s of the same sequence, those masked left out. A sequence without any has context 0. Queries, weights and
 * their gradients lie sequence by sequence, so that each sequence is a product of its own.
 */
export class Attention {
  readonly #plan: AttentionPlan;
  readonly #places: AttentionPlaces;
  readonly #scores: Scores;
  readonly #sums: WeightedSums;
  readonly #queries: number;
  readonly #dQueries: number;
  readonly #queryStride: number;
  readonly #weights: number;
  readonly #dWeights: number;
  /** Bytes from one row of weights to the next. */
  readonly #stride: number;

  constructor(plan: AttentionPlan) {
    this.#plan = plan;
    const { keys, queries, values, vector, planner } = plan;
    const { region, training } = planner;
    const places = new AttentionPlaces(keys.layout, queries.layout, region);
    const { rows } = queries.layout.capacity;
    const [stride, queryStride] = [4 * padded(keys.layout.capacity.steps), 4 * padded(queries.width)];
    this.#places = places;
    this.#stride = stride;
    this.#queryStride = queryStride;
    this.#queries = region.bytes(rows * queryStride);
    this.#dQueries = training ? region.bytes(rows * queryStride) : 0;
    this.#weights = region.bytes(rows * stride);
    // Sixteen bytes more: a column of gradients is read four at a time.
    this.#dWeights = training ? region.bytes(rows * stride + 16) : 0;
    const scoring = { places, keys, queries: this.#queries, dQueries: this.#dQueries, queryStride, stride, planner };
    this.#scores = vector === undefined ? new DotScores(scoring) : new AdditiveScores(scoring, vector);
    this.#sums = new WeightedSums(places, values, this.#weights, stride, planner);
  }

  /** c_u, rows of the answers. */
  get context(): Rows {
    return this.#sums.context;
  }

  pack(): void {
    this.#scores.pack();
  }

  begin(): void {
    this.#places.refresh();
  }

  /** Takes over keys and values, which are there now. */
  read(): void {
    this.#scores.read();
    this.#sums.read();
  }

  /** Contexts of the steps from … to − 1. */
  forward(from: number, to: number): void {
    this.#eachSequence(from, to, this.#forwardOne);
    this.#sums.show(from, to);
  }

  #forwardOne(rank: number, query: number, n: number): void {
    const { address, stride } = this.#plan.queries;
    const bytes = this.#queryStride;
    const from = this.#places.queryRows + 4 * query;
    core().gatherRows(this.#queries + query * bytes, bytes, address, stride, from, n, bytes);
    const keys = this.#places.keys(rank);
    const row = this.#weights + query * this.#stride;
    if (keys > 0) {
      this.#scores.forward(row, rank, query, n);
      joined(parts.softmax).softmaxForward(row, row, n, keys, this.#stride);
    }
    this.#sums.forward(rank, query, n);
  }

  /** From the contexts' gradients of these steps to those of the queries, which are overwritten. */
  backward(from: number, to: number): void {
    this.#eachSequence(from, to, this.#backwardOne);
    const { answers, queryPlaces } = this.#places;
    const first = answers.firstRow(from);
    const { gradient, gradientStride } = this.#plan.queries;
    const target = gradient + first * gradientStride;
    const bytes = this.#queryStride;
    const count = answers.firstRow(to) - first;
    core().gatherRows(target, gradientStride, this.#dQueries, bytes, queryPlaces + 4 * first, count, bytes);
  }

  #backwardOne(rank: number, query: number, n: number): void {
    const bytes = this.#queryStride;
    const stride = this.#stride;
    const row = this.#dWeights + query * stride;
    const keys = this.#places.keys(rank);
    this.#sums.backward(row, rank, query, n);
    const at = (this.#dQueries + query * bytes) >> 2;
    if (keys === 0) {
      floats.fill(0, at, at + n * (bytes >> 2));
      return;
    }
    joined(parts.softmax).softmaxBackward(row, row, this.#weights + query * stride, n, keys, stride);
    this.#scores.backward(row, rank, query, n);
  }

  /** After all steps: overwrites the gradients of the keys. */
  backwardKeys(): void {
    const { answers, firstQuery } = this.#places;
    clearGradientRows(this.#plan.keys);
    for (let rank = 0; rank < answers.sequences; rank++) {
      if (this.#places.keys(rank) > 0)
        this.#scores.backwardKeys(this.#dWeights + (firstQuery[rank] as number) * this.#stride, rank);
    }
  }

  /** And then adds to those of the values. */
  backwardValues(): void {
    this.#sums.backwardValues();
  }

  gradients(): void {
    this.#scores.gradients();
  }

  /**
   * Visits each sequence that has answers in the steps from … to − 1: its first query among them, and their number.
   * @param visit a method: a closure would be garbage of every step
   */
  #eachSequence(
    from: number,
    to: number,
    visit: (this: Attention, rank: number, query: number, count: number) => void,
  ): void {
    const { answers, firstQuery } = this.#places;
    for (let rank = 0; rank < answers.sequences; rank++) {
      const count = Math.min(to, answers.lengths[rank] as number) - from;
      if (count > 0) visit.call(this, rank, (firstQuery[rank] as number) + from, count);
    }
  }

  /** Writes the weights a_us of an answer of a sequence, one a step of its input; those of masked steps stay as they are. */
  readWeights(sequence: number, answer: number, to: Float32Array, at: number): void {
    const { answers, input, inputRank, firstKey, firstQuery, keyPlaces } = this.#places;
    const rank = answers.order.indexOf(sequence);
    const from = inputRank[rank] as number;
    const row = (this.#weights + ((firstQuery[rank] as number) + answer) * this.#stride) >> 2;
    for (let step = 0; step < (input.lengths[from] as number); step++) {
      const key = ints[(keyPlaces >> 2) + input.firstRow(step) + from] as number;
      if (key >= 0) to[at + step] = floats[row + key - (firstKey[rank] as number)] as number;
    }
  }
}
