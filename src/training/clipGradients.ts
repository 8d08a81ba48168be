import { ArgumentError } from "../errors.js";
import { type Interior, interiorOf, RANGE_WORDS, type Ranges } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { describe, requireKnownOptions } from "../shape.js";
import { pow } from "../tensor/float64.js";
import { core } from "../wasm/core.js";
import { floats, ints } from "../wasm/memory.js";
import { clipOf } from "./clip.js";
import { requireOwnGradients } from "./learner.js";

/**
 * The Euclidean norm of all trainable gradients together.
 *
 * @example
 * backpropagate(model, batch, meanSquaredError);
 * const norm = gradientNorm(model);
 */
export function gradientNorm(model: Model): number {
  return normOf(interiorOf(model));
}

export function normOf(interior: Interior): number {
  return euclideanNorm(interior.ranges(), interior.parameters.gradients);
}

/** √Σg² of the gradients, or of the values, in the ranges. */
export function euclideanNorm({ address, count }: Ranges, block: number): number {
  return Math.sqrt(core().sumOfSquares(address, count, block));
}

/** The norm of the gradients in the ranges: (Σ|g|ᵖ)^(1/p) of order p, max|g| of order Infinity. */
export function normOfRanges(ranges: Ranges, gradients: number, order: number): number {
  if (order === 2) return euclideanNorm(ranges, gradients);
  if (order === 1) return reduced(ranges, gradients, (sum, size) => sum + size);
  const largest = reduced(ranges, gradients, Math.max);
  if (order === Infinity || !(largest > 0 && largest < Infinity)) return largest;
  // As shares of the largest: powers of large numbers have no end in float64.
  const sum = reduced(ranges, gradients, (so, size) => so + pow(size / largest, order));
  return largest * pow(sum, 1 / order);
}

/** What all |g| in the ranges come to, from 0 on. */
function reduced({ address, count }: Ranges, gradients: number, join: (soFar: number, size: number) => number): number {
  let found = 0;
  for (let word = address >> 2; word < (address >> 2) + count * RANGE_WORDS; word += RANGE_WORDS) {
    const from = (gradients >> 2) + (ints[word] as number);
    for (let at = from; at < from + (ints[word + 1] as number); at++)
      found = join(found, Math.abs(floats[at] as number));
  }
  return found;
}

/** How gradients are bounded: all together by their norm, those of each parameter by theirs, or each by itself. */
export type ClipOptions =
  | {
      /** The largest norm of all together. */
      readonly norm: number;
      /** Which norm, above 0: 1, the sum of all sizes; 2, the Euclidean; Infinity, the largest size. Default 2. */
      readonly order?: number;
      /** Not beside `norm`. */
      readonly value?: never;
      /** Not beside `norm`. */
      readonly parameterNorm?: never;
    }
  | {
      /** The largest size of each. */
      readonly value: number;
      /** Not beside `value`. */
      readonly norm?: never;
      /** Not beside `value`. */
      readonly order?: never;
      /** Not beside `value`. */
      readonly parameterNorm?: never;
    }
  | {
      /** The largest Euclidean norm of each parameter's. */
      readonly parameterNorm: number;
      /** Not beside `parameterNorm`. */
      readonly norm?: never;
      /** Not beside `parameterNorm`. */
      readonly order?: never;
      /** Not beside `parameterNorm`. */
      readonly value?: never;
    };

/**
 * Bounds all trainable gradients; those of frozen parameters stay as they are. By `norm` they are scaled together by
 * min(1, norm / (‖g‖ + 1e-6)), which keeps their direction, as PyTorch's `clip_grad_norm_`. By `parameterNorm` the same is done
 * to the gradient of each parameter, with the norm of that alone: `clip_grad_norm_` tensor by tensor, or Keras's `clipnorm`, which
 * leaves out the 1e-6. By `value` each number is brought into [−value, value], as `clip_grad_value_`. Infinity leaves all as it is.
 *
 * @returns ‖g‖ of all together before clipping, of the order asked for, else the Euclidean
 * @example
 * clipGradients(model, { norm: 1 });
 * @example
 * clipGradients(model, { parameterNorm: 1 });   // a layer with large gradients does not shrink those of the others
 * @throws ArgumentError when there is not exactly one of the three, or one of the numbers is not above 0;
 * StateError while `fit` is training the model
 */
export function clipGradients(model: Model, options: ClipOptions): number {
  requireKnownOptions("clipGradients", options, ["norm", "order", "value", "parameterNorm"]);
  const { order = 2 } = options;
  const { kind, most } = clipOf(options, "name", " of clipGradients");
  if (!(typeof order === "number" && order > 0))
    throw new ArgumentError(
      `order of clipGradients must be a number above 0, or Infinity, received ${describe(order)}.`,
    );
  if (options.order !== undefined && kind.name !== "norm")
    throw new ArgumentError(`clipGradients by ${kind.name} has no order: it belongs to norm.`);
  const interior = interiorOf(model);
  requireOwnGradients(interior);
  const norm = normOfRanges(interior.ranges(), interior.parameters.gradients, order);
  kind.bound(interior, most, norm);
  return norm;
}
