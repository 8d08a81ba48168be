import { type Data, type Dataset, dataset } from "../data/dataset.js";
import { ArgumentError } from "../errors.js";
import { adam } from "../optimizers/adam.js";
import { type OptimizerRule, requireRule } from "../optimizers/optimizerRule.js";
import { requireSchedule, type Schedule } from "../schedules/schedule.js";
import { describe, requireFlag, requireInteger, requireNumber } from "../shape.js";
import { DEFAULT_SEED, seedWords } from "../tensor/seed.js";
import { type Averaging, requireAveraging } from "./averaging.js";
import { requireNoOther, requireOneByOne } from "./carriedState.js";
import { type Clip, clipOf } from "./clip.js";
import { type AnyLoss, requireLoss } from "./lossFunction.js";
import { type Metric, requireMetrics } from "./metric.js";
import { requireTruncation, type Truncation } from "./truncation.js";

/** How a model is trained, by `fit` and by a `Trainer` alike. */
export interface CourseOptions {
  /** What the training makes small: one of the library's losses, or a function of your own. */
  readonly loss: AnyLoss;
  /** Default `adam()` with gradients clipped to norm 1. */
  readonly optimizer?: OptimizerRule;
  /** The learning rate from update to update, such as `oneCycle({ steps })`; default the optimizer's own, always. */
  readonly schedule?: Schedule;
  /** Sequences a batch, and an update where `accumulate` says nothing else; default 32. */
  readonly batchSize?: number;
  /**
   * Batches an update, where one large batch would take too much memory; default 1. The gradient is that of the loss over all of
   * them together: each counts for the sum of its rows' weights, as it would in one batch. (The loss of a function of your own
   * is taken as such a mean too.) What is left at an epoch's end makes an update of its own.
   */
  readonly accumulate?: number;
  /** Whether each epoch visits the examples in an order of its own; default true. */
  readonly shuffle?: boolean;
  /** Seed of those orders; default 1. */
  readonly seed?: number;
  /**
   * Largest norm of all gradients together. Default 1 with the default optimizer, unless they are clipped in another way; with
   * an optimizer of your own, gradients are left as they are.
   */
  readonly clipNorm?: number;
  /** Instead of `clipNorm`: the largest size of each number in the gradients. */
  readonly clipValue?: number;
  /** Instead of `clipNorm`: the largest norm of each parameter's gradient (Keras's `clipnorm`). */
  readonly clipParameterNorm?: number;
  /**
   * The textbook's context: windows of one series begin with the state that one step further has reached. Default false. Not
   * with data that have an `initialState`.
   */
  readonly carryState?: boolean;
  /**
   * Truncated back-propagation through time, for sequences too long to be unfolded, as by `truncated({ every: 20, window: 40 })`:
   * an update every so many steps, the state going on from one to the next. Default: whole sequences.
   */
  readonly truncate?: Truncation;
  /**
   * What of the weights is averaged over the updates, as by `ema({ decay: 0.999 })`; default nothing. Validation, early
   * stopping and the end of the training, an abort too, have the averaged weights; updates and callbacks the model's own.
   */
  readonly averaging?: Averaging;
  /**
   * Examples that are only measured, after each epoch: a share such as 0.2 holds back the last examples, as time demands,
   * and never trains on them. Default none.
   */
  readonly validation?: number | Data | Dataset;
  /** Stops after this many epochs without a better validation loss, and brings the best weights back; default never. */
  readonly patience?: number;
  /** What a validation loss must be better by to count for `patience`; default 0. */
  readonly leastImprovement?: number;
  /** What is measured of the validation data beside the loss, such as `[accuracy]`; default nothing. */
  readonly metrics?: readonly Metric[];
}

/** The options of a course with every default in its place. */
export interface CourseSettings {
  readonly loss: AnyLoss;
  readonly optimizer: OptimizerRule;
  readonly schedule: Schedule | undefined;
  /** Epochs after which the course ends; undefined for none. */
  readonly epochs: number | undefined;
  readonly batchSize: number;
  readonly accumulate: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly clip: Clip;
  readonly carryState: boolean;
  readonly truncate: Truncation | undefined;
  readonly averaging: Averaging | undefined;
  readonly validation: number | Dataset | undefined;
  readonly patience: number | undefined;
  readonly leastImprovement: number;
  readonly metrics: readonly Metric[];
}

