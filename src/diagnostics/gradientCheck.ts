import { asBatch, type Batch, exampleOrder } from "../data/batches.js";
import type { Data, Dataset } from "../data/dataset.js";
import { parameterTree } from "../layers/parameterTree.js";
import type { Interior } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { requireInteger, requireKnownOptions, requireNumber, type Shape } from "../shape.js";
import { DEFAULT_SEED, seedWords } from "../tensor/seed.js";
import { objectiveFor } from "../training/learner.js";
import { type AnyLoss, requireLoss } from "../training/lossFunction.js";
import { type Comparison, compare } from "./centralDifferences.js";
import { type CheckedElement, type CheckedParameter, verdictOnCheck } from "./checkVerdict.js";
import { fillGradients } from "./gradientShares.js";
import { lossNoise } from "./lossNoise.js";
import { LossProbe } from "./lossProbe.js";
import { untouchedGradients } from "./untouchedGradients.js";

/** What `gradientCheck` may be told. */
export interface GradientCheckOptions {
  /** Elements of each parameter that are checked: half of them those of the largest gradient, the rest drawn. Default 8. */
  readonly samples?: number;
  /** Seed of the drawing; default 1. */
  readonly seed?: number;
  /** Relative error up to which two gradients agree; default 0.002. */
  readonly tolerance?: number;
}

/** What `gradientCheck` found. */
export interface GradientCheck {
  /** Whether every compared element agrees. */
  readonly passed: boolean;
  /** The element of the largest error; none where nothing could be compared. */
  readonly worst: CheckedElement | undefined;
  /** Each trainable parameter, in the order of the model. */
  readonly parameters: readonly CheckedParameter[];
  /** Relative error up to which two gradients were taken to agree. */
  readonly tolerance: number;
  /** Standard deviation of the rounding errors in the loss. */
  readonly noise: number;
  /** The same in words. */
  readonly verdict: string;
}

/**
 * Checks the gradients of a model, a batch and a loss against central differences of the float32 loss itself: for cells and
 * losses of your own. Dropout and zoneout are those of the next batch, the same at every evaluation. Weights, gradients and
 * random numbers stay as they are. It costs 5 to 20 passes an element.
 *
 * The default tolerance of 0.002 is twice what such differences are off by where everything is right; what lies below the
 * rounding errors of the loss is allowed for (`centralDifferences.ts` has the analysis).
 *
 * @example
 * const { passed, verdict } = gradientCheck(model, batch, meanSquaredError);
 * @throws ArgumentError, ShapeError when data, model, loss and options do not fit; StateError when the loss is not finite
 */
export function gradientCheck(
  model: Model,
  batch: Batch | Data | Dataset,
  loss: AnyLoss,
  options: GradientCheckOptions = {},
): GradientCheck {
  requireLoss(loss);
  requireKnownOptions("gradientCheck", options, ["samples", "seed", "tolerance"]);
  const { seed = DEFAULT_SEED } = options;
  seedWords(seed);
  const samples = requireInteger("samples", options.samples ?? 8);
  const tolerance = requireNumber("tolerance", options.tolerance ?? 0.002, 1e-6, 1);
  const given = asBatch(batch);
  const interior = objectiveFor(model, given.data, loss).interior;
  const gradients = gradientsOf(interior, given, loss);
  const probe = new LossProbe(interior, given, loss);
  const noise = lossNoise((distance) => probe.everywhere(distance));
  const specs = parameterTree(interior.layer, { width: interior.inputSize, each: "step" });
  const found = interior.parameters.entries.map(({ name, shape, offset }, order) => {
    const gradient = gradients[order] as Float32Array;
    // What one of its places leaves untrained has no whole gradient.
    const pins = specs.flatMap((spec) => (spec.pinned && (spec.owner ?? spec.name) === name ? [spec.pinned] : []));
    const isTrained = (at: number) => pins.every(([from, to]) => at < from || at >= to);
    return sampleOf(gradient, samples, seed, order, isTrained).map((at): Finding => {
      const analytic = gradient[at] as number;
      const comparison = compare(probe.along(offset + at), analytic, noise, tolerance);
      const element = { parameter: name, index: indexOf(at, shape), analytic, numeric: comparison.numeric };
      return { element: { ...element, error: comparison.error }, comparison };
    });
  });
  return report(interior, found, { tolerance, noise }, typeof loss === "function");
}

interface Finding {
  readonly element: CheckedElement;
  readonly comparison: Comparison;
}

function report(
  { parameters }: Interior,
  found: readonly (readonly Finding[])[],
  about: { readonly tolerance: number; readonly noise: number },
  isOwnLoss: boolean,
): GradientCheck {
  const checks = found.map((findings, order): CheckedParameter => {
    const compared = findings.filter(({ comparison }) => comparison.outcome !== "unsettled");
    return {
      name: parameters.entries[order]?.name as string,
      checked: compared.length,
      decisive: compared.filter(({ comparison }) => comparison.isDecisive).length,
      unsettled: findings.length - compared.length,
      worstError: compared.reduce((most, { element }) => Math.max(most, element.error), 0),
    };
  });
  const compared = found.flat().filter(({ comparison }) => comparison.outcome !== "unsettled");
  const passed = compared.every(({ comparison }) => comparison.outcome === "agrees");
  const [first] = compared;
  const worst =
    first && compared.reduce((most, next) => (next.element.error > most.element.error ? next : most)).element;
  const verdict = verdictOnCheck(passed, worst, checks, about.tolerance, isOwnLoss);
  return { passed, worst, parameters: checks, ...about, verdict };
}

/** The gradient of each parameter. */
function gradientsOf(interior: Interior, batch: Batch, loss: AnyLoss): Float32Array[] {
  const { parameters } = interior;
  return untouchedGradients(interior, () => {
    fillGradients(interior, batch, loss);
    return parameters.entries.map((entry) => parameters.copy(entry, parameters.gradients).data);
  });
}

/** Places of half the samples where the gradient is largest, since there the differences are sharpest, and of others drawn. */
function sampleOf(
  gradient: Float32Array,
  samples: number,
  seed: number,
  epoch: number,
  isTrained: (at: number) => boolean,
): number[] {
  const drawn = Array.from(exampleOrder(gradient.length, { shuffle: true, seed, epoch })).filter(isTrained);
  const size = (at: number) => Math.abs(gradient[at] as number);
  const largest = [...drawn].sort((a, b) => size(b) - size(a));
  return [...new Set([...largest.slice(0, Math.ceil(samples / 2)), ...drawn])].slice(0, samples);
}

/** Place in a shape of the element at a place in memory. */
function indexOf(at: number, shape: Shape): number[] {
  const index: number[] = [];
  let rest = at;
  for (const size of [...shape].reverse()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}
