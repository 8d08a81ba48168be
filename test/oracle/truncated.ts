import type { CellOptions, Named, OptimizerSpec } from "../support/subjectContract.js";
import type { OracleCell, Step } from "./cells/cell.js";
import { stateNames, stateWidths } from "./cells/cell.js";
import { oracleCell } from "./cells/index.js";
import { affine, affineBackward } from "./linear.js";
import { OracleOptimizer } from "./optimizers.js";
import { clipped } from "./training.js";

/** One recurrent layer of a stack; its parameters are those whose names begin with its number. */
export interface StackedLayer {
  readonly cell: string;
  readonly options?: CellOptions;
  readonly units: number;
  readonly projectionSize?: number;
  /** Factors on h before W_hh of a sequence; 1 when absent. */
  readonly mask?: (sequence: number) => Float64Array;
  /** Shares of the old states that are kept at a step of a sequence. */
  readonly kept?: (sequence: number, step: number) => (Float64Array | undefined)[];
}

/** Truncated back-propagation over sequences side by side: a stack of recurrent layers, a linear head, mean squared error. */
export interface TruncatedTraining {
  readonly layers: readonly StackedLayer[];
  readonly optimizer: OptimizerSpec;
  /** Largest norm of all gradients together. */
  readonly clipNorm?: number;
  /** Largest size of each by itself; not beside `clipNorm`. */
  readonly clipValue?: number;
  /** By the library's names: "0.weight_ih_l0" …; the head's are those of the number after the last layer. */
  readonly initial: Named<Float64Array>;
  /** Each [time, D], and a target [time, O] for each. */
  readonly input: readonly (readonly (readonly number[])[])[];
  readonly target: readonly (readonly (readonly number[])[])[];
  /** Sequences side by side, one batch after the other; all when absent. */
  readonly batchSize?: number;
  readonly every: number;
  readonly window: number;
}

export interface TruncatedResult {
  readonly loss: readonly number[];
  /** Before clipping, one an update. */
  readonly gradientNorm: readonly number[];
  readonly final: Named<Float64Array>;
  /** States h of the first layer after each update, those of all sequences of the batch. */
  readonly states: readonly Float64Array[];
}

type Vectors = readonly Float64Array[];

/** A step of one sequence as it was made: each layer's, and the prediction. Its weights are those of the time it is undone. */
interface MadeStep {
  readonly steps: readonly Step[];
  readonly top: Float64Array;
  readonly error: Float64Array;
}

/**
 * BPTT(k2; k1) as Williams & Peng write it (1990, section 3.3), step after step in float64: every step is made once, with the
 * weights of its time; every k1 steps the errors of the last k1 go back through the last k2, by the weights of that time. Where
 * fewer than k1 are left at the end, they go back as far beyond their first as all others do: k2 − k1 steps.
 */
export function trainTruncated(training: TruncatedTraining): TruncatedResult {
  const { input, target, batchSize = input.length } = training;
  // The steps made refer to these arrays: an update writes into them.
  const weights = Object.fromEntries(Object.entries(training.initial).map(([name, values]) => [name, values.slice()]));
  const result = { loss: [] as number[], gradientNorm: [] as number[], final: weights, states: [] as Float64Array[] };
  const optimizer = new OracleOptimizer(training.optimizer);
  for (let first = 0; first < input.length; first += batchSize) {
    const [own, wanted] = [input, target].map((all) => all.slice(first, first + batchSize));
    trainBatch({ ...training, input: own, target: wanted }, weights, optimizer, result);
  }
  return result;
}

function trainBatch(
  training: TruncatedTraining,
  weights: Record<string, Float64Array>,
  optimizer: OracleOptimizer,
  { loss, gradientNorm, states }: { loss: number[]; gradientNorm: number[]; states: Float64Array[] },
): void {
  const { layers, input, every, window } = training;
  const cells = layers.map((layer) => oracleCell(layer));
  const streams = input.map(() => ({
    states: cells.map((cell, index) => begun(cell, layers[index], layerOf(weights, index))),
    made: [] as MadeStep[],
  }));
  const longest = Math.max(...input.map((sequence) => sequence.length));
  for (let from = 0; from < longest; from += every) {
    const errors: number[] = [];
    streams.forEach((stream, sequence) => {
      for (let time = from; time < Math.min(from + every, input[sequence].length); time++) {
        const made = makeStep(training, cells, weights, stream.states, sequence, time);
        stream.made.push(made);
        stream.states = made.steps.map((step) => step.next);
        errors.push(...made.error);
      }
    });
    loss.push(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
    const gradients = zerosLike(weights);
    const place = { first: Math.max(0, from + every - window), from, count: errors.length };
    for (const { made } of streams) undoSteps(training, cells, weights, gradients, made, place);
    const bounded = clipped(training, gradients);
    gradientNorm.push(bounded.norm);
    for (const [name, values] of Object.entries(optimizer.update(weights, bounded.gradients)))
      weights[name].set(values);
    states.push(Float64Array.from(streams.flatMap((stream) => Array.from(stream.states[0][0]))));
  }
}

function zerosLike(weights: Named<Float64Array>): Named<Float64Array> {
  return Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, new Float64Array(values.length)]));
}

