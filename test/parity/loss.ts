import type { Comparison } from "../support/compare.js";
import type { ReferenceCase } from "../support/fixtures.js";
import type { LossResult, Numbers } from "../support/subjectContract.js";
import { stretched } from "./axes.js";
import { attemptCtc } from "./ctcLoss.js";
import { type Attempt, compareTensors, type Engine } from "./engine.js";
import { attemptGaussian } from "./gaussianLoss.js";

/** Losses whose cases hold more than predictions and targets of their shape. */
const others: Readonly<Record<string, Attempt>> = { gaussian_nll: attemptGaussian, ctc: attemptCtc };

/** The library's names of the losses. */
const names: Readonly<Record<string, string>> = {
  mse: "meanSquaredError",
  l1: "meanAbsoluteError",
  smooth_l1: "smoothL1",
  huber: "huber",
  bce_with_logits: "binaryCrossEntropy",
  cross_entropy: "crossEntropy",
  nll_of_log_softmax: "crossEntropy",
};

/** The items of a case: elements, or rows of classes; the mean of a loss is over them. */
interface Items {
  /** Values of one item: 1, or the number of classes. */
  readonly width: number;
  readonly isClasses: boolean;
  /** [items, width] */
  readonly prediction: ArrayLike<number>;
  /** [items] or [items, width] */
  readonly target: ArrayLike<number>;
  /** What an item counts for in the mean: 1, its class weight, or 0 when ignored. */
  readonly counts: readonly number[];
  readonly isIgnored?: (item: number) => boolean;
  /** What an item's loss is multiplied by, without counting so in the mean. */
  readonly factors?: ArrayLike<number>;
}

/**
 * Kind loss. The library's losses are means; a sum is the mean times what the items count for, and a loss without
 * reduction is the mean over each item alone, its derivative weighted with `g.loss`.
 */
export function attemptLoss<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
): Comparison[] | Promise<Comparison[]> {
  const other = others[reference.text("loss")];
  if (other !== undefined) return other(reference, engine);
  const items = readItems(reference);
  const total = items.counts.reduce((sum, count) => sum + count, 0);
  const reduction = reference.text("reduction");
  if (items.factors !== undefined) return attemptFactors(reference, engine, items, items.factors);
  if (reduction === "mean" || reduction === "sum") {
    const factor = reduction === "mean" ? 1 : total;
    const { loss, gradient } = lossOfItems(reference, engine, items, 0, items.counts.length);
    const scaled = Float64Array.from(gradient, (value) => value * factor);
    return compareLoss(reference, engine, items, [loss * factor], scaled);
  }
  const weighting = reference.values("g.loss");
  const results = items.counts.map((_, item) => lossOfItem(reference, engine, items, item));
  const losses = results.map((result) => result?.loss ?? 0);
  const gradient = results.flatMap((result, item) =>
    Array.from({ length: items.width }, (_, column) => (result?.gradient[column] ?? 0) * weighting[item]),
  );
  return compareLoss(reference, engine, items, losses, gradient);
}

/** The loss of one item, which counts as much as it does: a mean over it alone knows nothing of that. None if it is ignored. */
function lossOfItem<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
  items: Items,
  item: number,
): { loss: number; gradient: ArrayLike<number> } | undefined {
  const { width, target, counts } = items;
  if (items.isIgnored?.(item)) return undefined;
  if (counts[item] > 0) {
    const { loss, gradient } = lossOfItems(reference, engine, items, item, item + 1);
    return { loss: loss * counts[item], gradient: Array.from(gradient, (value) => value * counts[item]) };
  }
  // A class without a weight: as probabilities, whose mean is over rows. What smoothing gives to the others is left.
  const row = Array.from({ length: width }, (_, column) => Number(column === target[item]));
  const prediction = Array.from(items.prediction).slice(item * width, (item + 1) * width);
  return lossOfItems(reference, engine, { ...items, prediction, target: row, counts: [1] }, 0, 1);
}

/** Each item alone, times its factor: all of them, their sum, or the mean over all alike. */
function attemptFactors<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
  items: Items,
  factors: ArrayLike<number>,
): Comparison[] {
  const reduction = reference.text("reduction");
  const results = items.counts.map((_, item) => lossOfItems(reference, engine, items, item, item + 1));
  const losses = results.map(({ loss }, item) => factors[item] * loss);
  const weighting = reduction === "none" ? reference.values("g.loss") : undefined;
  const share = reduction === "mean" ? 1 / results.length : 1;
  const gradient = results.map((result, item) => factors[item] * (weighting?.[item] ?? share) * result.gradient[0]);
  const sum = losses.reduce((total, loss) => total + share * loss, 0);
  return compareLoss(reference, engine, items, reduction === "none" ? losses : [sum], gradient);
}

