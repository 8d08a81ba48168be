import type { GivenStates } from "../data/givenStates.js";
import type { Sequences, SequencesLike } from "../data/sequences.js";
import { ArgumentError, StateError } from "../errors.js";
import type { Bytes } from "../formats/bytes.js";
import { writeSafetensors } from "../formats/safetensors.js";
import { definitionOf, type Flow, type Layer } from "../layers/layer.js";
import { requireInteger, requireKnownOptions } from "../shape.js";
import type { Parameter } from "../tensor/parameters.js";
import { DEFAULT_SEED, seedWords } from "../tensor/seed.js";
import { type Nested, Tensor } from "../tensor/tensor.js";
import { doorOf, enroll, Interior, outputOf, readFor, VALUES } from "./interior.js";
import {
  batchOfOne,
  enter,
  inputOptionNames,
  type PredictOptions,
  predictAll,
  requireAnswerSteps,
  requireSteps,
  requireWidth,
} from "./predict.js";
import { openSession, type Session } from "./session.js";
import { requireStates } from "./states.js";
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
   * @param specification a layer, such as `sequential(lstm(32), lastStep(), dense(1))`, or an architecture, such as `manyToOne({ … })`
   * @param options `inputSize`: features a step, default those of the first data; `seed` of the initial values, default 1
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
      interior: () => this.#known("this call"),
      output: (input, states) => this.#outputFor(input, states),
      adapt: (input) => this.#adapt(input),
    });
  }

  /** The parameters, in the order of the network; each gives copies only. @throws StateError before sizes are known */
  get parameters(): Parameter[] {
    return this.#known("parameters").parameters.handles();
  }

  /**
   * The output for one sequence.
   * @param sequence [time, inputSize], or [time] where inputSize is 1 or tokens are read; [inputSize] or a token for a network
   *   that reads a single step
   * @param options `steps`: most steps of the answer, where the network answers at steps of its own
   * @returns [width] for a network that ends with one answer, [time, width] for one that answers at every step
   * @throws ShapeError, ArgumentError when the input does not fit or is not finite
   */
  predict(sequence: Nested | Tensor, options: Pick<PredictOptions, "steps"> = {}): Tensor {
    requireKnownOptions("predict", options, ["steps"]);
    const { reads } = definitionOf(this.specification);
    const output = this.predictBatch(batchOfOne(sequence, reads?.(this.specification.config)), options);
    return new Tensor(output.data, output.shape.slice(1));
  }

  /**
   * The outputs for many sequences, each the same bits as alone.
   * @param input [batch, time, inputSize], or a list of [time, inputSize] of any lengths; tokens [batch, time]; for a network
   *   that reads a single step [batch, inputSize]
   * @param options `lengths` of padded sequences, `mask` [batch, time] of steps that count, `initialState` by layer path,
   *   `steps`: most steps of the answers, where the network answers at steps of its own
   * @returns [batch, width], or [batch, time, width] with the steps of the longest sequence and zeros beyond each one's end
   * @throws ShapeError, ArgumentError when the input does not fit or is not finite
   */
  predictBatch(input: SequencesLike, options: PredictOptions = {}): Tensor {
    this.#requireLife();
    requireKnownOptions("predictBatch", options, [...inputOptionNames, "steps"]);
    const { steps, ...others } = options;
    requireAnswerSteps("predictBatch", this.specification, steps);
    const { interior, given } = enter(doorOf(this), "predictBatch", input, others);
    return predictAll(interior, given, undefined, undefined, steps);
  }

  /**
   * A stream that the model follows step by step, from its beginning or from where a snapshot stands.
   *
   * @param bytes what `session.snapshot()` gave; null or undefined, as a store gives it that has none, starts fresh
   * @throws ArgumentError when the network needs more than the past and the present (bidirectional and reverse layers, `mean`,
   *   `max`), or `bytes` are no bytes; FormatError when they are damaged or no snapshot; StateError when they belong to other
   *   weights, or before sizes are known
   */
  session(bytes?: Uint8Array | ArrayBuffer | null): Session {
    return openSession(this.#known("session"), bytes);
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
   * The model as one safetensors file: weights by name; in the metadata its specification, what is frozen, and what
   * `setRates` gave.
   *
   * @param options `vectors`: inputs, by name or a single one, that the file carries with the outputs they must give (those
   * of this model, where no others are recorded), so that `loadModel(bytes, { verify: true })` proves itself
   * @throws StateError before sizes are known; ShapeError, ArgumentError when a test vector does not fit
   */
  save(options: SaveOptions = {}): Bytes {
    requireKnownOptions("save", options, ["vectors"]);
    const { inputSize, parameters } = this.#known("save");
    const tensors = new Map(this.parameters.map((parameter) => [parameter.name, parameter.read()]));
    const own = { format: FORMAT, kind: "model", network: this.specification, inputSize, seed: this.#seed };
    const frozen = parameters.entries.filter(({ isFrozen }) => isFrozen).map(({ name }) => name);
    const rates = parameters.rates();
    const content = {
      ...own,
      ...(frozen.length > 0 && { frozen }),
      ...(rates.length > 0 && { rates }),
    };
    if (options.vectors === undefined) return writeSafetensors(tensors, { recurve: JSON.stringify(content) });
    const recorded = vectorTensors(
      options.vectors,
      (input) => readFor(this.specification, input),
      (input, lengths) => this.predictBatch(input, { lengths }),
    );
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

  /** `dispose()`, for `using`. */
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
  #outputFor(given: Sequences, states?: GivenStates): Flow {
    this.#requireLife();
    const input = readFor(this.specification, given);
    requireSteps(input, this.specification);
    const width = input.width || this.#known("an input without any step").inputSize;
    const flow: Flow = { width, each: "step" };
    if (states !== undefined) requireStates("initialState", this.specification, flow, states);
    const known = this.#interior;
    if (known === undefined) return outputOf(this.specification, flow);
    if (input.width > 0) requireWidth(known, input);
    return known.output;
  }

  /** The interior for an input: made now if its width was not known before. */
  #adapt(given: Sequences): Interior {
    this.#outputFor(given);
    return this.#interior ?? this.#build(readFor(this.specification, given).width);
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
