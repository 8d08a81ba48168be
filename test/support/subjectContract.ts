/**
 * What a numeric engine must answer for the parity, gradient and property tests: the library (float32) answers through
 * `subject.ts`, the float64 oracle through `test/oracle/oracle.ts`. Data is flat, row-major, batch-first.
 * Letters: B sequences, T steps, D inputs, H units, G gate blocks.
 */

/** Numbers of one engine: float32 for the library, float64 for the oracle. */
export type Numbers = Float32Array | Float64Array;

/** An activation by its library name, or with parameters of its own. */
export type ActivationChoice = string | { readonly type: string; readonly alpha?: number; readonly beta?: number };

/** The options of a cell itself, by library names. A cell has some of them, and a default for each. */
export interface CellOptions {
  /** f of a cell with one function. */
  readonly activation?: ActivationChoice;
  /** f of the gates, g of the candidate, h of the cell state on its way out. */
  readonly gateActivation?: ActivationChoice;
  readonly candidateActivation?: ActivationChoice;
  readonly outputActivation?: ActivationChoice;
  /** Bound, both ways, on what goes into f and g, and on the cell state. */
  readonly clip?: number;
  readonly cellClip?: number;
  /** Whether the gates see the cell state. */
  readonly peepholes?: boolean;
}

/** Named parameter values or gradients. */
export type Named<A extends Numbers> = Readonly<Record<string, A>>;

/**
 * Parameters of a recurrent layer under PyTorch's names. A layer without bias has neither bias; a cell without a
 * recurrent projection has neither weight_hh nor bias_hh.
 *   weight_ih [G·H, D]      weight_hh [G·H, H]      bias_ih, bias_hh [G·H]
 *   weight_hr [P, H]        only with `projectionSize`
 *   weight_peephole [3·H]   blocks i, f, o; of the coupled LSTM [2·H], blocks i, o
 *   weight_hh [H]           of the IndRNN
 */
export type RecurrentWeights<A extends Numbers> = Named<A>;

/** One recurrent layer in one direction over a batch. */
export interface RecurrentRun<A extends Numbers> {
  /** Name in the registry of cells: "elman", "lstm", "gru", "gruResetBefore" … */
  readonly cell: string;
  /** The cell's own options; its defaults when absent. */
  readonly options?: CellOptions;
  readonly inputSize: number;
  readonly units: number;
  /** P of a projected LSTM. An engine without projection throws. */
  readonly projectionSize?: number;
  readonly bias: boolean;
  /** Runs each sequence from its last valid step to its first; outputs stay at their own time. */
  readonly reverse: boolean;
  readonly weights: RecurrentWeights<A>;
  /** [B, T, D]; what lies beyond a sequence's length must not matter. */
  readonly x: A;
  readonly batch: number;
  readonly steps: number;
  /** Valid steps of each sequence, 0 … T; all T when absent. */
  readonly lengths?: readonly number[];
  /** One [B, H] for each state: h, then c. Zero when absent. */
  readonly initial?: readonly A[];
  /** [B, T, H] derivative of the loss by the output; ignored beyond a length. Zero when absent. */
  readonly dOutput?: A;
  /** One [B, H] for each state: derivative by the final states. Zero when absent. */
  readonly dFinal?: readonly A[];
}

/** The derivatives are there when the run was given `dOutput` or `dFinal`. */
export interface RecurrentResult<A extends Numbers> {
  /** [B, T, H], 0 beyond a length */
  readonly output: A;
  /** One [B, H] for each state: after the last step processed; the initial state of an empty sequence. */
  readonly final: readonly A[];
  /** [B, T, D], 0 beyond a length */
  readonly dX?: A;
  /** One [B, H] for each state, also when the initial state was not given. */
  readonly dInitial?: readonly A[];
  /** By the names and shapes of `weights`; from zero, not accumulated over runs. */
  readonly gradients?: Named<A>;
}

