import type { Layout } from "../tensor/layout.js";
import type { Rows, StateRows } from "../tensor/rows.js";

/** How a network answers at steps that are not those of its input. */
export interface Answering {
  /** What its targets are: token numbers, or values of the output's width. */
  readonly kind: "tokens" | "values";
  /** Steps of a prediction, where nothing else is said. */
  readonly steps: number;
  /** Whether training may feed a step with the target of the step before. */
  readonly readsTargets: boolean;
  /** Token that ends an answer. */
  readonly stop?: number;
}

/** Room for the answers of such a network. */
export interface AnswerRows {
  /** Sorted by the lengths of the answers: a sequence's rank here is not that in the input. */
  readonly layout: Layout;
  /** The targets of the batch in this layout: token numbers, width 1, or values. */
  readonly wanted: Rows;
  /** Whether the batch has targets; a prediction has none. */
  isTaught: boolean;
}

/** Chooses the token of every sequence after a step, by rank: the next step is fed with them. */
export type ChooseTokens = (scores: Rows, step: number, chosen: Int32Array) => void;

/** The answers of such a network, one by one. `LayerRun.forward` does all of it. */
export interface AnswerRun {
  /** Reads the whole input and makes ready for the first answer. */
  read(): void;
  /**
   * Answers one step, fed with the answer before; false when every sequence has ended.
   * @param choose the token that a network which answers in tokens has answered; default the likeliest
   */
  step(index: number, choose?: ChooseTokens): boolean;
  /** All that a step hands to the next but the tokens chosen. */
  readonly states: readonly StateRows[];
  /** Answers by rank, that with the stop token included. */
  readonly lengths: Int32Array;
  /**
   * Writes the attention weights of a step, one a step of the input, over zeros.
   * @param sequence by the caller's number
   */
  attention?(sequence: number, step: number, to: Float32Array, at: number): void;
}
