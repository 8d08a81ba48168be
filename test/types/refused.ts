/*
 * What must not compile. Each line below a `@ts-expect-error` is a mistake that the types catch; a line they no longer
 * catch is an error of its own. Nothing here runs.
 */
import {
  accuracy,
  adam,
  type Batch,
  backpropagate,
  batches,
  clipGradients,
  cosineSchedule,
  crossEntropy,
  crossEntropyWith,
  ctc,
  ctcGreedy,
  dense,
  elman,
  evaluate,
  fit,
  gaussianNll,
  gru,
  huber,
  lastStep,
  loadModel,
  lstm,
  Model,
  manyToOne,
  meanSquaredError,
  mixtureDensity,
  nadam,
  Optimizer,
  oneCycle,
  type Parameter,
  productOf,
  reduceOnPlateau,
  sampleMixture,
  sequential,
  sgd,
  type Tensor,
  tensor,
  warmUp,
  windows,
} from "../../src/index.js";

export async function specifications(): Promise<void> {
  // @ts-expect-error a misspelt option
  lstm(8, { initialiser: "glorot" });
  // @ts-expect-error an activation belongs to an Elman cell
  gru(8, { activation: "relu" });
  // @ts-expect-error an unknown activation
  elman(8, { activation: "reluu" });
  // @ts-expect-error an unknown parameter of an activation
  dense(8, { activation: { type: "elu", gamma: 1 } });
  // @ts-expect-error an unknown direction
  lstm(8, { direction: "backward" });
  // @ts-expect-error an unknown reset
  gru(8, { reset: "both" });
  // @ts-expect-error an unknown initializer
  lstm(8, { recurrentInitializer: "xavier" });
  // @ts-expect-error units are a number
  dense("8");
  // @ts-expect-error layers come one after the other, not as a list
  sequential([lstm(8), dense(1)]);
  // @ts-expect-error a function is no layer yet
  sequential(lstm(8), lastStep, dense(1));
  // @ts-expect-error an unknown cell
  manyToOne({ cell: "ltsm", inputSize: 1, units: 8, outputSize: 1 });
  // @ts-expect-error a missing size
  manyToOne({ cell: "lstm", inputSize: 1, units: 8 });
  // @ts-expect-error a specification does not change
  lstm(8).config.units = 9;
  // @ts-expect-error the layers of a chain do not change
  sequential(lstm(8)).config.layers.push(dense(1));
}

export async function models(model: Model, parameter: Parameter, answer: Tensor): Promise<void> {
  // @ts-expect-error a misspelt option
  new Model(dense(1), { inputsize: 3 });
  // @ts-expect-error a plain object is no specification
  new Model({ type: "dense", config: { units: 1 } });
  // @ts-expect-error a sequence is numbers
  model.predict("0.5");
  // @ts-expect-error lengths are an option
  model.predictBatch([[[1]]], [1]);
  // @ts-expect-error the list of parameters is the model's
  model.parameters = [];
  // @ts-expect-error a parameter is written by write
  parameter.data = new Float32Array(1);
  // @ts-expect-error freezing is the model's business
  parameter.isFrozen = true;
  // @ts-expect-error a tensor keeps its shape
  answer.shape = [1];
  // @ts-expect-error so do its sizes
  answer.shape[0] = 1;
  // @ts-expect-error a tensor holds numbers
  tensor([["1"]]);
  // @ts-expect-error a file is bytes
  loadModel("model.safetensors");
}

export async function training(model: Model, batch: Batch): Promise<void> {
  const data = windows([1, 2, 3], { window: 1 });
  // @ts-expect-error a window is needed
  windows([1, 2, 3], {});
  // @ts-expect-error a loss is needed
  fit(model, data, {});
  // @ts-expect-error a loss is a value, not a name
  fit(model, data, { loss: "mse" });
  // @ts-expect-error a misspelt option
  fit(model, data, { loss: meanSquaredError, epoch: 3 });
  // @ts-expect-error an optimizer is called with its options
  fit(model, data, { loss: meanSquaredError, optimizer: adam });
  // @ts-expect-error a signal, not its controller
  fit(model, data, { loss: meanSquaredError, signal: new AbortController() });
  // @ts-expect-error a target is needed
  fit(model, { input: [[[1]]] }, { loss: meanSquaredError });
  // @ts-expect-error a loss function gives its gradient too
  backpropagate(model, batch, () => ({ loss: 1 }));
  // @ts-expect-error and not a promise of it
  backpropagate(model, batch, async () => ({ loss: 1, gradient: [1] }));
  // @ts-expect-error the norm is an option
  clipGradients(model, 1);
  // @ts-expect-error by value there is no order
  clipGradients(model, { value: 1, order: 1 });
  // @ts-expect-error nor parameter by parameter
  clipGradients(model, { parameterNorm: 1, order: 1 });
  // @ts-expect-error how many Gaussians must be said
  mixtureDensity({});
  // @ts-expect-error a misspelt option
  ctc({ zero_infinity: true });
  // @ts-expect-error a spread of another name
  gaussianNll({ spread: "deviation" });
  // @ts-expect-error many sequences, not their classes
  ctcGreedy("1, 2, 3");
  // @ts-expect-error what the mixture is made of must be said
  sampleMixture([0, 0, 0], { seed: 3 });
  // @ts-expect-error a misspelt option
  batches(data, { size: 3 });
  // @ts-expect-error a loss is needed
  evaluate(model, data, {});
  // @ts-expect-error a misspelt option
  adam({ lr: 1e-3 });
  // @ts-expect-error an option of another optimizer
  sgd({ beta1: 0.9 });
  // @ts-expect-error the number of updates is counted, not set
  new Optimizer(model, sgd()).updates = 3;
  // @ts-expect-error the examples of a batch do not change
  batch.examples = new Int32Array(1);
  // @ts-expect-error a loss is a constant
  crossEntropy.leastWidth = 1;
  // @ts-expect-error a misspelt option
  crossEntropyWith({ smoothing: 0.1 });
  // @ts-expect-error an option is a number, not a list
  huber({ delta: [1] });
  // @ts-expect-error a schedule counts updates or epochs
  warmUp({ steps: 5, each: "batch" });
  // @ts-expect-error a cosine has an end
  cosineSchedule({ leastRate: 0.1 });
  // @ts-expect-error the peak is the optimizer's own rate
  oneCycle({ steps: 50, highestRate: 1 });
  // @ts-expect-error a metric is watched by its name
  reduceOnPlateau({ watch: accuracy });
  // @ts-expect-error schedules are multiplied, not numbers
  productOf(warmUp({ steps: 5 }), 0.5);
  // @ts-expect-error a loss with options is called with them
  backpropagate(model, batch, crossEntropyWith);
  // @ts-expect-error by norm or by value, not both
  clipGradients(model, { norm: 1, value: 1 });
  // @ts-expect-error all together or parameter by parameter, not both
  clipGradients(model, { norm: 1, parameterNorm: 1 });
  // @ts-expect-error amsgrad is of Adam and AdamW
  nadam({ amsgrad: true });
}
