/** Whole trainings through the public interface. */
import {
  backpropagate,
  bidirectional,
  binaryCrossEntropy,
  clipGradients,
  crossEntropy,
  crossEntropyWith,
  defineSchedule,
  dense,
  elman,
  embedding,
  finalState,
  gradientNorm,
  gru,
  type Layer,
  lstm,
  Model,
  Optimizer,
  readSafetensors,
  sequential,
  Tensor,
  Trainer,
} from "../../src/index.js";
import { optimizers } from "../../src/optimizers/index.js";
import type { OptimizerRule } from "../../src/optimizers/optimizerRule.js";
import type { Named, OptimizerSpec } from "./subjectContract.js";
import type { CharacterTraining, SequenceTraining, Training, TrainingResult } from "./trainingContract.js";

type F32 = Float32Array;

/** The library's paths for torch's names `rnn.…` and `fc.…`: a layer above the first has a path of its own. */
function pathOf(name: string): string {
  return name.replace(/^fc\./, "head.").replace(/^rnn\.(.*)_l([1-9]\d*)/, "rnn$2.$1_l0");
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

type Course = Pick<Training<F32>, "optimizer" | "clipNorm" | "clipValue">;

/** The optimizer of a training as options of `fit` and of a `Trainer`, with its rates as a schedule. */
export function courseOf({ optimizer, clipNorm, clipValue }: Course) {
  const rates = learningRates(optimizer);
  const recorded = defineSchedule({ name: "recorded", options: {}, rate: (update) => rates?.[update - 1] as number });
  return {
    optimizer: rule(optimizer),
    ...(clipNorm === undefined ? {} : { clipNorm }),
    ...(clipValue === undefined ? {} : { clipValue }),
    ...(rates === undefined ? {} : { schedule: recorded }),
  };
}

/** Norm of the gradients of a trainer's last update, before clipping, as its file tells it. */
export function lastNorm(trainer: Trainer): number {
  const { metadata } = readSafetensors(trainer.save(), "trainer");
  return JSON.parse(metadata.recurve as string).standing.gradientNorm;
}

/** The layers that torch has. */
const layers: Record<string, ((units: number, options: object) => Layer) | undefined> = { elman, gru, lstm };

/** Recurrent layers on top of each other, by their weights. */
export function countLayers(initial: Named<F32>, name = "rnn"): number {
  return Object.keys(initial).filter((path) => path.startsWith(`${name}.weight_ih_l`) && !path.endsWith("_reverse"))
    .length;
}

/** Whether an architecture can have these weights: with all biases, and without a projection. */
export function isPlain(initial: Named<F32>): boolean {
  return "rnn.bias_ih_l0" in initial && "fc.bias" in initial && !("rnn.weight_hr_l0" in initial);
}

/** The recurrent layers that initial weights are for: `rnn`, `rnn1` … */
export function stackOf({ cell, units, options, initial }: Training<F32>): Layer[] {
  const make = layers[cell];
  if (make === undefined) throw new Error(`no layer of cell ${cell}`);
  const width = hiddenWidth({ units, initial });
  const own = {
    ...options,
    bias: "rnn.bias_ih_l0" in initial,
    ...(width === units ? {} : { projectionSize: width }),
  };
  return Array.from({ length: countLayers(initial) }, (_, index) => {
    const layer = make(units, { name: index === 0 ? "rnn" : `rnn${index}`, ...own });
    return "rnn.weight_ih_l0_reverse" in initial ? bidirectional(layer) : layer;
  });
}

/** Width of a layer's hidden states: its units, or what they are projected to. */
export function hiddenWidth({ units, initial }: Pick<Training<F32>, "units" | "initial">): number {
  return "rnn.weight_hr_l0" in initial ? initial["rnn.weight_hr_l0"].length / units : units;
}

export function headOf(initial: Named<F32>, outputs: number): Layer {
  return dense(outputs, { name: "head", bias: "fc.bias" in initial });
}

export function trainCharacters(given: CharacterTraining<F32>): TrainingResult<F32> {
  const { vocabulary, embeddingSize } = given;
  const network = [...stackOf(given), headOf(given.initial, vocabulary)];
  using model =
    embeddingSize === undefined
      ? new Model(sequential(...network), { inputSize: vocabulary })
      : new Model(sequential(embedding(vocabulary, embeddingSize, { name: "embedding" }), ...network));
  write(model, given.initial);
  const optimizer = new Optimizer(model, rule(given.optimizer));
  const rates = learningRates(given.optimizer);
  const [loss, gradientNorms]: [number[], number[]] = [[], []];
  const { clipNorm: norm, clipValue: value } = given;
  const clipOptions = norm !== undefined ? { norm } : value !== undefined ? { value } : undefined;
  for (const batch of characterBatches(given)) {
    loss.push(backpropagate(model, batch, crossEntropy));
    gradientNorms.push(clipOptions === undefined ? gradientNorm(model) : clipGradients(model, clipOptions));
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
function sequenceModel(given: SequenceTraining<F32>) {
  const { outputs, inputSize, initial } = given;
  const model = new Model(sequential(...stackOf(given), finalState(), headOf(initial, outputs)), { inputSize });
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
