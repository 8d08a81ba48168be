import type { DenseRun, Named, RecurrentResult, RecurrentRun } from "../support/subjectContract.js";
import type { SequenceTraining, TrainingResult } from "../support/trainingContract.js";
import { runDense } from "./dense.js";
import { oracleLosses } from "./losses.js";
import { OracleOptimizer } from "./optimizers.js";
import { runRecurrent } from "./sequence.js";
import { clipped } from "./training.js";

type Weights = Named<Float64Array>;

/** Answers for whole sequences: the final states of all directions side by side, a dense layer, one batch an update. */
export function trainSequences(training: SequenceTraining<Float64Array>): TrainingResult<Float64Array> {
  const { batch, updates, units, isBidirectional } = training;
  const optimizer = new OracleOptimizer(training.optimizer);
  const suffixes = isBidirectional ? ["_l0", "_l0_reverse"] : ["_l0"];
  let parameters = training.initial;
  const [loss, gradientNorm]: [number[], number[]] = [[], []];
  const smoothing = training.labelSmoothing === undefined ? {} : { labelSmoothing: training.labelSmoothing };
  for (let update = 0; update < updates; update++) {
    const runs = suffixes.map((suffix) => recurrentRun(training, parameters, suffix, update));
    const finals = runs.map((run) => runRecurrent(run).final[0]);
    const head = denseRun(parameters, join(finals, units), batch);
    const target = training.labels.slice(update * batch, (update + 1) * batch);
    const result = oracleLosses[training.loss](runDense(head).output, target, [batch, training.outputs], smoothing);
    loss.push(result.loss);
    const dense = runDense({ ...head, dOutput: result.gradient });
    const gradients: Record<string, Float64Array> = {};
    runs.forEach((run, index) => {
      const dFinal = [part(dense.dX as Float64Array, units, index, suffixes.length)];
      addNamed(gradients, runRecurrent({ ...run, dFinal: withZeros(run, dFinal) }), `rnn.`, suffixes[index]);
    });
    for (const [name, values] of Object.entries(dense.gradients ?? {})) gradients[`fc.${name}`] = values;
    const { norm, gradients: bounded } = clipped(training, gradients);
    gradientNorm.push(norm);
    parameters = optimizer.update(parameters, bounded);
  }
  return { loss, gradientNorm, final: parameters };
}

function recurrentRun(
  { cell, options, units, inputSize, batch, steps, x, lengths }: SequenceTraining<Float64Array>,
  parameters: Weights,
  suffix: string,
  update: number,
): RecurrentRun<Float64Array> {
  const names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].filter((name) => `rnn.${name}${suffix}` in parameters);
  const size = batch * steps * inputSize;
  return {
    cell,
    ...(options === undefined ? {} : { options }),
    ...{ units, inputSize, batch, steps, bias: names.includes("bias_ih"), reverse: suffix.endsWith("_reverse") },
    weights: Object.fromEntries(names.map((name) => [name, parameters[`rnn.${name}${suffix}`]])),
    x: x.slice(update * size, (update + 1) * size),
    ...(lengths === undefined ? {} : { lengths: Array.from(lengths).slice(update * batch, (update + 1) * batch) }),
  };
}

function denseRun(parameters: Weights, x: Float64Array, rows: number): DenseRun<Float64Array> {
  const weights = { weight: parameters["fc.weight"], bias: parameters["fc.bias"] };
  return { inputSize: x.length / rows, units: weights.weight.length / (x.length / rows), weights, x, rows };
}

/** Derivatives of the states after h, of which there is none. */
function withZeros(run: RecurrentRun<Float64Array>, [dHidden]: Float64Array[]): Float64Array[] {
  return runRecurrent(run).final.map((values, state) => (state === 0 ? dHidden : new Float64Array(values.length)));
}

/** Parts [batch, units] side by side. */
function join(parts: readonly Float64Array[], units: number): Float64Array {
  const width = units * parts.length;
  return Float64Array.from({ length: parts[0].length * parts.length }, (_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    return parts[Math.floor(column / units)][row * units + (column % units)];
  });
}

/** One of several parts side by side. */
function part(values: Float64Array, units: number, index: number, parts: number): Float64Array {
  return Float64Array.from({ length: values.length / parts }, (_, at) => {
    return values[Math.floor(at / units) * units * parts + index * units + (at % units)];
  });
}

function addNamed(
  into: Record<string, Float64Array>,
  { gradients = {} }: RecurrentResult<Float64Array>,
  prefix: string,
  suffix: string,
): void {
  for (const [name, values] of Object.entries(gradients)) into[`${prefix}${name}${suffix}`] = values;
}
