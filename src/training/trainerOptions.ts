import type { CourseOptions } from "./courseSettings.js";
import type { EpochReport } from "./standing.js";

/** How a trainer trains. */
export interface TrainerOptions extends CourseOptions {
  /** Epochs after which the training is over, and the best weights are brought back; default none. */
  readonly epochs?: number;
  /** Whatever belongs to the training and is JSON, to be kept in its file: a scaler, a vocabulary, notes. */
  readonly extras?: Readonly<Record<string, unknown>>;
  /** Called after each epoch. */
  readonly onEpoch?: (epoch: EpochReport) => void;
  /** Called after each update with its loss (before the update) and its number. */
  readonly onUpdate?: (loss: number, update: number) => void;
}
