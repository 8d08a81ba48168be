import type { ActivationChoice, Numbers, RecurrentResult, RecurrentRun } from "../support/subjectContract.js";
import { oracleCells } from "./cells/index.js";
import { centralDifferences } from "./centralDifferences.js";
import { TestRandom } from "./random.js";
import { runRecurrent } from "./sequence.js";

/** What a random run is made of; weights, data and cotangents are all different numbers. */
export interface SampleOptions {
  readonly cell: string;
  readonly activation?: ActivationChoice;
  readonly inputSize: number;
  readonly units: number;
  readonly batch: number;
  readonly steps: number;
  readonly lengths?: readonly number[];
  readonly bias?: boolean;
  readonly reverse?: boolean;
  /** Whether an initial state is given. */
  readonly initial?: boolean;
  readonly seed: number;
}

/**
 * A random run with derivatives asked for.
 * Weights are of the size that keeps gates off saturation: 1/√H, as PyTorch draws them.
 */
export function recurrentSample(options: SampleOptions): RecurrentRun<Float32Array> {
  const { cell, activation, inputSize, units, batch, steps, lengths, seed } = options;
  const make = oracleCells[cell];
  if (make === undefined) {
    throw new Error(
      `no float64 oracle for "${cell}": write test/oracle/cells/${cell}.ts and list it in index.ts there.`,
    );
  }
  const { gates, states } = make(activation);
  const random = new TestRandom(seed);
  const scale = 1 / Math.sqrt(units);
  const blocks = gates * units;
  const stateValues = (): Float32Array[] => Array.from({ length: states }, () => random.numbers(batch * units));
  const biases = { bias_ih: random.numbers(blocks, scale), bias_hh: random.numbers(blocks, scale) };
  const bias = options.bias ?? true;
  return {
    cell,
    ...(activation === undefined ? {} : { activation }),
    inputSize,
    units,
    bias,
    reverse: options.reverse ?? false,
    weights: {
      weight_ih: random.numbers(blocks * inputSize, scale),
      weight_hh: random.numbers(blocks * units, scale),
      ...(bias ? biases : {}),
    },
    x: random.numbers(batch * steps * inputSize),
    batch,
    steps,
    ...(lengths === undefined ? {} : { lengths }),
    ...(options.initial === false ? {} : { initial: stateValues() }),
    dOutput: random.numbers(batch * steps * units),
    dFinal: stateValues(),
  };
}

/** The same run in float64; every array is a copy. */
export function toFloat64(run: RecurrentRun<Numbers>): RecurrentRun<Float64Array> {
  const { weights, x, initial, dOutput, dFinal, ...rest } = run;
  const wide = (values: Numbers): Float64Array => Float64Array.from(values);
  const wideWeights = Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, wide(values)]));
  return {
    ...rest,
    weights: wideWeights as unknown as RecurrentRun<Float64Array>["weights"],
    x: wide(x),
    ...(initial === undefined ? {} : { initial: initial.map(wide) }),
    ...(dOutput === undefined ? {} : { dOutput: wide(dOutput) }),
    ...(dFinal === undefined ? {} : { dFinal: dFinal.map(wide) }),
  };
}

/** The scalar whose derivatives a run gives: Σ output · dOutput + Σ final · dFinal. */
export function weightedSum(run: RecurrentRun<Float64Array>): number {
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
  const states = oracleCells[given.cell](given.activation).states;
  const zeros = Array.from({ length: states }, () => new Float64Array(given.batch * given.units));
  const run = { ...given, initial: given.initial ?? zeros };
  const inputs: [string, Float64Array][] = [["x", run.x], ...(Object.entries(run.weights) as [string, Float64Array][])];
  for (const [index, state] of run.initial.entries()) inputs.push([`initial.${index}`, state]);
  return Object.fromEntries(inputs.map(([name, values]) => [name, centralDifferences(() => weightedSum(run), values)]));
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
