/** What whole trainings are given, and what they give: a part of the contract in `subjectContract.ts`, in its letters. */
import type { CellOptions, Named, Numbers, OptimizerSpec } from "./subjectContract.js";

/**
 * Training of recurrent layers and a dense one, under torch's names `rnn.weight_ih_l0` …, `fc.weight`, `fc.bias`. There are as
 * many layers as `initial` has weights for; a layer without biases there has none.
 */
export interface Training<A extends Numbers> {
  readonly cell: string;
  readonly options?: CellOptions;
  readonly units: number;
  /** With a schedule of its learning rate where that changes from update to update. */
  readonly optimizer: OptimizerSpec;
  /** Largest norm of all gradients together. */
  readonly clipNorm?: number;
  /** Largest size of each gradient by itself; not beside `clipNorm`. */
  readonly clipValue?: number;
  readonly initial: Named<A>;
}

/** The textbook's algorithm: a window of k steps slides by one over a series; error at its end, one update a window. */
export interface WindowTraining<A extends Numbers> extends Training<A> {
  /** k */
  readonly window: number;
  /** One value a time step; updates = length − k. */
  readonly series: A;
  /** Whether a context goes on by one step with the new weights after each update; else windows start from zero. */
  readonly carryState: boolean;
  /** Whether the loss is (y − p)²/2 instead of (y − p)². */
  readonly isHalved: boolean;
}

/**
 * Next-character training: one-hot input or the rows of `embedding.weight`, cross entropy averaged over batch and steps, zero
 * initial states.
 */
export interface CharacterTraining<A extends Numbers> extends Training<A> {
  /** V: width of output, and of one-hot input */
  readonly vocabulary: number;
  /** Columns of `embedding.weight`; one-hot input when absent. */
  readonly embeddingSize?: number;
  readonly batch: number;
  /** T */
  readonly steps: number;
  /** [updates, B, T + 1]; inputs are all but the last, targets all but the first. */
  readonly sequences: ArrayLike<number>;
}

/** Answers for whole sequences, from the final states of one direction or of both side by side; zero initial states. */
export interface SequenceTraining<A extends Numbers> extends Training<A> {
  readonly isBidirectional: boolean;
  readonly inputSize: number;
  readonly outputs: number;
  readonly loss: "crossEntropy" | "binaryCrossEntropy";
  /** Of the cross entropy; 0 when absent. */
  readonly labelSmoothing?: number;
  readonly updates: number;
  readonly batch: number;
  /** T */
  readonly steps: number;
  /** [updates, B, T, D] */
  readonly x: A;
  /** [updates, B]: valid steps; all when absent. */
  readonly lengths?: ArrayLike<number>;
  /** [updates, B]: class numbers, or the probability of a single logit. */
  readonly labels: readonly number[];
}

/** Truncated back-propagation over streams side by side, set after set; zero states at the start of each, mean squared error. */
export interface StreamTraining<A extends Numbers> extends Training<A> {
  /** k1, k2 */
  readonly every: number;
  readonly window: number;
  readonly sets: number;
  /** Streams of a set. */
  readonly batch: number;
  /** T */
  readonly steps: number;
  /** [sets, B, T, D] */
  readonly x: A;
  readonly inputSize: number;
  /** [sets, B, T, O] */
  readonly target: A;
  readonly outputs: number;
}

/**
 * Encoder and decoder, each an embedding and a recurrent layer, the encoder's final state handed over; a dense layer over the
 * decoder's outputs. The decoder reads the start token, then the targets. Names `encoder_embedding.weight`, `encoder.…`,
 * `decoder_embedding.weight`, `decoder.…`, `fc.…`.
 */
export interface AnswerTraining<A extends Numbers> extends Training<A> {
  /** Tokens, of inputs and of answers. */
  readonly vocabulary: number;
  readonly embeddingSize: number;
  readonly updates: number;
  readonly batch: number;
  /** Tx: [updates, B, Tx] tokens, of which `lengths` [updates, B] count. */
  readonly steps: number;
  readonly source: ArrayLike<number>;
  readonly lengths: ArrayLike<number>;
  /** Ty: [updates, B, Ty] tokens, filled up with `ignored` after their ends. */
  readonly answerSteps: number;
  readonly target: ArrayLike<number>;
  readonly ignored: number;
  readonly start: number;
}

export interface TrainingResult<A extends Numbers> {
  /** Loss of each update, before it. */
  readonly loss: readonly number[];
  /** Parameters after the last update, by the names of `initial`. */
  readonly final: Named<A>;
  /** Norm of all gradients before clipping, one an update; absent where the engine tells none. */
  readonly gradientNorm?: readonly number[];
  /** Of streams: h [B, H] that goes on after each update; undefined where a set ends. */
  readonly states?: readonly (A | undefined)[];
}
