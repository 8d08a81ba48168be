import type { Dataset } from "../data/dataset.js";
import { ArgumentError } from "../errors.js";
import type { Interior } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { describe } from "../shape.js";
import type { AnyLoss } from "./lossFunction.js";
import type { TruncatedWindow } from "./truncatedWindow.js";

/** How errors are carried back through a part of the steps: a value, without memory. */
export interface Truncation {
  /** k1: steps from update to update. */
  readonly every: number;
  /** k2: steps that errors are carried back. */
  readonly window: number;
  /**
   * Refuses what cannot be trained by windows over time; the model stays as it is.
   * @throws ArgumentError naming what is in the way, and why; ShapeError when data and model do not fit
   * @internal
   */
  require(model: Model, data: Dataset, loss: AnyLoss): void;
  /** A window before the first step. @param lengths of all sequences there are, as the network reads them @internal */
  begin(interior: Interior, batchSize: number, lengths: ArrayLike<number>): TruncatedWindow;
}

/** @throws ArgumentError when it is none */
export function requireTruncation(truncation: unknown): Truncation {
  if (typeof (truncation as Partial<Truncation> | null)?.begin === "function") return truncation as Truncation;
  throw new ArgumentError(
    `truncate must be such as truncated({ every: 20, window: 40 }), received ${describe(truncation)}.`,
  );
}
