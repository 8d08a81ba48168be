import {
  embedding as embed,
  importWeights,
  type Layer,
  Model,
  readSafetensors,
  sequential,
  type Tensor,
} from "../../src/index.js";
import type { ReferenceCase } from "../support/fixtures.js";
import type { Numbers, RecurrentRun } from "../support/subjectContract.js";
import type { Engine } from "./engine.js";
import { denseLayer, layerName, type RecurrentModule, recurrentLayers } from "./stateDictShape.js";

/** What a state dict holds: an embedding, recurrent layers, dense layers, by PyTorch's names. */
export interface StateDictPlan {
  /** What the names begin with. */
  readonly prefix?: string;
  readonly embedding?: { readonly vocabulary: number; readonly size: number };
  readonly rnn: RecurrentModule;
  readonly inputSize: number;
  /** Names of the dense layers. */
  readonly dense: readonly string[];
}

/** Values in an engine's numbers and their width, [rows, width]. */
interface Flat<A extends Numbers> {
  readonly values: A;
  readonly width: number;
}

/** The sequences that a stack runs over. */
export interface StackRun<A extends Numbers> extends Flat<A> {
  readonly batch: number;
  readonly steps: number;
  readonly lengths?: readonly number[];
  /** For each layer and direction, one [B, P] or [B, H] for each state. */
  readonly initial?: readonly (readonly A[])[];
}

/** A network whose weights `importWeights` has read from the state dict of a case, computed by an engine. */
export class ImportedStack<A extends Numbers> {
  readonly #engine: Engine<A>;
  readonly #plan: StateDictPlan;
  readonly #weights: ReadonlyMap<string, Tensor>;

  constructor(reference: ReferenceCase, engine: Engine<A>, plan: StateDictPlan) {
    this.#engine = engine;
    this.#plan = plan;
    using model = new Model(networkOf(reference, plan), {
      inputSize: plan.embedding === undefined ? plan.inputSize : 1,
    });
    importWeights(model, readSafetensors(reference.weights()), { from: "pytorch", prefix: plan.prefix ?? "" });
    this.#weights = new Map(model.parameters.map((parameter) => [parameter.name, parameter.read()]));
  }

  /** The embedding of tokens [count]: an engine has no part in copying rows. */
  embed(tokens: ArrayLike<number>): Flat<A> {
    const { size } = this.#plan.embedding as { size: number };
    const table = this.#numbers("embedding.weight");
    const rows = Float64Array.from({ length: tokens.length * size }, (_, at) => {
      return table[tokens[Math.floor(at / size)] * size + (at % size)];
    });
    return { values: this.#engine.numbers(rows), width: size };
  }

  /** A dense layer on every row. */
  dense(name: string, { values, width }: Flat<A>, activation?: string): Flat<A> {
    const rows = values.length / width;
    const bias = this.#weights.has(`${name}.bias`) ? { bias: this.#numbers(`${name}.bias`) } : {};
    const weights = { weight: this.#numbers(`${name}.weight`), ...bias };
    const units = weights.weight.length / width;
    const own = activation === undefined ? {} : { activation };
    return {
      values: this.#engine.subject.runDense({ inputSize: width, units, weights, x: values, rows, ...own }).output,
      width: units,
    };
  }

  /** All recurrent layers: the output of the last, and the final states of each layer and direction. */
  recurrent(run: StackRun<A>): Flat<A> & { readonly finals: (readonly A[])[] } {
    const { layers, units, projectionSize: width = units, isBidirectional } = this.#plan.rnn;
    const directions = isBidirectional ? 2 : 1;
    const finals: (readonly A[])[] = [];
    let flow: Flat<A> = run;
    for (let layer = 0; layer < layers; layer++) {
      const outputs = Array.from({ length: directions }, (_, direction) => {
        const initial = run.initial?.[layer * directions + direction];
        const result = this.#engine.subject.runRecurrent({
          ...this.#layerRun(layer, direction, flow, run),
          ...(initial === undefined ? {} : { initial }),
        });
        finals.push(result.final);
        return result.output;
      });
      flow = { values: sideBySide(outputs, width, this.#engine), width: width * directions };
    }
    return { ...flow, finals };
  }

  #layerRun(layer: number, direction: number, flow: Flat<A>, { batch, steps, lengths }: StackRun<A>): RecurrentRun<A> {
    const { name, cell, units, projectionSize, activation, hasBias } = this.#plan.rnn;
    const path = layerName(name, layer);
    const suffix = direction === 1 ? "_l0_reverse" : "_l0";
    const parts = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"].filter((part) =>
      this.#weights.has(`${path}.${part}${suffix}`),
    );
    return {
      cell,
      inputSize: flow.width,
      units,
      ...(projectionSize === undefined ? {} : { projectionSize }),
      ...(activation === undefined ? {} : { options: { activation } }),
      bias: hasBias,
      reverse: direction === 1,
      weights: Object.fromEntries(parts.map((part) => [part, this.#numbers(`${path}.${part}${suffix}`)])),
      x: flow.values,
      batch,
      steps,
      ...(lengths === undefined ? {} : { lengths }),
    };
  }

  #numbers(name: string): A {
    const found = this.#weights.get(name);
    if (found === undefined) throw new Error(`no weights "${name}" were imported`);
    return this.#engine.numbers(found.data);
  }
}

function networkOf(reference: ReferenceCase, { prefix, embedding, rnn, dense: heads }: StateDictPlan): Layer {
  const table = embedding === undefined ? [] : [embed(embedding.vocabulary, embedding.size, { name: "embedding" })];
  const ends = heads.map((name) => denseLayer(reference, name, prefix));
  return sequential(...table, ...recurrentLayers(rnn), ...ends);
}

/** Parts [rows, width] side by side. */
function sideBySide<A extends Numbers>(parts: readonly A[], width: number, { numbers }: Engine<A>): A {
  const total = width * parts.length;
  const values = Float64Array.from({ length: parts[0].length * parts.length }, (_, index) => {
    const [row, column] = [Math.floor(index / total), index % total];
    return parts[Math.floor(column / width)][row * width + (column % width)];
  });
  return numbers(values);
}
