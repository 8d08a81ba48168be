import type { States, StatesLike } from "../data/givenStates.js";
import { paddingMask } from "../data/paddingMask.js";
import type { SequencesLike } from "../data/sequences.js";
import { ArgumentError, ShapeError } from "../errors.js";
import type { KerasRepeat, KerasStateLink } from "../formats/kerasPart.js";
import { show } from "../shape.js";
import { type Nested, Tensor, tensor } from "../tensor/tensor.js";
import type { Model } from "./model.js";
import { run } from "./run.js";

/** A network of a Keras model, and how it hangs together with the others. */
export interface KerasNetwork {
  /** The network itself, to predict, stream, train and save like any other. */
  readonly model: Model;
  /** Which of the model's inputs it reads, from 0; or the row that it reads at every step. */
  readonly input: number | KerasRepeat;
  /** Of a network that masks its input: `paddingMask(input, maskValue)` is the mask that its `model` wants. */
  readonly maskValue: number | undefined;
  /**
   * Whether Keras hands on zeros at masked steps, as its `Bidirectional` does: `predictBatch` gives what becomes of them, the
   * `model` alone what the state before gives.
   */
  readonly isZeroWhereMasked: boolean;
  /** The states it begins with, and where they come from: final states of networks before it, or inputs. */
  readonly begins: readonly KerasStateLink[];
}

/**
 * A Keras model as networks of this library: what `loadKeras` gives. Most are a single network, `model`; an encoder–decoder
 * is two, the encoder's final states being the initial ones of the decoder; so is an autoencoder, whose second network reads the row that
 * the first gives at every step (`RepeatVector`).
 *
 * @example
 * const translator = loadKeras(translatorJson, translatorBin);
 * translator.predictBatch(source, decoderInput).shape;   // [2, 4, 5]
 * const files = translator.networks.map(({ model }) => model.save());
 */
export class KerasModel {
  /** Names of the inputs, in the order in which `predictBatch` takes them. */
  readonly inputs: readonly string[];
  /** The networks in the order in which they run; the last gives the output. */
  readonly networks: readonly KerasNetwork[];

  /** @internal */
  constructor(inputs: readonly string[], networks: readonly KerasNetwork[]) {
    this.inputs = inputs;
    this.networks = networks;
  }

  /** The network that gives the output. A mask and initial states are the caller's affair there. */
  get model(): Model {
    return (this.networks.at(-1) as KerasNetwork).model;
  }

  /**
   * What Keras's `predict` gives, its first output where there are several: masks are computed from the inputs, and states
   * handed on. Final states, which may be the others, are what `run` gives of the `model`.
   *
   * @param inputs one for each of Keras's inputs: [batch, time, features], tokens [batch, time], states [batch, units]
   * @returns [batch, width], or [batch, time, width]
   * @throws ShapeError, ArgumentError when the inputs do not fit, StateError after `dispose`
   */
  predictBatch(...inputs: readonly SequencesLike[]): Tensor {
    if (inputs.length !== this.inputs.length) {
      throw new ArgumentError(
        `this model has ${this.inputs.length} inputs (${this.inputs.join(", ")}), received ${inputs.length}.`,
      );
    }
    const finals: States[] = [];
    const outputs: Tensor[] = [];
    for (const { model, input, maskValue, isZeroWhereMasked, begins } of this.networks) {
      const given =
        typeof input === "number" ? (inputs[input] as SequencesLike) : this.#repeated(input, inputs, outputs);
      const mask = maskValue === undefined ? undefined : paddingMask(given, maskValue);
      const options = {
        ...(mask !== undefined && { mask }),
        ...(begins.length > 0 && { initialState: initialStates(begins, finals, inputs) }),
      };
      const result = run(model, given, options);
      finals.push(result.finalState);
      outputs.push(result.output);
      if (mask !== undefined && isZeroWhereMasked) clearMasked(result.output, model, given, [mask].flat());
    }
    return outputs.at(-1) as Tensor;
  }

  /** Rows [batch, features] as sequences whose steps are all alike. */
  #repeated(from: KerasRepeat, inputs: readonly SequencesLike[], outputs: readonly Tensor[]): Tensor {
    const rows = "input" in from ? tensor(inputs[from.input] as Nested) : (outputs[from.network] as Tensor);
    const { data, shape } = rows;
    // The output of a network that is repeated has been known to be such rows since it was read.
    if ("input" in from && shape.length !== 2)
      throw new ShapeError(
        `input "${this.inputs[from.input]}" of this model must be [batch, features], received ${show(shape)}.`,
      );
    const [count, width] = shape as [number, number];
    const repeated = new Tensor(new Float32Array(from.times * data.length), [count, from.times, width]);
    for (let step = 0; step < count * from.times; step++) {
      const row = Math.floor(step / from.times) * width;
      repeated.data.set(data.subarray(row, row + width), step * width);
    }
    return repeated;
  }

  /** Gives the memory of all networks back. */
  dispose(): void {
    for (const { model } of this.networks) model.dispose();
  }

  /** `dispose()`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Gives masked steps [batch, time, width] what a network gives whose layers are all at 0: one that has read nothing. */
function clearMasked(output: Tensor, model: Model, given: SequencesLike, masks: readonly Tensor[]): void {
  const nothing = masks.map(({ data, shape }) => new Tensor(new Float32Array(data.length), shape));
  const [, steps, width] = output.shape as [number, number, number];
  const cleared = run(model, given, { mask: masks.length === 1 ? (nothing[0] as Tensor) : nothing }).output.data;
  masks.forEach(({ data }, index) => {
    data.forEach((isRead, step) => {
      const from = (index * steps + step) * width;
      if (isRead === 0) output.data.set(cleared.subarray(from, from + width), from);
    });
  });
}

function initialStates(
  begins: readonly KerasStateLink[],
  finals: readonly States[],
  inputs: readonly SequencesLike[],
): StatesLike {
  const given: Record<string, Record<string, Tensor>> = {};
  for (const { to, from } of begins) {
    const state = "input" in from ? inputs[from.input] : finals[from.network]?.[from.state.path]?.[from.state.name];
    given[to.path] = { ...given[to.path], [to.name]: state as Tensor };
  }
  return given;
}
