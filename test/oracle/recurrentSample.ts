import type { CellOptions, Noise, Numbers, RecurrentResult, RecurrentRun } from "../support/subjectContract.js";
import { parameterShapes, stateNames, stateWidths } from "./cells/cell.js";
import { oracleCell } from "./cells/index.js";
import { centralDifferences, DIFFERENCE_STEP, NORM_DIFFERENCE_STEP } from "./centralDifferences.js";
import { TestRandom } from "./random.js";
import { runRecurrent } from "./sequence.js";

/** What a random run is made of; weights, data and cotangents are all different numbers. */
export interface SampleOptions {
  readonly cell: string;
  readonly options?: CellOptions;
  readonly inputSize: number;
  readonly units: number;
  readonly projectionSize?: number;
  readonly batch: number;
  readonly steps: number;
  readonly lengths?: readonly number[];
  readonly bias?: boolean;
  readonly reverse?: boolean;
  /** Whether an initial state is given. */
  readonly initial?: boolean;
  readonly noise?: Noise;
  readonly seed: number;
}

/**
 * A random run with derivatives asked for.
 * Weights are of the size that keeps gates off saturation: 1/√H, as PyTorch draws them.
 */
export function recurrentSample(sample: SampleOptions): RecurrentRun<Float32Array> {
  const { cell, options, inputSize, units, projectionSize, batch, steps, lengths } = sample;
  const { bias = true, reverse = false } = sample;
  const equations = oracleCell(sample);
  const random = new TestRandom(sample.seed);
  const widths = stateWidths(equations, sample);
  const stateValues = (): Float32Array[] => widths.map((width) => random.numbers(batch * width));
  const shapes = Object.entries(parameterShapes(equations, sample, bias, options));
  const scale = (name: string): number =>
    (isLost(sample) && /^weight_[ih]h$/.test(name) ? SMALL : 1) / Math.sqrt(units);
  const weights = shapes.map(([name, shape]) => [name, random.numbers(count(shape), scale(name))] as const);
  return {
    cell,
    ...(options === undefined ? {} : { options }),
    inputSize,
    units,
    ...(projectionSize === undefined ? {} : { projectionSize }),
    bias,
    reverse,
    weights: Object.fromEntries(weights),
    x: random.numbers(batch * steps * inputSize),
    batch,
    steps,
    ...(lengths === undefined ? {} : { lengths }),
    ...(sample.initial === false ? {} : { initial: stateValues() }),
    ...(sample.noise === undefined ? {} : { noise: sample.noise }),
    dOutput: random.numbers(batch * steps * widths[0]),
    dFinal: stateValues(),
  };
}

/** √ε of the layer normalisation. */
const SMALL = 3e-3;

/**
 * Whether normalisation would leave nothing of the products but signs: W x is a multiple of one vector where x is one number (or
 * all but one of few units are dropped), and two numbers become ±1. Derivatives by what is lost are differences of equal terms, 1e-5 of them: float32 keeps two digits of
 * that. Products of the size of √ε are not lost, and their derivatives hang on ε.
 */
function isLost({ options, inputSize, units, projectionSize }: SampleOptions): boolean {
  const left = options?.recurrentDropout === undefined ? 1 : 4;
  const hidden = projectionSize ?? units;
  return options?.normalization === "layer" && (inputSize === 1 || Math.min(units, hidden) <= left);
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The same run in float64; every array is a copy. */
export function toFloat64(run: RecurrentRun<Numbers>): RecurrentRun<Float64Array> {
  const { weights, x, initial, dOutput, dFinal, ...rest } = run;
  const wide = (values: Numbers): Float64Array => Float64Array.from(values);
  const wideWeights = Object.entries(weights).map(([name, values]) => [name, wide(values)]);
  return {
    ...rest,
    weights: Object.fromEntries(wideWeights),
    x: wide(x),
    ...(initial === undefined ? {} : { initial: initial.map(wide) }),
    ...(dOutput === undefined ? {} : { dOutput: wide(dOutput) }),
    ...(dFinal === undefined ? {} : { dFinal: dFinal.map(wide) }),
  };
}

/** The scalar whose derivatives a run gives: Σ output · dOutput + Σ final · dFinal. */
function weightedSum(run: RecurrentRun<Float64Array>): number {
  const { dOutput, dFinal, ...forwardOnly } = run;
  const { output, final } = runRecurrent(forwardOnly);
  const states = final.map((state, index) => dot(state, dFinal?.[index]));
  return dot(output, dOutput) + states.reduce((sum, value) => sum + value, 0);
}

function dot(a: Float64Array, b: Float64Array | undefined): number {
  return b === undefined ? 0 : a.reduce((sum, value, index) => sum + value * b[index], 0);
}

/** Every derivative of `weightedSum` by name: x, initial.0, initial.1, weight_ih … */
export function numericDerivatives(given: RecurrentRun<Float64Array>): Record<string, Float64Array> {
  const initial = given.initial ?? begunWith(given);
  const step = given.options?.normalization === "layer" ? NORM_DIFFERENCE_STEP : DIFFERENCE_STEP;
  const inputs: [string, Float64Array][] = [["x", given.x], ...Object.entries(given.weights)];
  const ofInputs = inputs.map(([name, values]) => [name, centralDifferences(() => weightedSum(given), values, step)]);
  const run = { ...given, initial };
  const ofStates = initial.map((state, index) => {
    return [`initial.${index}`, centralDifferences(() => weightedSum(run), state, step)];
  });
  return Object.fromEntries([...ofInputs, ...ofStates]);
}

/** What a run begins with that is given no initial state, [B, width] each: learned states, or zeros. */
function begunWith(given: RecurrentRun<Float64Array>): Float64Array[] {
  const cell = oracleCell(given);
  const names = stateNames(cell, given);
  return stateWidths(cell, given).map((width, index) => {
    const learned = given.weights[`initial_${names[index]}`];
    return Float64Array.from({ length: given.batch * width }, (_, at) => learned?.[at % width] ?? 0);
  });
}

/** The derivatives of a result under the same names. */
export function derivativesOf<A extends Numbers>(result: RecurrentResult<A>): Record<string, A> {
  const { dX, dInitial, gradients } = result;
  if (dX === undefined || dInitial === undefined || gradients === undefined) {
    throw new Error("the run was given dOutput or dFinal but returned no derivatives");
  }
  const named: Record<string, A> = { x: dX, ...gradients };
  dInitial.forEach((state, index) => {
    named[`initial.${index}`] = state;
  });
  return named;
}
