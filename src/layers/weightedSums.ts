import { padded, type Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import { floats } from "../wasm/memory.js";
import type { AttentionPlaces } from "./attentionPlaces.js";
import type { Planner } from "./layer.js";
import { gradientScratch } from "./scratch.js";
import { SequencePanels } from "./sequencePanels.js";

/** c_u = Σ_s a_us value_s, weights a [queries, keys] in rows of `stride` bytes, sequence by sequence. */
export class WeightedSums {
  readonly #places: AttentionPlaces;
  readonly #values: Rows;
  readonly #weights: number;
  readonly #stride: number;
  /** Rows of the answers. */
  readonly context: Rows;
  readonly #panels: SequencePanels;
  /** Sums and their gradients, sequence by sequence. */
  readonly #sums: number;
  readonly #dSums: number;
  readonly #gradient: number;
  readonly #scratch: number;

  constructor(places: AttentionPlaces, values: Rows, weights: number, stride: number, planner: Planner) {
    const { region, training } = planner;
    const { rows, steps } = places.answers.capacity;
    const { width } = values;
    const bytes = 4 * padded(width);
    const room = (isWanted = true) => (isWanted ? region.bytes(rows * bytes) : 0);
    this.#places = places;
    this.#values = values;
    this.#weights = weights;
    this.#stride = stride;
    const [address, gradient] = [room(), room(training)];
    this.context = { address, gradient, width, stride: bytes, gradientStride: bytes, layout: places.answers };
    this.#panels = new SequencePanels(places, values, region, { across: training, along: true });
    this.#sums = room();
    this.#dSums = room(training);
    this.#gradient = training ? region.words(places.input.capacity.rows * width) : 0;
    const longest = padded(places.input.capacity.steps);
    this.#scratch = training ? gradientScratch(region, longest, width, steps) : 0;
  }

  /** Takes over the batch's values. */
  read(): void {
    this.#panels.read();
  }

  /** Sums of `count` queries, from a place on, of the sequence of a rank; 0 where it has no values. */
  forward(rank: number, query: number, n: number): void {
    const { stride } = this.context;
    const to = this.#sums + query * stride;
    const from = this.#weights + query * this.#stride;
    const inner = padded(this.#places.keys(rank));
    if (inner === 0) floats.fill(0, to >> 2, (to + n * stride) >> 2);
    else core().product(to, stride, 0, 0, from, this.#stride, this.#panels.along(rank), n, stride >> 2, inner);
  }

  /** Puts the sums of the steps from … to − 1 into the context's rows. */
  show(from: number, to: number): void {
    const { answers, queryPlaces } = this.#places;
    const first = answers.firstRow(from);
    const { address, stride } = this.context;
    const count = answers.firstRow(to) - first;
    core().gatherRows(address + first * stride, stride, this.#sums, stride, queryPlaces + 4 * first, count, stride);
  }

  /** From the context's gradient to that of the weights. */
  backward(dWeights: number, rank: number, query: number, n: number): void {
    const { gradient, gradientStride: bytes, width } = this.context;
    const from = this.#dSums + query * bytes;
    core().gatherRows(from, bytes, gradient, bytes, this.#places.queryRows + 4 * query, n, bytes);
    const columns = padded(this.#places.keys(rank));
    if (columns > 0)
      core().product(dWeights, this.#stride, 0, 0, from, bytes, this.#panels.across(rank), n, columns, width);
  }

  /** After all steps: adds to the gradients of the values. */
  backwardValues(): void {
    const { places, bytes } = { places: this.#places, bytes: this.context.stride };
    const { gradient, gradientStride, width } = this.#values;
    const keys = places.firstKey[places.answers.sequences] as number;
    floats.fill(0, this.#gradient >> 2, (this.#gradient >> 2) + keys * width);
    for (let rank = 0; rank < places.answers.sequences; rank++) {
      const query = places.firstQuery[rank] as number;
      const to = this.#gradient + 4 * (places.firstKey[rank] as number) * width;
      const [a, c] = [this.#weights + query * this.#stride, this.#dSums + query * bytes];
      const [n, count] = [places.queries(rank), places.keys(rank)];
      if (count > 0) core().weightGradient(to, this.#scratch, a, this.#stride, c, bytes, n, 1, count, width);
    }
    core().scatterAddRows(gradient, gradientStride, this.#gradient, 4 * width, places.keyRows, keys, 4 * width);
  }
}
