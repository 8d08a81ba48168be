import { padded } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import { floats } from "../wasm/memory.js";
import { returnGradients, type Scores, type ScoresPlan } from "./attentionScores.js";
import { gradientScratch } from "./scratch.js";
import { SequencePanels } from "./sequencePanels.js";

/** score = qᵀ k: all queries of a sequence by all its keys are one product. */
export class DotScores implements Scores {
  readonly #plan: ScoresPlan;
  readonly #keys: SequencePanels;
  /** Gradients of the keys, without padding, sequence by sequence. */
  readonly #gradient: number;
  readonly #scratch: number;

  constructor(plan: ScoresPlan) {
    this.#plan = plan;
    const { places, keys, planner } = plan;
    const { region, training } = planner;
    this.#keys = new SequencePanels(places, keys, region, { across: true, along: training });
    this.#gradient = training ? region.words(places.input.capacity.rows * keys.width) : 0;
    const longest = padded(places.input.capacity.steps);
    const { steps } = places.answers.capacity;
    this.#scratch = training ? gradientScratch(region, longest, keys.width, steps) : 0;
  }

  pack(): void {}

  read(): void {
    this.#keys.read();
  }

  forward(scores: number, rank: number, query: number, n: number): void {
    const { places, keys, queries, queryStride, stride } = this.#plan;
    const from = queries + query * queryStride;
    const columns = padded(places.keys(rank));
    core().product(scores, stride, 0, 0, from, queryStride, this.#keys.across(rank), n, columns, keys.width);
  }

  backward(dScores: number, rank: number, query: number, n: number): void {
    const { places, keys, dQueries, queryStride, stride } = this.#plan;
    const to = dQueries + query * queryStride;
    const inner = padded(places.keys(rank));
    core().product(to, queryStride, 0, 0, dScores, stride, this.#keys.along(rank), n, padded(keys.width), inner);
  }

  backwardKeys(dScores: number, rank: number): void {
    const { places, keys, queries, queryStride, stride } = this.#plan;
    const { width } = keys;
    const query = places.firstQuery[rank] as number;
    const to = this.#gradient + 4 * (places.firstKey[rank] as number) * width;
    const from = queries + query * queryStride;
    const [n, count] = [places.queries(rank), places.keys(rank)];
    floats.fill(0, to >> 2, (to >> 2) + count * width);
    core().weightGradient(to, this.#scratch, dScores, stride, from, queryStride, n, 1, count, width);
    returnGradients(places, keys, this.#gradient, 4 * width, rank);
  }

  gradients(): void {}
}