/** y = f(W x + b) over rows. */
export interface DenseRun<A extends Numbers> {
  readonly inputSize: number;
  readonly units: number;
  /** Linear when absent. */
  readonly activation?: ActivationChoice;
  /** weight [units, inputSize], bias [units]; without `bias` the layer has none. */
  readonly weights: { readonly weight: A; readonly bias?: A };
  /** [rows, inputSize] */
  readonly x: A;
  readonly rows: number;
  /** [rows, units] */
  readonly dOutput?: A;
}

export interface DenseResult<A extends Numbers> {
  /** [rows, units] */
  readonly output: A;
  /** [rows, inputSize], with `dOutput` only */
  readonly dX?: A;
  /** weight and bias, with `dOutput` only */
  readonly gradients?: Named<A>;
}

export interface LossResult<A extends Numbers> {
  readonly loss: number;
  /** Shape of the prediction. */
  readonly gradient: A;
}

/** An optimizer by its library name and options, `learningRate` among them. */
export interface OptimizerSpec {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Options that change from step to step (schedules), one value a step: they replace those in `options`. */
  readonly schedule?: Readonly<Record<string, readonly number[]>>;
}

/** Training of a recurrent layer and a dense one, under torch's names `rnn.weight_ih_l0` …, `fc.weight`, `fc.bias`. */
interface Training<A extends Numbers> {
  readonly cell: string;
  readonly options?: CellOptions;
  readonly units: number;
  readonly optimizer: OptimizerSpec;
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

/** Next-character training: one-hot input, cross entropy averaged over batch and steps, zero initial states. */
export interface CharacterTraining<A extends Numbers> extends Training<A> {
  /** V: width of input and output */
  readonly vocabulary: number;
  readonly batch: number;
  /** T */
  readonly steps: number;
  /** [updates, B, T + 1]; inputs are all but the last, targets all but the first. */
  readonly sequences: ArrayLike<number>;
  /** Largest norm of all gradients together. */
  readonly clipNorm?: number;
}

export interface TrainingResult<A extends Numbers> {
  /** Loss of each update, before it. */
  readonly loss: readonly number[];
  /** Parameters after the last update, by the names of `initial`. */
  readonly final: Named<A>;
  /** Norm of all gradients before clipping, one an update; with `clipNorm`. */
  readonly gradientNorm?: readonly number[];
}

export interface Subject<A extends Numbers> {
  runRecurrent(run: RecurrentRun<A>): RecurrentResult<A>;

  runDense(run: DenseRun<A>): DenseResult<A>;

  /** Value and derivative of an activation at each x. */
  runActivation(activation: ActivationChoice, x: A): { y: A; derivative: A };

  /** Softmax, or its logarithm, of each row of x [rows, width], and the derivative by x of Σ y · dy. */
  runSoftmax(x: A, rows: number, width: number, log: boolean, dy: A): { y: A; dx: A };

  /**
   * Mean loss over all elements (over all rows for losses of classes) and its derivative.
   * @param shape of the prediction; classes are the last axis
   * @param target shape of the prediction (values, class probabilities), or one class number a row
   * @param options by library names; an engine throws on one that it does not know
   */
  runLoss(
    name: string,
    prediction: A,
    target: ArrayLike<number>,
    shape: readonly number[],
    options: Readonly<Record<string, unknown>>,
  ): LossResult<A>;

  /** The parameters after each step, without the start. */
  runOptimizer(spec: OptimizerSpec, initial: Named<A>, gradients: readonly Named<A>[]): readonly Named<A>[];

  /**
   * Clips all gradients together by their norm: factor norm / (found + 1e-6), at most 1.
   * @param options by library names (`norm`); an engine throws on one that it does not know
   * @returns the norm found before clipping, and the clipped gradients
   */
  runClip(gradients: Named<A>, options: Readonly<Record<string, unknown>>): { norm: number; gradients: Named<A> };

  /** The library answers through its public interface: `new Model`, `windows`, `fit`. */
  trainWindows(training: WindowTraining<A>): TrainingResult<A> | Promise<TrainingResult<A>>;

  /** The library answers through its public interface: `backpropagate`, `clipGradients`, `Optimizer`. */
  trainCharacters(training: CharacterTraining<A>): TrainingResult<A> | Promise<TrainingResult<A>>;
}
