import { activations } from "../activations.js";
import { padded } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import { floats } from "../wasm/memory.js";
import { returnGradients, type Scores, type ScoresPlan } from "./attentionScores.js";
import type { ParameterPlace } from "./layer.js";
import { gradientScratch } from "./scratch.js";

/** score = vᵀ tanh(q + k): what is in the brackets is made anew on the way back rather than kept. */
export class AdditiveScores implements Scores {
  readonly #plan: ScoresPlan;
  /** v [width]. */
  readonly #vector: ParameterPlace;
  /** Keys sequence by sequence, and their gradients. */
  readonly #keys: number;
  readonly #dKeys: number;
  /** tanh(q + k) of one query and all keys of its sequence, and its gradient. */
  readonly #sums: number;
  readonly #dSums: number;
  /** Scores of one query, a row each. */
  readonly #column: number;
  readonly #panel: number;
  readonly #back: number;
  /** Gradient of v for each sequence. */
  readonly #dVectors: number;
  readonly #scratch: number;

  constructor(plan: ScoresPlan, vector: ParameterPlace) {
    this.#plan = plan;
    this.#vector = vector;
    const { places, keys, queryStride, planner } = plan;
    const { region, training } = planner;
    const { rows, steps, sequences } = places.input.capacity;
    const room = (count: number, isWanted = true) => (isWanted ? region.bytes(count * queryStride) : 0);
    this.#keys = room(rows);
    this.#dKeys = room(rows, training);
    this.#sums = room(steps);
    this.#dSums = room(steps, training);
    this.#column = region.words(4 * steps);
    this.#panel = region.words(8 * keys.width);
    this.#back = region.words(8 * Math.ceil(keys.width / 8));
    this.#dVectors = room(sequences, training);
    this.#scratch = training ? gradientScratch(region, 4, keys.width, steps) : 0;
  }

  pack(): void {
    const { width } = this.#plan.keys;
    core().pack(this.#panel, this.#vector.value, 1, 1, width);
    core().pack(this.#back, this.#vector.value, 1, width, 1);
  }

  read(): void {
    const { places, keys, queryStride, planner } = this.#plan;
    const count = places.firstKey[places.answers.sequences] as number;
    core().gatherRows(this.#keys, queryStride, keys.address, keys.stride, places.keyRows, count, queryStride);
    if (!planner.training) return;
    floats.fill(0, this.#dKeys >> 2, (this.#dKeys + count * queryStride) >> 2);
    floats.fill(0, this.#dVectors >> 2, (this.#dVectors + places.answers.sequences * queryStride) >> 2);
  }

  forward(scores: number, rank: number, query: number, n: number): void {
    const { places, keys, queryStride, stride } = this.#plan;
    const count = places.keys(rank);
    const { copyRows, product } = core();
    for (let index = 0; index < n; index++) {
      const row = scores + index * stride;
      this.#sumUp(rank, query + index);
      product(this.#column, 16, 0, 0, this.#sums, queryStride, this.#panel, count, 4, keys.width);
      copyRows(row, 4, this.#column, 16, count, 4);
      floats.fill(0, (row >> 2) + count, (row >> 2) + padded(count));
    }
  }

  /** tanh(q + k) for all keys of the sequence. */
  #sumUp(rank: number, query: number): void {
    const { places, queries, queryStride: bytes } = this.#plan;
    const count = places.keys(rank);
    const { activationForward, addRows, scaleRows } = core();
    scaleRows(this.#sums, bytes, this.#keys + (places.firstKey[rank] as number) * bytes, bytes, count, bytes, 1);
    addRows(this.#sums, bytes, queries + query * bytes, 0, count, bytes, 1);
    activationForward(this.#sums, this.#sums, count * (bytes >> 2), activations.tanh.code, 0, 0);
  }

  backward(dScores: number, rank: number, query: number, n: number): void {
    // From the last query on, as a run one step at a time goes: the sums have the same order.
    for (let index = n - 1; index >= 0; index--)
      this.#backwardOne(dScores + index * this.#plan.stride, rank, query + index);
  }

  #backwardOne(dScores: number, rank: number, query: number): void {
    const { places, keys, dQueries, queryStride: bytes } = this.#plan;
    const sums = this.#sums;
    const dSums = this.#dSums;
    const words = bytes >> 2;
    const count = places.keys(rank);
    const { activationBackward, addRows, biasGradient, product, weightGradient } = core();
    this.#sumUp(rank, query);
    weightGradient(this.#dVectors + rank * bytes, this.#scratch, dScores, 4, sums, bytes, count, 1, 1, keys.width);
    product(dSums, bytes, 0, 0, dScores, 4, this.#back, count, words, 1);
    activationBackward(dSums, dSums, sums, sums, count * words, activations.tanh.code, 0, 0);
    const to = (dQueries + query * bytes) >> 2;
    floats.fill(0, to, to + words);
    biasGradient(to << 2, dSums, bytes, count, 1, keys.width);
    addRows(this.#dKeys + (places.firstKey[rank] as number) * bytes, bytes, dSums, bytes, count, bytes, 1);
  }

  backwardKeys(_dScores: number, rank: number): void {
    const { places, keys, queryStride } = this.#plan;
    returnGradients(places, keys, this.#dKeys, queryStride, rank);
  }

  gradients(): void {
    const { places, queryStride } = this.#plan;
    // Sequence by sequence, however the steps were taken.
    core().addRows(this.#vector.gradient, 0, this.#dVectors, queryStride, places.answers.sequences, queryStride, 1);
  }
}
