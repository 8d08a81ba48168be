import type { DenseRun, Named, RecurrentRun } from "../support/subjectContract.js";
import type { CharacterTraining, TrainingResult, WindowTraining } from "../support/trainingContract.js";
import { oracleCell } from "./cells/index.js";
import { runDense } from "./dense.js";
import { lastStep, lastStepBackward } from "./lastStep.js";
import { oracleLosses } from "./losses.js";
import { OracleOptimizer, runClip } from "./optimizers.js";
import { runRecurrent } from "./sequence.js";

type Weights = Named<Float64Array>;
type Run = RecurrentRun<Float64Array>;

/** The textbook's algorithm: one update for each window, the context going on by one step with the new weights. */
export function trainWindows(training: WindowTraining<Float64Array>): TrainingResult<Float64Array> {
  const { window, series, carryState, isHalved } = training;
  const optimizer = new OracleOptimizer(training.optimizer);
  const { states } = oracleCell(training);
  let parameters = training.initial;
  let context: readonly Float64Array[] = Array.from({ length: states }, () => new Float64Array(training.units));
  const loss: number[] = [];
  for (let start = 0; start + window < series.length; start++) {
    const input = {
      inputSize: 1,
      x: series.subarray(start, start + window),
      batch: 1,
      steps: window,
      initial: context,
    };
    const run = recurrentRun(training, parameters, input);
    const last = lastStep(runRecurrent(run).output, window, training.units, [window]);
    const head = denseRun(parameters, last, 1);
    const error = runDense(head).output[0] - series[start + window];
    loss.push(isHalved ? (error * error) / 2 : error * error);
    const dense = runDense({ ...head, dOutput: Float64Array.of(isHalved ? error : 2 * error) });
    const dOutput = lastStepBackward(dense.dX as Float64Array, window, training.units, [window]);
    const recurrent = runRecurrent({ ...run, dOutput });
    parameters = optimizer.update(parameters, fileNames(recurrent.gradients, dense.gradients));
    if (!carryState) continue;
    const oneStep = { ...input, x: series.subarray(start, start + 1), steps: 1 };
    context = runRecurrent(recurrentRun(training, parameters, oneStep)).final;
  }
  return { loss, final: parameters };
}

/** Next-character training, one update for each batch of sequences. */
export function trainCharacters(training: CharacterTraining<Float64Array>): TrainingResult<Float64Array> {
  const { vocabulary, batch, steps, sequences, clipNorm } = training;
  const optimizer = new OracleOptimizer(training.optimizer);
  let parameters = training.initial;
  const loss: number[] = [];
  const gradientNorm: number[] = [];
  for (let from = 0; from < sequences.length; from += batch * (steps + 1)) {
    const { x, target } = characterBatch(training, from);
    const run = recurrentRun(training, parameters, { inputSize: vocabulary, x, batch, steps });
    const head = denseRun(parameters, runRecurrent(run).output, batch * steps);
    const result = oracleLosses.crossEntropy(runDense(head).output, target, [batch * steps, vocabulary]);
    loss.push(result.loss);
    const dense = runDense({ ...head, dOutput: result.gradient });
    const recurrent = runRecurrent({ ...run, dOutput: dense.dX as Float64Array });
    const found = fileNames(recurrent.gradients, dense.gradients);
    const { norm, gradients } = runClip(found, { norm: clipNorm ?? Infinity });
    gradientNorm.push(norm);
    parameters = optimizer.update(parameters, gradients);
  }
  return { loss, final: parameters, ...(clipNorm === undefined ? {} : { gradientNorm }) };
}

/** One-hot inputs [B, T, V] and the character after each, from the sequences [B, T + 1] that begin at `from`. */
function characterBatch(
  { vocabulary, batch, steps, sequences }: CharacterTraining<Float64Array>,
  from: number,
): { x: Float64Array; target: number[] } {
  const x = new Float64Array(batch * steps * vocabulary);
  const target: number[] = [];
  for (let row = 0; row < batch * steps; row++) {
    const at = from + row + Math.floor(row / steps);
    x[row * vocabulary + sequences[at]] = 1;
    target.push(sequences[at + 1]);
  }
  return { x, target };
}

function recurrentRun(
  training: Pick<Run, "cell" | "options" | "units">,
  parameters: Weights,
  input: Pick<Run, "inputSize" | "x" | "batch" | "steps" | "initial">,
): Run {
  const names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].filter((name) => `rnn.${name}_l0` in parameters);
  return {
    cell: training.cell,
    ...(training.options === undefined ? {} : { options: training.options }),
    units: training.units,
    bias: names.includes("bias_ih"),
    reverse: false,
    weights: Object.fromEntries(names.map((name) => [name, parameters[`rnn.${name}_l0`]])),
    ...input,
  };
}

function denseRun(parameters: Weights, x: Float64Array, rows: number): DenseRun<Float64Array> {
  const weights = { weight: parameters["fc.weight"], bias: parameters["fc.bias"] };
  return { inputSize: x.length / rows, units: weights.weight.length / (x.length / rows), weights, x, rows };
}

/** The gradients under torch's names. */
function fileNames(recurrent: Weights | undefined, dense: Weights | undefined): Weights {
  const named: Record<string, Float64Array> = {};
  for (const [name, values] of Object.entries(recurrent ?? {})) named[`rnn.${name}_l0`] = values;
  for (const [name, values] of Object.entries(dense ?? {})) named[`fc.${name}`] = values;
  return named;
}
