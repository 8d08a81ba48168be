import { type Dataset, dataset } from "../data/dataset.js";
import { ArgumentError } from "../errors.js";
import { adam } from "../optimizers/adam.js";
import type { OptimizerRule } from "../optimizers/optimizerRule.js";
import { describe, requireInteger, requireKnownOptions, requireNumber } from "../shape.js";
import { DEFAULT_SEED, seedWords } from "../tensor/seed.js";
import { requireOneByOne } from "./carriedState.js";
import type { FitOptions, FitProgress } from "./fit.js";
import { type AnyLoss, requireLoss } from "./lossFunction.js";
import { requireRule } from "./optimizer.js";

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
