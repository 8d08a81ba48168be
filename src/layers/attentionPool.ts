import { ShapeError } from "../errors.js";
import { padded, type Rows } from "../tensor/rows.js";
import { core, joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { AttentionPlaces } from "./attentionPlaces.js";
import { perSequence } from "./lastStep.js";
import {
  definitionOf,
  type Flow,
  type Layer,
  type LayerDefinition,
  type LayerRun,
  type NameOptions,
  type Planner,
  planLayer,
  reversed,
  specify,
  specifyNamed,
} from "./layer.js";
import { clearGradientRows } from "./moveRows.js";
import { WeightedSums } from "./weightedSums.js";

/** Configuration of a mean by attention. */
export interface AttentionPoolConfig {
  /** Gives a score for each step. */
  readonly layer: Layer;
}

/** The mean over the steps of a sequence, weighted by the softmax of their scores. */
export const attentionPoolDefinition: LayerDefinition<AttentionPoolConfig> = {
  type: "attentionPool",
  output: outputOf,
  parameters: () => [],
  children: ({ layer }, input) => [{ path: "", layer, input }],
  plan: (config, input, planner) => new AttentionPoolRun(config, input, planner),
  cannotStep: () => "its answer is made from all steps of a sequence together.",
  reverse: ({ config, name }) => specify(attentionPoolDefinition, { layer: reversed(config.layer) }, name),
  make: ({ layer }, name) => attentionPool(layer, { name }),
  drawing: () => ({ kind: "gather", from: "all" }),
  describe: ({ layer }) => `attentionPool ${definitionOf(layer).describe(layer.config)}`,
};

/**
 * The mean over the steps of a sequence, weighted by how much a layer makes of each (Lin et al. 2017, Yang et al. 2016):
 *   a_t = softmax_t f(x)_t      y = Σ_t a_t x_t
 * [batch, time, D] becomes [batch, D]. Steps beyond a sequence's end and masked ones have no weight; an empty sequence gives 0.
 *
 * @example
 * const scores = sequential(dense(32, { activation: "tanh" }), dense(1, { bias: false }));
 * const classifier = new Model(sequential(bidirectional(lstm(32)), attentionPool(scores), dense(3)));
 * @param layer gives one number a step, such as `dense(1)`
 * @param options `name` in paths and files, default that of the layer
 * @throws ArgumentError when it is no layer or an option is unknown; where a model is made, ShapeError when the steps are already gone
 *   or the layer gives anything but one number a step
 */
export function attentionPool(layer: Layer, options: NameOptions = {}): Layer<AttentionPoolConfig> {
  definitionOf(layer);
  return specifyNamed(attentionPoolDefinition, { layer }, options, layer.name);
}

function outputOf({ layer }: AttentionPoolConfig, input: Flow): Flow {
  const output = perSequence("attentionPool", input);
  const definition = definitionOf(layer);
  const { width, each } = definition.output(layer.config, input);
  if (width === 1 && each === "step") return output;
  const given = each === "step" ? `[batch, time, ${width}]` : `[batch, ${width}]`;
  throw new ShapeError(
    `attentionPool wants one score a step, [batch, time, 1], but ${definition.describe(layer.config)} gives ${given}.`,
  );
}

/** One row of weights for each sequence. */
class AttentionPoolRun implements LayerRun {
  readonly output: Rows;
  readonly states: LayerRun["states"];
  readonly #input: Rows;
  readonly #scoring: LayerRun;
  readonly #places: AttentionPlaces;
  readonly #sums: WeightedSums;
  readonly #weights: number;
  readonly #dWeights: number;
  /** Bytes from one row of weights to the next. */
  readonly #stride: number;

  constructor({ layer }: AttentionPoolConfig, input: Rows, planner: Planner) {
    const { region, training } = planner;
    const { capacity } = input.layout;
    const answers = input.layout.perSequence();
    const stride = 4 * padded(capacity.steps);
    const weights = region.bytes(capacity.sequences * stride);
    this.#input = input;
    this.#scoring = planLayer(layer, input, planner.child(""));
    this.#places = new AttentionPlaces(input.layout, answers, region);
    this.#stride = stride;
    this.#weights = weights;
    // Sixteen bytes more: a column of gradients is read four at a time.
    this.#dWeights = training ? region.bytes(capacity.sequences * stride + 16) : 0;
    this.#sums = new WeightedSums(this.#places, input, weights, stride, planner);
    this.output = this.#sums.context;
    this.states = this.#scoring.states;
  }

  pack(): void {
    this.#scoring.pack();
  }

  begin(): void {
    this.#scoring.begin();
    this.#places.refresh();
  }

  forward(from: number, to: number): void {
    this.#scoring.forward(from, to);
    this.#sums.read();
    const { address, stride } = this.#scoring.output;
    for (let rank = 0; rank < this.output.layout.sequences; rank++) {
      const [row, keys] = [this.#weights + rank * this.#stride, this.#places.keys(rank)];
      if (keys > 0) {
        core().gatherRows(row, 4, address, stride, this.#keyRows(rank), keys, 4);
        joined(parts.softmax).softmaxForward(row, row, 1, keys, this.#stride);
      }
      this.#sums.forward(rank, rank, 1);
    }
    this.#sums.show(0, 1);
  }

  backward(from: number, to: number): void {
    const scores = this.#scoring.output;
    clearGradientRows(scores);
    for (let rank = 0; rank < this.output.layout.sequences; rank++) {
      const [at, keys] = [rank * this.#stride, this.#places.keys(rank)];
      const row = this.#dWeights + at;
      this.#sums.backward(row, rank, rank, 1);
      if (keys === 0) continue;
      joined(parts.softmax).softmaxBackward(row, row, this.#weights + at, 1, keys, this.#stride);
      core().scatterAddRows(scores.gradient, scores.gradientStride, row, 4, this.#keyRows(rank), keys, 4);
    }
    this.#scoring.backward(from, to);
    // Beside the scores' part of its gradient the input has one of its own.
    if (this.#input.gradient !== 0) this.#sums.backwardValues();
  }

  gradients(from: number, to: number): void {
    this.#scoring.gradients(from, to);
  }

  #keyRows(rank: number): number {
    return this.#places.keyRows + 4 * (this.#places.firstKey[rank] as number);
  }
}