function lossOfItems<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
  items: Items,
  from: number,
  to: number,
): LossResult<A> {
  const { width, isClasses } = items;
  const name = names[reference.text("loss")];
  if (name === undefined) throw new Error(`${reference.id}: no loss is known for "${reference.text("loss")}"`);
  const prediction = engine.numbers(Array.from(items.prediction).slice(from * width, to * width));
  const targetWidth = items.target.length / items.counts.length;
  const target = Array.from(items.target).slice(from * targetWidth, to * targetWidth);
  const isWhole = to - from === items.counts.length;
  const shape = isClasses ? [to - from, width] : isWhole ? reference.shape("input") : [to - from];
  return engine.subject.runLoss(name, prediction, target, shape, libraryOptions(reference, isWhole ? undefined : from));
}

/**
 * Options of the case under the library's names; those at torch's defaults are left out.
 * @param item the only one, where a list with one number a column must hold the item's own
 */
function libraryOptions(reference: ReferenceCase, item?: number): Record<string, unknown> {
  const { config } = reference;
  const options: Record<string, unknown> = {};
  if (typeof config.label_smoothing === "number" && config.label_smoothing > 0) {
    options.labelSmoothing = config.label_smoothing;
  }
  if (typeof config.ignore_index === "number") options.ignoreIndex = config.ignore_index;
  for (const key of ["beta", "delta"]) if (config[key] !== undefined) options[key] = config[key];
  if (isOfClasses(reference) && reference.has("weight")) {
    options.classWeights = Array.from(reference.values("weight"));
  }
  if (reference.has("pos_weight")) {
    const weights = Array.from(reference.values("pos_weight"));
    const each = stretched(weights, reference.shape("pos_weight"), reference.shape("input"));
    options.positiveWeights = item !== undefined ? each[item] : weights.length === 1 ? weights[0] : weights;
  }
  return options;
}

function isOfClasses(reference: ReferenceCase): boolean {
  return ["cross_entropy", "nll_of_log_softmax"].includes(reference.text("loss"));
}

function readItems(reference: ReferenceCase): Items {
  const [input, target] = [reference.values("input"), reference.values("target")];
  const isClasses = isOfClasses(reference);
  if (!isClasses) {
    return {
      width: 1,
      isClasses,
      prediction: input,
      target,
      counts: Array.from(input, () => 1),
      ...factorsOf(reference),
    };
  }
  const { batch, width, inner } = sizesOf(reference);
  const isIndex = target.length === batch * inner;
  const weight = reference.has("weight") ? reference.values("weight") : undefined;
  const ignored = reference.config.ignore_index;
  const counts = Array.from({ length: batch * inner }, (_, item) => {
    if (!isIndex) return 1;
    return target[item] === ignored ? 0 : (weight?.[target[item]] ?? 1);
  });
  const ofItems = (values: ArrayLike<number>): Float64Array => swapInner(values, batch, width, inner);
  const isIgnored = (item: number) => isIndex && target[item] === ignored;
  return {
    width,
    isClasses,
    prediction: ofItems(input),
    target: isIndex ? target : ofItems(target),
    counts,
    isIgnored,
  };
}

/** What elements are weighted with, where each is to be looked at alone: weights of any shape, or positive ones not by columns. */
function factorsOf(reference: ReferenceCase): Pick<Items, "factors"> {
  const shape = reference.shape("input");
  if (reference.has("weight")) {
    return { factors: stretched(reference.values("weight"), reference.shape("weight"), shape) };
  }
  const isByElement = reference.has("pos_weight") && reference.shape("pos_weight").length > 1;
  return isByElement ? { factors: Float64Array.from(reference.values("input"), () => 1) } : {};
}

/** Input [batch, classes, …], all axes behind the classes as one; [classes] is a batch of one. */
function sizesOf(reference: ReferenceCase): { batch: number; width: number; inner: number } {
  const shape = reference.shape("input");
  const [batch, width, ...behind] = shape.length === 1 ? [1, ...shape] : shape;
  return { batch, width, inner: behind.reduce((product, size) => product * size, 1) };
}

/** [batch, a, b] → [batch, b, a]: classes last, as the library has them; the way back with a and b exchanged. */
function swapInner(values: ArrayLike<number>, batch: number, a: number, b: number): Float64Array {
  return Float64Array.from({ length: batch * a * b }, (_, index) => {
    const [outer, inB, inA] = [Math.floor(index / (a * b)), Math.floor(index / a) % b, index % a];
    return values[(outer * a + inA) * b + inB];
  });
}

function compareLoss<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
  items: Items,
  loss: ArrayLike<number>,
  gradient: ArrayLike<number>,
): Comparison[] {
  const { batch, width, inner } = sizesOf(reference);
  const inFileOrder = items.isClasses ? swapInner(gradient, batch, inner, width) : gradient;
  const names = [...reference.tensors.keys()].filter((name) => name === "loss" || name.startsWith("grad."));
  return compareTensors(reference, engine, names, { loss, "grad.input": inFileOrder });
}
