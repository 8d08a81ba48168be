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
  const [loss, gradientNorm]: [number[], number[]] = [[], []];
  for (let start = 0; start + window < series.length; start++) {
    const x = series.subarray(start, start + window);
    const input = { inputSize: 1, x, batch: 1, steps: window, initial: context };
    const run = recurrentRun(training, parameters, input);
    const last = lastStep(runRecurrent(run).output, window, training.units, [window]);
    const head = denseRun(parameters, last, 1);
    const error = runDense(head).output[0] - series[start + window];
    loss.push(isHalved ? (error * error) / 2 : error * error);
    const dense = runDense({ ...head, dOutput: Float64Array.of(isHalved ? error : 2 * error) });
    const dOutput = lastStepBackward(dense.dX as Float64Array, window, training.units, [window]);
    const recurrent = runRecurrent({ ...run, dOutput });
    const { norm, gradients } = clipped(training, fileNames(recurrent.gradients, dense.gradients));
    gradientNorm.push(norm);
    parameters = optimizer.update(parameters, gradients);
    if (!carryState) continue;
    const oneStep = { ...input, x: series.subarray(start, start + 1), steps: 1 };
    context = runRecurrent(recurrentRun(training, parameters, oneStep)).final;
  }
  return { loss, gradientNorm, final: parameters };
}

/** The norm of all gradients, and the gradients as the update has them. */
export function clipped(
  { clipNorm = Infinity, clipValue }: { readonly clipNorm?: number; readonly clipValue?: number },
  gradients: Weights,
) {
  return runClip(gradients, clipValue === undefined ? { norm: clipNorm } : { value: clipValue });
}

/** Next-character training, one update for each batch of sequences. */
export function trainCharacters(training: CharacterTraining<Float64Array>): TrainingResult<Float64Array> {
  const { vocabulary, batch, steps, sequences } = training;
  const optimizer = new OracleOptimizer(training.optimizer);
  let parameters = training.initial;
  const loss: number[] = [];
  const gradientNorm: number[] = [];
  for (let from = 0; from < sequences.length; from += batch * (steps + 1)) {
    const { tokens, target } = characterBatch(training, from);
    const run = recurrentRun(training, parameters, { ...characterInput(training, parameters, tokens), batch, steps });
    const head = denseRun(parameters, runRecurrent(run).output, batch * steps);
    const result = oracleLosses.crossEntropy(runDense(head).output, target, [batch * steps, vocabulary]);
    loss.push(result.loss);
    const dense = runDense({ ...head, dOutput: result.gradient });
    const recurrent = runRecurrent({ ...run, dOutput: dense.dX as Float64Array });
    const found = {
      ...fileNames(recurrent.gradients, dense.gradients),
      ...tableGradient(training, tokens, recurrent.dX as Float64Array),
    };
    const { norm, gradients } = clipped(training, found);
    gradientNorm.push(norm);
    parameters = optimizer.update(parameters, gradients);
  }
  return { loss, final: parameters, gradientNorm };
}

/** The characters [B · T] and the one after each, from the sequences [B, T + 1] that begin at `from`. */
function characterBatch(
  { batch, steps, sequences }: CharacterTraining<Float64Array>,
  from: number,
): { tokens: number[]; target: number[] } {
  const places = Array.from({ length: batch * steps }, (_, row) => from + row + Math.floor(row / steps));
  return { tokens: places.map((at) => sequences[at]), target: places.map((at) => sequences[at + 1]) };
}

/** One-hot rows, or the rows of the embedding. */
function characterInput(
  { vocabulary, embeddingSize }: CharacterTraining<Float64Array>,
  parameters: Weights,
  tokens: readonly number[],
): Pick<Run, "inputSize" | "x"> {
  const inputSize = embeddingSize ?? vocabulary;
  const table = parameters["embedding.weight"];
  const value = (token: number, column: number) =>
    embeddingSize === undefined ? Number(token === column) : table[token * inputSize + column];
  const columns = Array.from({ length: inputSize }, (_, column) => column);
  return { inputSize, x: Float64Array.from(tokens.flatMap((token) => columns.map((column) => value(token, column)))) };
}

/** Every token's row of the embedding collects what its places were given; none without an embedding. */
function tableGradient(
  { vocabulary, embeddingSize }: CharacterTraining<Float64Array>,
  tokens: readonly number[],
  dX: Float64Array,
): Weights {
  if (embeddingSize === undefined) return {};
  const gradient = new Float64Array(vocabulary * embeddingSize);
  dX.forEach((value, at) => {
    gradient[tokens[Math.floor(at / embeddingSize)] * embeddingSize + (at % embeddingSize)] += value;
  });
  return { "embedding.weight": gradient };
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
