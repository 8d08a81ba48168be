import { inOrder, layOut, readRows, writeRows } from "../data/batches.js";
import { type Sequences, type SequencesLike, sequences } from "../data/sequences.js";
import { ArgumentError, ShapeError, StateError } from "../errors.js";
import { writeSafetensors } from "../formats/safetensors.js";
import { definitionOf, type Flow, type Layer } from "../layers/layer.js";
import { describe, requireInteger, requireKnownOptions, show } from "../shape.js";
import type { Parameter } from "../tensor/parameters.js";
import { DEFAULT_SEED, seedWords } from "../tensor/seed.js";
import { isList, type Nested, Tensor, tensor } from "../tensor/tensor.js";
import { enroll, Interior, VALUES } from "./interior.js";
import { summarize } from "./summary.js";
import { type Vectors, type VectorToRecord, vectorTensors } from "./vectors.js";

/** What a model may be told beside its specification. */
export interface ModelOptions {
  /** Input features a step. Left out, it is taken from the specification, or from the data at first use. */
  readonly inputSize?: number;
  /** Seed of the initial values; default 1. They depend on it and on each parameter's path alone. */
  readonly seed?: number;
}

/** What a saved model carries beside itself. */
export interface SaveOptions {
  /** Inputs to prove the file by when it is loaded; `output` where it is not this model's own. */
  readonly vectors?: Vectors<VectorToRecord>;
}

/** Number of the file format written into saved models. */
export const FORMAT = 1;
/** Sequences that a prediction of many runs side by side. */
const SIDE_BY_SIDE = 64;

/**
 * A network with its weights: made from a specification, trained by `fit` or a loop of your own, saved as one file.
 * Its memory lies in the core and is given back by `dispose()`, by `using`, or some time after the model was dropped.
 *
 * @example
 * const model = new Model(sequential(lstm(32), lastStep(), dense(1)), { inputSize: 2, seed: 7 });
 * model.predict([[0.1, 0.2], [0.3, 0.4]]).shape;   // [1]
 */
export class Model {
  /** The specification it was made from. */
  readonly specification: Layer;
  readonly #seed: number;
  readonly #values: ReadonlyMap<string, Tensor> | undefined;
  #interior: Interior | undefined;
  #isDisposed = false;

  /**
   * @throws ArgumentError when an option is unknown or out of range
   * @throws ShapeError when the layers do not fit each other
   */
  constructor(specification: Layer, options: ModelOptions = {}) {
    const definition = definitionOf(specification);
    requireKnownOptions("Model", options, ["inputSize", "seed"]);
    const told = definition.inputSize?.(specification.config);
    const { inputSize = told, seed = DEFAULT_SEED } = options;
    seedWords(seed);
    if (inputSize !== undefined) requireInteger("inputSize", inputSize, 1, 0x10_0000);
    if (told !== undefined && inputSize !== told) {
      throw new ArgumentError(`inputSize ${inputSize} contradicts the specification, which says ${told}.`);
    }
    this.specification = specification;
    this.#seed = seed;
    this.#values = (options as { [VALUES]?: ReadonlyMap<string, Tensor> })[VALUES];
    if (inputSize !== undefined) this.#build(inputSize);
    enroll(this, {
      interior: () => this.#known("this"),
      output: (input) => this.#outputFor(input),
      adapt: (input) => this.#adapt(input),
    });
  }

  /** The parameters, in the order of the network; each gives copies only. @throws StateError before sizes are known */
  get parameters(): Parameter[] {
    return this.#known("parameters").parameters.handles();
  }

  /**
   * The output for one sequence.
   * @param sequence [time, inputSize], or [time] where inputSize is 1
   * @returns [width] for a network that ends with one answer, [time, width] for one that answers at every step
   * @throws ShapeError, ArgumentError when the input does not fit or is not finite
   */
  predict(sequence: Nested | Tensor): Tensor {
    if (!(sequence instanceof Tensor || isList(sequence))) {
      throw new ArgumentError(`predict expects one sequence [time, features], received ${describe(sequence)}.`);
    }
    const given = tensor(sequence);
    const axes = given.shape.length;
    if (axes < 1 || axes > 2)
      throw new ShapeError(
        `predict expects one sequence [time, features] but received ${show(given.shape)}. Many go to predictBatch.`,
      );
    // [time] is one value a step; no step at all tells no width.
    const shape = axes === 1 && given.data.length > 0 ? [1, ...given.shape, 1] : [1, ...given.shape];
    const output = this.predictBatch(new Tensor(given.data, shape));
    return new Tensor(output.data, output.shape.slice(1));
  }

