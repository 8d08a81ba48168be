/** Whole trainings through the public interface. */
import {
  type Activation,
  backpropagate,
  bidirectional,
  binaryCrossEntropy,
  type CellName,
  clipGradients,
  crossEntropy,
  crossEntropyWith,
  defineSchedule,
  dense,
  elman,
  embedding,
  finalState,
  fit,
  gradientNorm,
  gru,
  type Layer,
  type LossFunction,
  lstm,
  Model,
  manyToOne,
  meanSquaredError,
  Optimizer,
  readSafetensors,
  sequential,
  Tensor,
  Trainer,
  windows,
} from "../../src/index.js";
import { optimizers } from "../../src/optimizers/index.js";
import type { OptimizerRule } from "../../src/optimizers/optimizerRule.js";
import type { Named, OptimizerSpec } from "./subjectContract.js";
import type { CharacterTraining, SequenceTraining, TrainingResult, WindowTraining } from "./trainingContract.js";

type F32 = Float32Array;

/** The library's paths for torch's names `rnn.…` and `fc.…`. */
function pathOf(name: string): string {
  return name.replace(/^fc\./, "head.");
}

/** Sets a model's parameters. */
export function write(model: Model, values: Named<F32>): void {
  const byName = new Map(model.parameters.map((parameter) => [parameter.name, parameter]));
  for (const [name, data] of Object.entries(values)) {
    const parameter = byName.get(pathOf(name));
    if (parameter === undefined) throw new Error(`the model has no ${pathOf(name)}`);
    parameter.write(new Tensor(data, parameter.shape));
  }
}

/** A model's parameters by those names. */
export function read(model: Model, names: Iterable<string>): Named<F32> {
  const byName = new Map(model.parameters.map((parameter) => [parameter.name, parameter]));
  return Object.fromEntries([...names].map((name) => [name, byName.get(pathOf(name))?.read().data as F32]));
}

/** The library's rule of a specification. */
export function rule({ name, options }: OptimizerSpec) {
  const makers = optimizers as Record<string, ((options: object) => OptimizerRule) | undefined>;
  const make = makers[name];
  if (make === undefined) throw new Error(`training with ${name} is not built yet`);
  return make(options);
}

/** The learning rates of a schedule, one an update; an error for options that cannot change while training. */
function learningRates({ schedule = {} }: OptimizerSpec): readonly number[] | undefined {
  const { learningRate, ...others } = schedule;
  const unknown = Object.keys(others);
  if (unknown.length > 0) throw new Error(`a schedule of ${unknown} is not built yet`);
  return learningRate;
}

/** The optimizer of a training as options of `fit` and of a `Trainer`, with its rates as a schedule. */
export function courseOf({ optimizer, clipNorm }: { readonly optimizer: OptimizerSpec; readonly clipNorm?: number }) {
  const rates = learningRates(optimizer);
  const recorded = defineSchedule({ name: "recorded", options: {}, rate: (update) => rates?.[update - 1] as number });
  return {
    optimizer: rule(optimizer),
    ...(clipNorm === undefined ? {} : { clipNorm }),
    ...(rates === undefined ? {} : { schedule: recorded }),
  };
}

/** Norm of the gradients of a trainer's last update, before clipping, as its file tells it. */
export function lastNorm(trainer: Trainer): number {
  const { metadata } = readSafetensors(trainer.save(), "trainer");
  return JSON.parse(metadata.recurve as string).standing.gradientNorm;
}

/** (y − p)² / 2. */
const halvedSquare: LossFunction = (prediction, target) => {
  const error = (prediction.data[0] as number) - (target.data[0] as number);
  return { loss: (error * error) / 2, gradient: Float32Array.of(error) };
};

export async function trainWindows(given: WindowTraining<F32>): Promise<TrainingResult<F32>> {
  const activation = given.options?.activation as Activation | undefined;
  const own = activation === undefined ? {} : { activation };
  const spec = manyToOne({ cell: given.cell as CellName, inputSize: 1, units: given.units, outputSize: 1, ...own });
  using model = new Model(spec);
  write(model, given.initial);
  const loss: number[] = [];
  await fit(model, windows(given.series, { window: given.window }), {
    loss: given.isHalved ? halvedSquare : meanSquaredError,
    ...courseOf(given),
    batchSize: 1,
    shuffle: false,
    carryState: given.carryState,
    onUpdate: (value) => loss.push(value),
  });
  return { loss, final: read(model, Object.keys(given.initial)) };
}

/** The layers that torch has. */
export const layers: Record<string, ((units: number, options: object) => Layer) | undefined> = { elman, gru, lstm };

