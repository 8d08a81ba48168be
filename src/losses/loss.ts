import { branded, stranger } from "../brand.js";
import { ArgumentError } from "../errors.js";
import { requireKnownOptions } from "../shape.js";
import type { Layout } from "../tensor/layout.js";
import type { Rows } from "../tensor/rows.js";
import { Tensor } from "../tensor/tensor.js";
import type { TargetKind } from "./targetKind.js";

/**
 * Targets in packed rows: values as float32 [rows, width], or one class number as int32 a row. Or labels, int32 rows of one
 * a sequence by rank: how many there are, then the labels, then one more that is not looked at.
 */
export interface TargetRows {
  readonly address: number;
  /** Bytes from row to row; 0 of class numbers, which lie side by side. */
  readonly stride: number;
  /** Address of memory that a loss of labels works in, as large as its `labels.room` tells. */
  readonly room?: number;
}

/** What a loss wants whose targets are sequences of labels with lengths of their own. */
export interface LabelRules {
  /** The class that stands for no label. */
  readonly blank: number;
  /** Whether a target may be longer than its input can tell. */
  readonly allowsImpossible: boolean;
  /** Bytes of memory for sequences of up to that many steps and labels. */
  room(steps: number, labels: number): number;
}

/** Where a loss writes the gradient of the prediction. */
export interface GradientRows {
  readonly address: number;
  readonly stride: number;
}

/**
 * A loss: its weighted mean over the rows of a batch, and the gradient of that mean, from one kernel.
 * Rows that carry no weight are not looked at; where no row counts the loss is 0 and so is its gradient.
 */
export interface Loss {
  /** What trainers' files call it. */
  readonly name: string;
  /** The options it was made with, defaults filled in: plain JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The kinds of target it takes: values, class numbers or sequences of labels. @internal */
  readonly targets: readonly TargetKind[];
  /** Whether outputs are logits, whose sigmoid or softmax is part of the loss. */
  readonly takesLogits?: boolean;
  /** What an output row must be at least this wide for. */
  readonly leastWidth: number;
  /** How wide an output row must be, where the options tell. */
  readonly width?: number;
  /** Values of an output row for each value of the target; 1 where left out. */
  readonly outputsPerTarget?: number;
  /** Values of a target row for an output row that wide, where `outputsPerTarget` does not tell. @throws ShapeError */
  targetWidth?(width: number): number;
  /** Least and largest value of a target, where not every number is one. */
  readonly targetRange?: readonly [least: number, most: number];
  /** The class number that stands for "no target". */
  readonly ignoreIndex?: number;
  /** Of a loss whose targets are labels. @internal */
  readonly labels?: LabelRules;
  /**
   * What the rows count for in the mean: their number, or the sum of their weights; with labels that of the sequences.
   * @param weights address of float32 [rows], 0 when all are 1
   * @internal
   */
  count(target: TargetRows, layout: Layout, weights: number): number;
  /** Σ w l / Σ w, l the loss of a row; writes the gradient. @param weights as for `count` @internal */
  evaluate(prediction: Rows, target: TargetRows, gradient: GradientRows, weights: number): number;
}

/** Losses of this copy of the library; a symbol that no other copy has. */
const OWN = Symbol("loss");

/** Makes a loss one of the library's, which nobody can change. */
export function defineLoss(loss: Loss): Loss {
  Object.defineProperty(loss, OWN, { value: true });
  return Object.freeze(branded("loss", loss));
}

/**
 * Refuses options that a maker of losses does not know, and to be taken for a loss itself, as which it would be called with
 * a prediction.
 * @throws ArgumentError
 */
export function requireLossOptions(maker: string, options: unknown, known: readonly string[]): void {
  if (options instanceof Tensor)
    throw new ArgumentError(`loss must be what ${maker} makes, received ${maker} itself. Call it: ${maker}(…).`);
  requireKnownOptions(maker, options, known);
}

/**
 * @throws StateError when the loss belongs to another copy of the library
 * @throws ArgumentError when it is none of the library's losses
 */
export function requireOwnLoss(loss: unknown): Loss {
  if ((loss as { [OWN]?: true } | null | undefined)?.[OWN]) return loss as Loss;
  throw stranger("loss", loss, "loss must be one of the library's, such as meanSquaredError, or a function");
}