  /**
   * The outputs for many sequences, each the same bits as alone.
   * @param input [batch, time, inputSize], or a list of [time, inputSize] of any lengths
   * @returns [batch, width], or [batch, time, width] with zeros beyond each sequence's end
   * @throws ShapeError, ArgumentError when the input does not fit or is not finite
   */
  predictBatch(input: SequencesLike, options: { readonly lengths?: ArrayLike<number> } = {}): Tensor {
    this.#requireLife();
    requireKnownOptions("predictBatch", options, ["lengths"]);
    const given = sequences("input", input, options.lengths);
    const interior = this.#adapt(given);
    const steps =
      interior.output.each === "step" ? given.lengths.reduce((most, length) => Math.max(most, length), 0) : 1;
    const { width, each } = interior.output;
    const values = new Float32Array(given.count * steps * width);
    const order = inOrder(given.count);
    for (let from = 0; from < given.count; from += SIDE_BY_SIDE) {
      this.#predictSome(
        interior,
        given,
        order.subarray(from, from + SIDE_BY_SIDE),
        values.subarray(from * steps * width),
        steps * width,
      );
    }
    return new Tensor(values, each === "step" ? [given.count, steps, width] : [given.count, width]);
  }

  #predictSome(interior: Interior, given: Sequences, examples: Int32Array, into: Float32Array, stride: number): void {
    let [steps, rows] = [0, 0];
    for (const example of examples) {
      const length = given.lengths[example] as number;
      steps = Math.max(steps, length);
      rows += length;
    }
    const plan = interior.plan(false, { sequences: examples.length, steps, rows });
    layOut(plan.layout, given, examples);
    plan.refresh();
    plan.run.begin();
    writeRows(plan.input, given, examples);
    plan.run.forward(0, steps);
    const found = readRows(plan.run.output);
    const size = found.length / examples.length;
    for (let index = 0; index < examples.length; index++)
      into.set(found.subarray(index * size, (index + 1) * size), index * stride);
  }

  /** Keeps training from changing a parameter, or all parameters below a path such as `"rnn"`. @throws ArgumentError when there is none */
  freeze(path: string): void {
    this.#known("freeze").parameters.setFrozen(path, true);
  }

  /** Lets training change it again. */
  unfreeze(path: string): void {
    this.#known("unfreeze").parameters.setFrozen(path, false);
  }

  /** A table for people: layers, output shapes, parameters. @throws StateError before sizes are known */
  summary(): string {
    const { inputSize, parameters } = this.#known("summary");
    return summarize(this.specification, inputSize, parameters);
  }

  /**
   * The model as one safetensors file: weights by name, specification in the metadata.
   *
   * @param options `vectors`: inputs, by name or a single one, that the file carries with the outputs they must give (those
   * of this model, where no others are recorded), so that `loadModel(bytes, { verify: true })` proves itself
   * @throws StateError before sizes are known; ShapeError, ArgumentError when a test vector does not fit
   */
  save(options: SaveOptions = {}): Uint8Array<ArrayBuffer> {
    requireKnownOptions("save", options, ["vectors"]);
    const { inputSize } = this.#known("save");
    const tensors = new Map(this.parameters.map((parameter) => [parameter.name, parameter.read()]));
    const content = { format: FORMAT, kind: "model", network: this.specification, inputSize, seed: this.#seed };
    if (options.vectors === undefined) return writeSafetensors(tensors, { recurve: JSON.stringify(content) });
    const recorded = vectorTensors(options.vectors, (input, lengths) => this.predictBatch(input, { lengths }));
    const all = new Map([...tensors, ...recorded.tensors]);
    return writeSafetensors(all, { recurve: JSON.stringify({ ...content, vectors: recorded.names }) });
  }

  /** Gives the memory back; every later call is a StateError. Twice is as good as once. */
  dispose(): void {
    if (this.#isDisposed) return;
    if (this.#interior?.isBusy || this.#interior?.isLent)
      throw new StateError("this model is being trained. Abort the training before disposing it.");
    this.#isDisposed = true;
    this.#interior?.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #requireLife(): void {
    if (this.#isDisposed) throw new StateError("this model was disposed. Make a new one, or load it from its file.");
  }

  #build(inputSize: number): Interior {
    this.#interior = new Interior(this.specification, inputSize, this.#seed, this.#values);
    return this.#interior;
  }

  /** What the network gives for an input; its sizes need not be known, nor are they after it. */
  #outputFor(input: Sequences): Flow {
    this.#requireLife();
    requireSteps(input, this.specification);
    if (input.width === 0) return this.#known("an input without any step").output;
    const known = this.#interior;
    if (known === undefined)
      return definitionOf(this.specification).output(this.specification.config, { width: input.width, each: "step" });
    if (known.inputSize !== input.width) {
      const wanted = `[batch, time, ${known.inputSize}]`;
      throw new ShapeError(
        `${describeSpecification(this.specification)} expects input ${wanted} but received ${input.width} features a step.`,
      );
    }
    return known.output;
  }

  /** The interior for an input: made now if its width was not known before. */
  #adapt(input: Sequences): Interior {
    this.#outputFor(input);
    return this.#interior ?? this.#build(input.width);
  }

  #known(what: string): Interior {
    this.#requireLife();
    if (this.#interior === undefined) {
      throw new StateError(
        `${what} needs the model's sizes, which are not yet known. Give { inputSize } to the Model, or show it data first.`,
      );
    }
    return this.#interior;
  }
}

function describeSpecification(layer: Layer): string {
  return definitionOf(layer).describe(layer.config);
}

/** @throws ShapeError when the axis of time is missing */
function requireSteps(given: Sequences, specification: Layer): void {
  if (given.axes === 2) return;
  if (given.width === 1 && given.lengths.some((length) => length !== 1)) {
    throw new ShapeError(
      `${describeSpecification(specification)} expects input [batch, time, features] but received a list of [time] sequences. Make each step a row: [x] for x.`,
    );
  }
  const came = given.axes === 1 ? [given.count, given.width] : [given.count];
  const mended = given.axes === 1 ? [given.count, 1, given.width] : [given.count, 1, 1];
  throw new ShapeError(
    `${describeSpecification(specification)} expects input [batch, time, features] but received ${show(came)}. Add a time axis: reshape to ${show(mended)}.`,
  );
}
