/**
 * What a numeric engine must answer for the parity, gradient and property tests: the library (float32) answers through
 * `subject.ts`, the float64 oracle through `test/oracle/oracle.ts`. Data is flat, row-major, batch-first.
 * Letters: B sequences, T steps, D inputs, H units, G gate blocks.
 */
import type {
  AnswerTraining,
  CharacterTraining,
  SequenceTraining,
  StreamTraining,
  TrainingResult,
  WindowTraining,
} from "./trainingContract.js";

/** Numbers of one engine: float32 for the library, float64 for the oracle. */
export type Numbers = Float32Array | Float64Array;

/** An activation by its library name, or with parameters of its own. */
export type ActivationChoice = string | { readonly type: string; readonly alpha?: number; readonly beta?: number };

/** The options of a cell and, below, of every recurrent layer, by library names. A cell has some of them, and a default for each. */
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
  /** Whether p, q and the cell state on its way to the output are normalised. */
  readonly normalization?: "none" | "layer";
  /** What every sequence begins with that is not given an initial state. */
  readonly initialState?: "zero" | "learned";
  /** Rates; a run with one says in `noise` what was drawn. */
  readonly recurrentDropout?: number;
  readonly zoneout?: number | Readonly<Record<string, number>>;
}

/** What the noise of a run is: the oracle is given it, the library draws by itself and must come to the same. */
export interface Noise {
  /** [B, P or H] factors on h before W_hh */
  readonly mask?: ArrayLike<number>;
  /** One [B, T, H] for each of the cell's states: the share of the old state that stays, by step in the order of processing. */
  readonly kept?: readonly (ArrayLike<number> | undefined)[];
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
 *   norm_ih [G·H], norm_hh [as bias_hh], norm_c, norm_c_bias [H]    gains and shift of a normalised layer
 *   initial_h, initial_raw, initial_c                               learned initial states
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
  /** [B, T], 0 where a step keeps the state and repeats the output; not together with lengths. */
  readonly stepMask?: ArrayLike<number>;
  /** One [B, H] for each state: h, then c. Learned or zero when absent. */
  readonly initial?: readonly A[];
  readonly noise?: Noise;
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

/** A learning-rate schedule by its library name and options. */
export interface ScheduleSpec {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Updates under a schedule, each an epoch of its own. */
export interface ScheduledRun {
  readonly updates: number;
  readonly base: number;
  /** What is watched, known after each update. */
  readonly watched?: ArrayLike<number>;
}

/** What each update used. */
export interface ScheduledNumbers {
  readonly rates: readonly number[];
  readonly momentum?: readonly number[];
}

/** Sequences of logits, and the labels seen in each. */
export interface LabelRun<A extends Numbers> {
  /** [B, T, C]; what lies beyond a length must not matter. */
  readonly prediction: A;
  readonly classes: number;
  readonly lengths: readonly number[];
  readonly labels: readonly (readonly number[])[];
  /** For each sequence, what its steps count for: 0 for a step left out. All 1 when absent. */
  readonly weights?: readonly ArrayLike<number>[];
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
   * @param weights what each row counts for; 1 when absent
   */
  runLoss(
    name: string,
    prediction: A,
    target: ArrayLike<number>,
    shape: readonly number[],
    options: Readonly<Record<string, unknown>>,
    weights?: ArrayLike<number>,
  ): LossResult<A>;

  /** The mean loss over sequences whose targets are labels, and its derivative [B, T, C], 0 beyond a length. */
  runLabelLoss(name: string, run: LabelRun<A>, options: Readonly<Record<string, unknown>>): LossResult<A>;

  /** The parameters after each step, without the start. */
  runOptimizer(spec: OptimizerSpec, initial: Named<A>, gradients: readonly Named<A>[]): readonly Named<A>[];

  /**
   * Clips all gradients together by their norm: factor norm / (found + 1e-6), at most 1; or each by its value.
   * @param options by library names (`norm` or `value`); an engine throws on one that it does not know
   * @returns the norm found before clipping, and the clipped gradients
   */
  runClip(gradients: Named<A>, options: Readonly<Record<string, unknown>>): { norm: number; gradients: Named<A> };

  runSchedule(spec: ScheduleSpec, run: ScheduledRun): ScheduledNumbers;

  /** The library answers through its public interface: `new Model`, `windows`, `fit`, or a `Trainer` where gradients are clipped. */
  trainWindows(training: WindowTraining<A>): TrainingResult<A> | Promise<TrainingResult<A>>;

  /** The library answers through its public interface: `backpropagate`, `clipGradients`, `Optimizer`. */
  trainCharacters(training: CharacterTraining<A>): TrainingResult<A> | Promise<TrainingResult<A>>;

  /** The library answers through a `Trainer`, which is saved and resumed in the middle. */
  trainSequences(training: SequenceTraining<A>): TrainingResult<A> | Promise<TrainingResult<A>>;

  /** The library answers through a `Trainer` with `truncate`; the states are those in its files. */
  trainStreams(training: StreamTraining<A>): TrainingResult<A> | Promise<TrainingResult<A>>;

  /** The library answers through `encoderDecoder` and a `Trainer`. */
  trainAnswers(training: AnswerTraining<A>): TrainingResult<A> | Promise<TrainingResult<A>>;
}
