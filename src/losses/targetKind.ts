import type { Dataset } from "../data/dataset.js";
import type { Sequences } from "../data/sequences.js";
import type { Layout } from "../tensor/layout.js";
import type { Region } from "../wasm/region.js";
import type { LabelRules, Loss, TargetRows } from "./loss.js";
import type { RowWeights } from "./rowWeights.js";

/** What a network gives, as far as targets have to suit it. */
export interface Output {
  readonly width: number;
  readonly each: "step" | "sequence";
  /** What made shares of 1 of it, where something did. */
  readonly squashedBy?: "sigmoid" | "softmax";
  /** Whether the steps are not those of the input: targets have lengths of their own then. */
  readonly hasOwnSteps?: boolean;
}

/** What a loss says of the targets that it wants. */
export type Wants = Omit<Loss, "options" | "count" | "evaluate">;

/** Targets as a loss and an output want them, checked whole. */
export interface BoundTarget {
  readonly kind: TargetKind;
  readonly rows: Sequences;
  /** How much the output rows count; undefined where all count alike. */
  readonly weights: RowWeights | undefined;
  /** Of labels: what their loss wants. */
  readonly rules?: LabelRules;
}

/** Where targets are judged: the layout and the width of the output rows, and memory that lives as long as these. */
export interface TargetPlace {
  readonly layout: Layout;
  readonly width: number;
  readonly region: Region;
}

/** Writes the targets of some examples as a loss takes them. */
export type WriteTargets = (target: BoundTarget, examples: Int32Array) => TargetRows;

/** A kind of target: how it is read of a dataset, held against an output, and written. A loss brings those that it takes. */
export interface TargetKind {
  readonly name: "values" | "classes" | "labels";
  /** Whether each output row has a target of its own. */
  readonly isOfRows: boolean;
  /** What it looks like, for messages. @param width values of a target row, where targets are values */
  describe(output: Output, width: number): string;
  /**
   * Reads a dataset's targets; checks them whole. Steps that do not count are not looked at.
   * @returns undefined where they are of another kind
   * @throws ShapeError when shapes do not match the output, ArgumentError when a number is out of range
   */
  bind(data: Dataset, output: Output, wants: Wants, width: number): BoundTarget | undefined;
  /** Room for the targets of batches. */
  room(place: TargetPlace): WriteTargets;
}