function makeStep(
  { layers, input, target }: TruncatedTraining,
  cells: readonly OracleCell[],
  weights: Named<Float64Array>,
  states: readonly Vectors[],
  sequence: number,
  time: number,
): MadeStep {
  let x: Float64Array = Float64Array.from(input[sequence][time]);
  const steps = cells.map((cell, index) => {
    const { mask, kept } = layers[index];
    const factors = mask?.(sequence);
    const hidden = states[index][0].map((value, j) => value * (factors?.[j] ?? 1));
    const step = cell.step(layerOf(weights, index), x, states[index], hidden, kept?.(sequence, time));
    x = step.next[0];
    return withMask(step, factors);
  });
  const { weight, bias } = headOf(weights, layers.length);
  const wanted = target[sequence][time];
  const error = affine(weight, bias, x, wanted.length).map((value, index) => value - wanted[index]);
  return { steps, top: x, error };
}

/** A step whose derivative by h holds that through W_hh, with what was dropped there. */
function withMask(step: Step, factors: Float64Array | undefined): Step {
  return {
    next: step.next,
    undo(dNext, gradients) {
      const { dX, dPrevious, dHidden } = step.undo(dNext, gradients);
      const [dOwn, ...others] = dPrevious;
      return { dX, dPrevious: [dOwn.map((d, j) => d + (factors?.[j] ?? 1) * (dHidden?.[j] ?? 0)), ...others] };
    },
  };
}

/** Errors from step `from` on, carried back to step `first`. */
function undoSteps(
  { layers }: TruncatedTraining,
  cells: readonly OracleCell[],
  weights: Named<Float64Array>,
  gradients: Named<Float64Array>,
  made: readonly MadeStep[],
  { first, from, count }: { first: number; from: number; count: number },
): void {
  const [head, dHead] = [headOf(weights, layers.length), headOf(gradients, layers.length)];
  const dStates: Float64Array[][] = cells.map((cell, index) =>
    stateWidths(cell, sized(layers[index])).map((w) => new Float64Array(w)),
  );
  for (let time = made.length - 1; time >= first; time--) {
    const { steps, top, error } = made[time];
    const dError = error.map((value) => (time < from ? 0 : (2 * value) / count));
    let dOutput = affineBackward(head.weight, top, dError, dHead.weight, dHead.bias);
    for (let index = cells.length - 1; index >= 0; index--) {
      const [dH, ...others] = dStates[index];
      const dNext = [dH.map((value, j) => value + dOutput[j]), ...others];
      const { dX, dPrevious } = steps[index].undo(dNext, layerOf(gradients, index));
      dStates[index] = [...dPrevious];
      dOutput = dX;
    }
  }
  if (first > 0 || made.length === 0) return;
  cells.forEach((cell, index) => {
    stateNames(cell, sized(layers[index])).forEach((name, state) => {
      layerOf(gradients, index)[`initial_${name}`]?.forEach((_, j, gradient) => {
        gradient[j] += dStates[index][state][j];
      });
    });
  });
}

/** What a sequence begins with: what is learned, as it is at that time, else zeros. */
function begun(cell: OracleCell, layer: StackedLayer, weights: Named<Float64Array>): Vectors {
  const names = stateNames(cell, sized(layer));
  return stateWidths(cell, sized(layer)).map(
    (width, index) => weights[`initial_${names[index]}`]?.slice() ?? new Float64Array(width),
  );
}

function sized(layer: StackedLayer): StackedLayer & { readonly inputSize: number } {
  return { ...layer, inputSize: 0 };
}

/** The parameters of a layer by their own names; the arrays are the same. */
function layerOf(weights: Named<Float64Array>, index: number): Record<string, Float64Array> {
  const own = Object.entries(weights).filter(([name]) => name.startsWith(`${index}.`));
  return Object.fromEntries(own.map(([name, values]) => [name.slice(2).replace("_l0", ""), values]));
}

function headOf(weights: Named<Float64Array>, index: number): { weight: Float64Array; bias: Float64Array } {
  return { weight: weights[`${index}.weight`], bias: weights[`${index}.bias`] };
}