export function trainCharacters(given: CharacterTraining<F32>): TrainingResult<F32> {
  const { vocabulary, embeddingSize, clipNorm } = given;
  const make = layers[given.cell];
  if (make === undefined) throw new Error(`no layer of cell ${given.cell}`);
  const recurrent = make(given.units, { name: "rnn", ...given.options });
  const head = dense(vocabulary, { name: "head" });
  using model =
    embeddingSize === undefined
      ? new Model(sequential(recurrent, head), { inputSize: vocabulary })
      : new Model(sequential(embedding(vocabulary, embeddingSize, { name: "embedding" }), recurrent, head));
  write(model, given.initial);
  const optimizer = new Optimizer(model, rule(given.optimizer));
  const rates = learningRates(given.optimizer);
  const [loss, gradientNorms]: [number[], number[]] = [[], []];
  for (const batch of characterBatches(given)) {
    loss.push(backpropagate(model, batch, crossEntropy));
    gradientNorms.push(clipNorm === undefined ? gradientNorm(model) : clipGradients(model, { norm: clipNorm }));
    if (rates !== undefined) optimizer.learningRate = rates[optimizer.updates];
    optimizer.update();
  }
  return { loss, final: read(model, Object.keys(given.initial)), gradientNorm: gradientNorms };
}

/** Inputs, one-hot [B, T, V] or tokens [B, T], and the character after each [B, T], update by update. */
function* characterBatches({ batch, steps, vocabulary, embeddingSize, sequences }: CharacterTraining<F32>) {
  for (let from = 0; from < sequences.length; from += batch * (steps + 1)) {
    const tokens = new Float32Array(batch * steps);
    const oneHot = new Float32Array(batch * steps * vocabulary);
    const target = new Float32Array(batch * steps);
    for (let index = 0; index < batch * steps; index++) {
      const at = from + index + Math.floor(index / steps);
      tokens[index] = sequences[at];
      oneHot[index * vocabulary + sequences[at]] = 1;
      target[index] = sequences[at + 1];
    }
    const input =
      embeddingSize === undefined ? new Tensor(oneHot, [batch, steps, vocabulary]) : new Tensor(tokens, [batch, steps]);
    yield { input, target: new Tensor(target, [batch, steps]) };
  }
}

const smoothed = (labelSmoothing = 0) => (labelSmoothing === 0 ? crossEntropy : crossEntropyWith({ labelSmoothing }));

/** The network of a training, with its initial weights. */
function sequenceModel({ cell, units, options, isBidirectional, outputs, inputSize, initial }: SequenceTraining<F32>) {
  const make = layers[cell];
  if (make === undefined) throw new Error(`no layer of cell ${cell}`);
  const recurrent = make(units, { name: "rnn", ...options });
  const inTime = isBidirectional ? bidirectional(recurrent) : recurrent;
  const model = new Model(sequential(inTime, finalState(), dense(outputs, { name: "head" })), { inputSize });
  write(model, initial);
  return model;
}

export function trainSequences(given: SequenceTraining<F32>): TrainingResult<F32> {
  const { updates, batch, steps, inputSize } = given;
  const model = sequenceModel(given);
  const data = {
    input: new Tensor(given.x, [updates * batch, steps, inputSize]),
    target: Float32Array.from(given.labels),
    ...(given.lengths === undefined ? {} : { lengths: given.lengths }),
  };
  const [loss, gradientNorms]: [number[], number[]] = [[], []];
  const onUpdate = (value: number) => loss.push(value);
  const crossEntropies = { crossEntropy: smoothed(given.labelSmoothing), binaryCrossEntropy };
  // One pass over the data in order: a batch is an update, as recorded.
  const course = courseOf(given);
  const options = { loss: crossEntropies[given.loss], ...course, batchSize: batch, shuffle: false, onUpdate };
  const first = new Trainer(model, data, options);
  const update = (trainer: Trainer) => {
    trainer.run({ batches: 1 });
    gradientNorms.push(lastNorm(trainer));
  };
  while (loss.length < Math.ceil(updates / 2)) update(first);
  const { schedule } = course;
  const schedules = schedule === undefined ? {} : { schedules: { recorded: () => schedule } };
  const trainer = Trainer.resume(first.save(), data, { onUpdate, ...schedules });
  model.dispose();
  while (loss.length < updates) update(trainer);
  const final = read(trainer.model, Object.keys(given.initial));
  trainer.model.dispose();
  return { loss, final, gradientNorm: gradientNorms };
}
