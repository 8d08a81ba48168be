import type { Batch } from "../data/batches.js";
import { ArgumentError } from "../errors.js";
import type { Flow } from "../layers/layer.js";
import { weightAt } from "../losses/rowWeights.js";
import type { Plan } from "../models/plan.js";
import { describe } from "../shape.js";
import { largestPlace } from "../tensor/largestPlace.js";
import { floats } from "../wasm/memory.js";
import type { AnyLoss } from "./lossFunction.js";
import { bindTarget } from "./target.js";

/**
 * Something measured of predictions, row by row: the mean over all output rows that count, each by its weight.
 *
 * @example
 * const close: Metric = { name: "close", score: ([y = 0], [t = 0]) => (Math.abs(y - t) < 0.5 ? 1 : 0) };
 * evaluate(model, test, { loss: meanSquaredError, metrics: [close] }).metrics;   // { close: 0.93 }, the share that is near
 */
export interface Metric {
  /** Its key in `metrics` of reports. */
  readonly name: string;
  /** Whether it holds outputs against targets as they are, so that logits are nothing for it; default false. */
  readonly comparesValues?: boolean;
  /**
   * The score of one output row. It may not use the model that is measured.
   * @param output [width], the network's output
   * @param target [width] where targets are values, [1] where they are class numbers
   * @param areLogits whether the outputs are logits: whether the loss takes them as such; with a loss of your own, not where a
   *   sigmoid or softmax has made them shares of 1, else left out
   */
  score(output: Float32Array, target: Float32Array, areLogits?: boolean): number;
}

/**
 * The share of rows that are told right: the largest output is that of the target's class, or of the largest target; a
 * single output, if a logit, is above 0, else above a half, where the target is above a half.
 *
 * @example
 * evaluate(model, test, { loss: crossEntropy, metrics: [accuracy] }).metrics;   // { accuracy: 0.93 }
 */
export const accuracy: Metric = {
  name: "accuracy",
  score(output, target, areLogits = true) {
    const [first] = output as unknown as [number];
    const told = output.length > 1 ? largestPlace(output) : Number(first > (areLogits ? 0 : 0.5));
    return told === classOf(target, output.length === 1) ? 1 : 0;
  },
};

/** The class that a target names: by its number, of a single output as a half is passed or not, or by the largest of many. */
function classOf(target: Float32Array, isBinary: boolean): number {
  if (target.length > 1) return largestPlace(target);
  return isBinary ? Number((target[0] as number) > 0.5) : (target[0] as number);
}

/**
 * The absolute error of the outputs in the units of the targets: Σ |y − t| / width. For outputs that are not the targets' own, such
 * as quantiles or logits, it is an ArgumentError.
 */
export const absoluteError: Metric = {
  name: "absoluteError",
  comparesValues: true,
  score(output, target) {
    if (output.length !== target.length)
      throw new ArgumentError(
        `absoluteError compares each output with its target: a row has ${output.length} outputs but ${target.length} targets. Give a metric of your own: { name, score(output, target) }.`,
      );
    let sum = 0;
    for (let at = 0; at < output.length; at++) sum += Math.abs((output[at] as number) - (target[at] as number));
    return sum / output.length;
  },
};

/**
 * @param loss with which the targets will be bound
 * @throws ArgumentError when one is no metric or nothing for this loss, two have one name, or the targets are labels, which belong
 *   to no row
 */
export function requireMetrics(metrics: readonly Metric[], loss: AnyLoss): readonly Metric[] {
  if (!Array.isArray(metrics))
    throw new ArgumentError(`metrics must be a list such as [accuracy], received ${describe(metrics)}.`);
  const names = metrics.map((metric: Partial<Metric> | null | undefined) => {
    if (typeof metric?.score === "function" && typeof metric.name === "string") return metric.name;
    throw new ArgumentError(`a metric must be { name, score(output, target) }, received ${describe(metric)}.`);
  });
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new ArgumentError(`metrics has two called "${twice}"; their names must differ.`);
  const ofValues = metrics.find(({ comparesValues = false }) => comparesValues);
  if (ofValues !== undefined && typeof loss !== "function" && loss.takesLogits)
    throw new ArgumentError(
      `${ofValues.name} compares outputs with targets, but ${loss.name} takes outputs as logits. Take accuracy, or a metric of your own: { name, score(output, target) }.`,
    );
  if (names.length > 0 && typeof loss !== "function" && loss.targets.some(({ isOfRows }) => !isOfRows))
    throw new ArgumentError(
      `metrics score single output rows, the targets of ${loss.name} are sequences of labels. Decode the output instead.`,
    );
  return metrics;
}

/** Collects metrics over batches. */
export class Meter {
  readonly #metrics: readonly Metric[];
  readonly #output: Flow;
  readonly #loss: AnyLoss;
  readonly #areLogits: boolean | undefined;
  readonly #sums: Float64Array;
  #weight = 0;

  /** @param loss with which the targets were bound */
  constructor(metrics: readonly Metric[], output: Flow, loss: AnyLoss) {
    this.#metrics = metrics;
    this.#output = output;
    this.#loss = loss;
    this.#areLogits =
      typeof loss !== "function" ? loss.takesLogits === true : output.squashedBy === undefined ? undefined : false;
    this.#sums = new Float64Array(metrics.length);
  }

  /** Takes in a batch whose outputs lie in the plan. */
  take(plan: Plan, { data, examples }: Batch): void {
    if (this.#metrics.length === 0) return;
    const { rows, weights } = bindTarget(data, this.#output, this.#loss);
    const { layout, address, stride, width } = plan.run.output;
    const ignored = typeof this.#loss === "function" ? undefined : this.#loss.ignoreIndex;
    for (let rank = 0; rank < layout.sequences; rank++) {
      const example = examples[layout.order[rank] as number] as number;
      for (let step = 0; step < (layout.lengths[rank] as number); step++) {
        const weight = weights === undefined ? 1 : weightAt(weights, example, step);
        if (weight === 0) continue;
        if (rows.width === 1 && rows.values[(rows.starts[example] as number) + step] === ignored) continue;
        const from = (address + (layout.firstRow(step) + rank) * stride) >> 2;
        const start = (rows.starts[example] as number) + step * rows.width;
        // Copies: a metric may use another model, and a view is lost when the core's memory grows; what it writes is its own.
        this.#score(floats.slice(from, from + width), rows.values.slice(start, start + rows.width), weight);
      }
    }
  }

  #score(output: Float32Array, target: Float32Array, weight: number): void {
    this.#metrics.forEach((metric, index) => {
      const score: unknown = metric.score(output, target, this.#areLogits);
      if (typeof score !== "number")
        throw new ArgumentError(`the metric ${metric.name} must give a number, received ${describe(score)}.`);
      this.#sums[index] = (this.#sums[index] as number) + weight * score;
    });
    this.#weight += weight;
  }

  /** The means by name; 0 where no row counted. */
  get values(): Record<string, number> {
    const weight = this.#weight === 0 ? 1 : this.#weight;
    return Object.fromEntries(this.#metrics.map(({ name }, index) => [name, (this.#sums[index] as number) / weight]));
  }
}
