import type { Named, RecurrentRun } from "../support/subjectContract.js";
import type { AnswerTraining, TrainingResult } from "../support/trainingContract.js";
import { runDense } from "./dense.js";
import { oracleLosses } from "./losses.js";
import { OracleOptimizer } from "./optimizers.js";
import { runRecurrent } from "./sequence.js";
import { clipped } from "./training.js";

type Weights = Named<Float64Array>;
type Training = AnswerTraining<Float64Array>;

/** A batch of an update: what each side reads, [B, T] tokens. */
interface Side {
  readonly name: "encoder" | "decoder";
  readonly tokens: readonly number[];
  readonly steps: number;
  readonly lengths?: readonly number[];
}

/** Encoder, its final state handed over, decoder fed with the targets, mean cross entropy over those that count. */
export function trainAnswers(training: Training): TrainingResult<Float64Array> {
  const optimizer = new OracleOptimizer(training.optimizer);
  let parameters = training.initial;
  const [loss, gradientNorm]: [number[], number[]] = [[], []];
  for (let update = 0; update < training.updates; update++) {
    const result = learn(training, parameters, update);
    loss.push(result.loss);
    const { norm, gradients } = clipped(training, result.gradients);
    gradientNorm.push(norm);
    parameters = optimizer.update(parameters, gradients);
  }
  return { loss, gradientNorm, final: parameters };
}

function learn(training: Training, parameters: Weights, update: number): { loss: number; gradients: Weights } {
  const { batch, answerSteps, vocabulary, ignored, units } = training;
  const [source, answer, target] = sidesOf(training, update);
  const encoder = runOf(training, parameters, source);
  const decoder = { ...runOf(training, parameters, answer), initial: runRecurrent(encoder).final };
  const rows = batch * answerSteps;
  const weights = { weight: parameters["fc.weight"], bias: parameters["fc.bias"] };
  const head = { inputSize: units, units: vocabulary, weights, x: runRecurrent(decoder).output, rows };
  const result = oracleLosses.crossEntropy(runDense(head).output, target, [rows, vocabulary], { ignoreIndex: ignored });
  const dense = runDense({ ...head, dOutput: result.gradient });
  const decoded = runRecurrent({ ...decoder, dOutput: dense.dX as Float64Array });
  const encoded = runRecurrent({ ...encoder, dFinal: decoded.dInitial ?? [] });
  const gradients: Record<string, Float64Array> = {};
  for (const [name, values] of Object.entries(dense.gradients ?? {})) gradients[`fc.${name}`] = values;
  for (const [side, { gradients: found = {}, dX }] of [
    [source, encoded],
    [answer, decoded],
  ] as const) {
    for (const [name, values] of Object.entries(found)) gradients[`${side.name}.${name}_l0`] = values;
    gradients[`${side.name}_embedding.weight`] = scattered(training, side, dX as Float64Array);
  }
  return { loss: result.loss, gradients };
}

/** What the encoder reads, what the decoder reads, and the targets [B, Ty]. */
function sidesOf(training: Training, update: number): [Side, Side, number[]] {
  const { batch, steps, answerSteps, source, lengths, target, start } = training;
  const part = (values: ArrayLike<number>, size: number) =>
    Array.from(values).slice(update * size, (update + 1) * size);
  const wanted = part(target, batch * answerSteps);
  const read = wanted.map((_, at) => (at % answerSteps === 0 ? start : wanted[at - 1]));
  return [
    { name: "encoder", tokens: part(source, batch * steps), steps, lengths: part(lengths, batch) },
    { name: "decoder", tokens: read, steps: answerSteps },
    wanted,
  ];
}

function runOf(
  { cell, options, units, batch, embeddingSize }: Training,
  parameters: Weights,
  { name, tokens, steps, lengths }: Side,
): RecurrentRun<Float64Array> {
  const table = parameters[`${name}_embedding.weight`];
  const names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"];
  return {
    ...{ cell, units, batch, steps, bias: true, reverse: false, inputSize: embeddingSize },
    ...(options === undefined ? {} : { options }),
    ...(lengths === undefined ? {} : { lengths }),
    weights: Object.fromEntries(names.map((each) => [each, parameters[`${name}.${each}_l0`]])),
    x: Float64Array.from(
      tokens.flatMap((token) => [...table.slice(token * embeddingSize, (token + 1) * embeddingSize)]),
    ),
  };
}

/** Every token's row collects what its places were given. */
function scattered({ vocabulary, embeddingSize }: Training, { tokens }: Side, dX: Float64Array): Float64Array {
  const gradient = new Float64Array(vocabulary * embeddingSize);
  tokens.forEach((token, row) => {
    for (let at = 0; at < embeddingSize; at++) gradient[token * embeddingSize + at] += dX[row * embeddingSize + at];
  });
  return gradient;
}