/** Names of the options, for the check against misspelling. */
export const COURSE_OPTIONS = [
  "loss",
  "optimizer",
  "schedule",
  "epochs",
  "batchSize",
  "accumulate",
  "shuffle",
  "seed",
  "clipNorm",
  "clipValue",
  "clipParameterNorm",
  "carryState",
  "truncate",
  "averaging",
  "validation",
  "patience",
  "leastImprovement",
  "metrics",
] as const;

/** @throws ArgumentError when an option is out of range */
export function courseSettings(options: CourseOptions, epochs: number | undefined): CourseSettings {
  const { optimizer = adam(), schedule, shuffle = true, carryState = false, seed = DEFAULT_SEED } = options;
  const { truncate, averaging } = options;
  const loss = requireLoss(options.loss);
  const metrics = requireMetrics(options.metrics ?? [], loss);
  requireFlag("shuffle", shuffle);
  requireFlag("carryState", carryState);
  seedWords(seed);
  const batchSize = requireInteger("batchSize", options.batchSize ?? 32);
  if (carryState) {
    requireOneByOne(batchSize, shuffle);
    requireNoOther("truncate", truncate !== undefined);
  }
  const accumulate = requireInteger("accumulate", options.accumulate ?? 1);
  if (accumulate > 1 && truncate !== undefined)
    throw new ArgumentError(
      "accumulate joins whole batches to an update, truncate makes several of one batch. For more to each update, give truncate a larger every, or a larger batchSize.",
    );
  const rule = requireRule(optimizer);
  if (schedule !== undefined) requireSchedule(schedule).require(rule, metrics);
  return {
    loss,
    optimizer: rule,
    schedule,
    epochs: epochs === undefined ? undefined : requireInteger("epochs", epochs),
    batchSize,
    accumulate,
    shuffle,
    seed,
    clip: clipOf(options, "option", "", options.optimizer === undefined ? 1 : Infinity),
    carryState,
    truncate: truncate === undefined ? undefined : requireTruncation(truncate),
    averaging: averaging === undefined ? undefined : requireAveraging(averaging),
    ...validationSettings(options),
    metrics,
  };
}

function validationSettings({ validation, patience, leastImprovement, metrics }: CourseOptions) {
  const dependent = { patience, leastImprovement, metrics };
  for (const [name, value] of Object.entries(dependent)) {
    if (value !== undefined && validation === undefined)
      throw new ArgumentError(`${name} needs validation data to watch: give validation: 0.2, or a dataset.`);
  }
  if (leastImprovement !== undefined && patience === undefined)
    throw new ArgumentError("leastImprovement says what counts for patience, which is not given.");
  return {
    validation:
      typeof validation === "number" || validation === undefined ? validation : dataset(validation, "validation "),
    patience: patience === undefined ? undefined : requireInteger("patience", patience),
    leastImprovement: requireNumber("leastImprovement", leastImprovement ?? 0, 0),
  };
}

/** The examples to train on, and those to measure. @throws ArgumentError when a share cannot be held back */
export function splitData(
  data: Data | Dataset,
  validation: number | Dataset | undefined,
): readonly [train: Dataset, validation: Dataset | undefined] {
  const examples = dataset(data);
  if (typeof validation !== "number") return [examples, validation];
  if (!(validation > 0 && validation < 1))
    throw new ArgumentError(
      `validation must be a share above 0 and below 1, or examples { input, target }, received ${validation}.`,
    );
  const { count } = examples;
  const from = count - Math.max(1, Math.round(validation * count));
  if (from < 1)
    throw new ArgumentError(
      `a validation share of ${validation} leaves none of ${count} examples for training: give a smaller one, or more examples.`,
    );
  return [examples.slice(0, from), examples.slice(from, count)];
}

/** @throws ArgumentError when a callback is no function */
export function requireCallbacks(callbacks: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(callbacks)) {
    if (value !== undefined && typeof value !== "function")
      throw new ArgumentError(`${name} must be a function, received ${describe(value)}.`);
  }
}
