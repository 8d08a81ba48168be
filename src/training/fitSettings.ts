import { type Data, type Dataset, dataset } from "../data/dataset.js";
import { ArgumentError } from "../errors.js";
import { adam } from "../optimizers/adam.js";
import type { OptimizerRule } from "../optimizers/optimizerRule.js";
import { describe, requireInteger, requireKnownOptions, requireNumber } from "../shape.js";
import { DEFAULT_SEED, seedWords } from "../tensor/seed.js";
import { requireOneByOne } from "./carriedState.js";
import { type AnyLoss, requireLoss } from "./lossFunction.js";
import { requireRule } from "./optimizer.js";

/** How `fit` trains. */
export interface FitOptions {
  readonly loss: AnyLoss;
  /** Default `adam()` with gradients clipped to norm 1. */
  readonly optimizer?: OptimizerRule;
  /** Passes over the data; default 1. */
  readonly epochs?: number;
  /** Sequences an update; default 32. */
  readonly batchSize?: number;
  /** Whether each epoch visits the examples in an order of its own; default true. */
  readonly shuffle?: boolean;
  /** Seed of those orders; default 1. */
  readonly seed?: number;
  /** Largest gradient norm. Default 1 with the default optimizer; with one of your own, gradients are left as they are. */
  readonly clipNorm?: number;
  /** The textbook's context: windows of one series begin with the state that one step further has reached. Default false. */
  readonly carryState?: boolean;
  /** Examples that are only measured, after each epoch. */
  readonly validation?: Data | Dataset;
  /** Stops after this many epochs without a better validation loss. However the run ends, if not by abort, it brings the best weights back. */
  readonly patience?: number;
  /** Called after each epoch, and in long ones now and then. */
  readonly onProgress?: (progress: FitProgress) => void;
  /** Called after each update with its loss (before the update) and its number. */
  readonly onUpdate?: (loss: number, update: number) => void;
  /** Ends the run after the present update; the weights stay as they are then. */
  readonly signal?: AbortSignal;
}

/** Where a run stands. */
export interface FitProgress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Examples seen in this epoch, of how many. */
  readonly examples: number;
  readonly of: number;
  /** Mean loss of this epoch so far. */
  readonly loss: number;
  readonly validationLoss?: number;
  /** Gradient norm of the last update, before clipping. */
  readonly gradientNorm: number;
  readonly examplesPerSecond: number;
  readonly secondsLeft: number;
}

/** The options of `fit` with every default in its place. */
export interface FitSettings {
  readonly loss: AnyLoss;
  readonly optimizer: OptimizerRule;
  readonly epochs: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly clipNorm: number;
  readonly carryState: boolean;
  readonly validation: Dataset | undefined;
  readonly patience: number | undefined;
  readonly onProgress: ((progress: FitProgress) => void) | undefined;
  readonly onUpdate: ((loss: number, update: number) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

const OPTIONS = [
  "loss",
  "optimizer",
  "epochs",
  "batchSize",
  "shuffle",
  "seed",
  "clipNorm",
  "carryState",
  "validation",
  "patience",
  "onProgress",
  "onUpdate",
  "signal",
];

function requireCallbacks({ onProgress, onUpdate, signal }: FitOptions): void {
  for (const [name, value] of Object.entries({ onProgress, onUpdate })) {
    if (value !== undefined && typeof value !== "function")
      throw new ArgumentError(`${name} must be a function, received ${describe(value)}.`);
  }
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw new ArgumentError(`signal must be an AbortSignal, received ${describe(signal)}.`);
  }
}

/** @throws ArgumentError when an option is unknown or out of range */
export function fitSettings(options: FitOptions): FitSettings {
  requireKnownOptions("fit", options, OPTIONS);
  const { optimizer = adam(), shuffle = true, carryState = false, seed = DEFAULT_SEED, validation, patience } = options;
  for (const [name, value] of Object.entries({ shuffle, carryState })) {
    if (typeof value !== "boolean")
      throw new ArgumentError(`${name} must be true or false, received ${describe(value)}.`);
  }
  requireCallbacks(options);
  seedWords(seed);
  const batchSize = requireInteger("batchSize", options.batchSize ?? 32);
  if (carryState) requireOneByOne(batchSize, shuffle);
  if (patience !== undefined && validation === undefined)
    throw new ArgumentError("patience needs validation data to watch.");
  const clip = options.clipNorm ?? (options.optimizer === undefined ? 1 : Number.POSITIVE_INFINITY);
  return {
    loss: requireLoss(options.loss),
    optimizer: requireRule(optimizer),
    epochs: requireInteger("epochs", options.epochs ?? 1),
    batchSize,
    shuffle,
    seed,
    clipNorm: clip === Number.POSITIVE_INFINITY ? clip : requireNumber("clipNorm", clip, Number.MIN_VALUE),
    carryState,
    validation: validation === undefined ? undefined : dataset(validation),
    patience: patience === undefined ? undefined : requireInteger("patience", patience),
    onProgress: options.onProgress,
    onUpdate: options.onUpdate,
    signal: options.signal,
  };
}
