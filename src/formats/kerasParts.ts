import { FormatError } from "../errors.js";
import type { Layer } from "../layers/layer.js";
import { sequential } from "../layers/sequential.js";
import type { Json } from "./json.js";
import { KerasChain, type KerasState, type WeightPlace } from "./kerasChain.js";
import { addLayer } from "./kerasLayers.js";
import { type KerasLine, linesOf } from "./kerasLines.js";
import { KerasOptions } from "./kerasOptions.js";
import {
  FILE,
  INPUT,
  type KerasGraph,
  type KerasLayer,
  type KerasTensor,
  layerTitle,
  member,
} from "./kerasTopology.js";

/** Where a state comes from: the final state of a network that runs before, by its number, or an input of the model [batch, units]. */
export type KerasStateSource =
  | {
      /** Which network, from 0. */
      readonly network: number;
      /** Which of its final states. */
      readonly state: KerasState;
    }
  | {
      /** Which input, from 0. */
      readonly input: number;
    };

/** A state that a network begins with. */
export interface KerasStateLink {
  /** The state of one of its layers. */
  readonly to: KerasState;
  /** What it is given. */
  readonly from: KerasStateSource;
}

/** A chain of layers that reads one input of the model: all of most models, an encoder or a decoder of others. */
export interface KerasPart {
  readonly network: Layer;
  /** Features of its input. */
  readonly inputSize: number;
  /** Which of the model's inputs it reads. */
  readonly input: number;
  /** A step of the input all of whose features are this is masked; undefined where there is no mask. */
  readonly maskValue: number | undefined;
  /** Whether masked steps give what a row of zeros gives. */
  readonly isZeroWhereMasked: boolean;
  readonly begins: readonly KerasStateLink[];
  /** By Keras's names of layers. */
  readonly weights: ReadonlyMap<string, WeightPlace>;
  /** Paths of layers that training leaves alone. */
  readonly frozen: readonly string[];
}

/**
 * The parts of a model in the order in which they run; the last gives the output.
 * @throws FormatError naming every layer, option and connection that is not read
 */
export function partsOf(graph: KerasGraph, problems: string[]): readonly KerasPart[] {
  const parts = new PartReader(graph, problems).read();
  if (problems.length === 0) return parts;
  const lines = [...new Set(problems)].map((problem) => `\n  ${problem}.`);
  throw new FormatError(`${FILE} describes what is not read:${lines.join("")}`);
}

class PartReader {
  readonly #graph: KerasGraph;
  readonly #problems: string[];
  readonly #lines: readonly KerasLine[];
  readonly #parts: KerasPart[] = [];
  /** Parts by the lines they were made of, with what Keras knows of them; null while one is being made. */
  readonly #made = new Map<KerasLine, { readonly part: number; readonly chain: KerasChain } | null>();

  constructor(graph: KerasGraph, problems: string[]) {
    this.#graph = graph;
    this.#problems = problems;
    this.#lines = linesOf(graph, problems);
  }

  read(): readonly KerasPart[] {
    const { outputs, layers } = this.#graph;
    const [output, ...others] = outputs;
    const line = output && this.#lineOf(output.layer);
    if (output === undefined || others.some(({ layer, index }) => index === 0 || this.#lineOf(layer) !== line))
      return this.#none(
        `the model has ${outputs.length} outputs (${outputs.map(tensorTitle).join(", ")}): one is read, and states on its way`,
      );
    const last = layers.get(output.layer) as KerasLayer;
    if (line === undefined) return this.#none(`${layerTitle(last)}: the output comes from no input`);
    if (line.layers.at(-1) !== last)
      this.#problems.push(`${layerTitle(last)}: it is the output, but other layers read it too`);
    this.#make(line);
    const chain = this.#made.get(line)?.chain;
    if (chain !== undefined) this.#requireOutputs(output, others, chain);
    return this.#parts;
  }

  /** What `run` gives beside the output are the final states. The first of them is the output of a layer without steps. */
  #requireOutputs(output: KerasTensor, others: readonly KerasTensor[], chain: KerasChain): void {
    const isOutput = output.index === 0 || (output.index === 1 && chain.endsInState.has(output.layer));
    const strange = others.filter(({ layer, index }) => chain.states.get(layer)?.[index - 1] === undefined);
    for (const tensor of isOutput ? strange : [output, ...strange])
      this.#problems.push(`${tensorTitle(tensor)}: it is an output of the model, but not of its last layer`);
  }

  /** Where connections cannot be read, the problems of all layers are told nevertheless. */
  #none(problem: string): readonly KerasPart[] {
    this.#problems.push(problem);
    for (const layer of this.#graph.layers.values())
      if (layer.kind !== INPUT) addLayer(layer, this.#optionsOf(layer), new KerasChain());
    return [];
  }

  #optionsOf(layer: KerasLayer): KerasOptions {
    return new KerasOptions(layer, this.#graph.version, this.#problems);
  }

  #lineOf(name: string): KerasLine | undefined {
    return this.#lines.find(({ layers }) => layers.some((layer) => layer.name === name));
  }

  /** Makes a part after those whose states it begins with. */
  #make(line: KerasLine): void {
    if (this.#made.has(line)) return;
    this.#made.set(line, null);
    for (const source of line.layers.flatMap(({ inbound }) => inbound.slice(1))) {
      const other = this.#lineOf(source.layer);
      if (other !== undefined && other !== line) this.#make(other);
    }
    const chain = new KerasChain();
    const told = this.#problems.length;
    for (const layer of line.layers) addLayer(layer, this.#optionsOf(layer), chain);
    const begins = line.layers.flatMap((layer) => this.#beginsOf(layer, chain));
    const input = this.#inputOf(line, chain);
    // Keras sets masked steps to 0 on the way, which shows where no recurrent layer passes over them.
    if (chain.maskValue && chain.states.size === 0)
      this.#problems.push(
        `${layerTitle(line.input)}: it is masked by ${chain.maskValue}, but no recurrent layer reads it`,
      );
    // Nothing is left of layers that cannot be read, which needs no further word.
    if (chain.layers.length === 0 && this.#problems.length === told)
      this.#problems.push(`${layerTitle(line.input)}: no layer works on it`);
    if (this.#problems.length > 0) return;
    const { maskValue, isZeroWhereMasked, weights, frozen, layers } = chain;
    this.#made.set(line, { part: this.#parts.length, chain });
    const network = sequential(...layers);
    this.#parts.push({ network, ...input, maskValue, isZeroWhereMasked, begins, weights, frozen });
  }

  /** The states that a layer is given, in Keras's order. */
  #beginsOf(layer: KerasLayer, chain: KerasChain): KerasStateLink[] {
    const given = layer.inbound.slice(1);
    if (given.length === 0) return [];
    const slots = chain.states.get(layer.name) ?? [];
    if (slots.length !== given.length) {
      const states = slots.length === 0 ? "" : ` and ${slots.length} states`;
      this.#problems.push(`${layerTitle(layer)}: it reads ${given.length + 1} tensors, where one${states} can be read`);
      return [];
    }
    return slots.flatMap((to, index) => {
      const from = this.#sourceOf(given[index] as KerasTensor);
      // A part that cannot be read has no states, which needs no further word.
      if (from === undefined && this.#problems.length === 0)
        this.#problems.push(`${layerTitle(layer)}: it begins with what is no final state of another part`);
      return from === undefined ? [] : [{ to, from }];
    });
  }

  #sourceOf({ layer, index }: KerasTensor): KerasStateSource | undefined {
    if (this.#graph.layers.get(layer)?.kind === INPUT) return { input: this.#inputNumber(layer) };
    const line = this.#lineOf(layer);
    const made = line && this.#made.get(line);
    // What could not be read was told; the place of a state in it is unknown.
    if (made === undefined || made === null) return undefined;
    const place = index === 0 && made.chain.endsInState.has(layer) ? 0 : index - 1;
    const state = made.chain.states.get(layer)?.[place];
    return state && { network: made.part, state };
  }

  #inputNumber(name: string): number {
    const found = this.#graph.inputs.findIndex(({ layer }) => layer === name);
    if (found < 0) this.#problems.push(`"${name}" is read, but is no input of the model`);
    return found;
  }

  #inputOf({ input, layers }: KerasLine, chain: KerasChain): Pick<KerasPart, "input" | "inputSize"> {
    const shape = shapeOf(input) ?? shapeOf(layers[0] as KerasLayer);
    const width = chain.readsTokens ? 1 : shape?.[2];
    const axes = chain.readsTokens ? 2 : 3;
    if ((shape !== undefined && shape.length !== axes) || typeof width !== "number") {
      const wanted = chain.readsTokens ? "[batch, time]" : "[batch, time, features]";
      this.#problems.push(`${layerTitle(input)}: its shape is ${JSON.stringify(shape ?? null)}, ${wanted} is read`);
    }
    return { input: this.#inputNumber(input.name), inputSize: width as number };
  }
}

/** `lstm`, `lstm state 1`. */
function tensorTitle({ layer, index }: KerasTensor): string {
  return index === 0 ? layer : `${layer} state ${index}`;
}

/** The shape of what a first layer reads, with the axis of the batch. */
function shapeOf({ config }: Pick<KerasLayer, "config">): Json[] | undefined {
  const own = member(config, "batch_input_shape") ?? member(config, "batch_shape");
  if (Array.isArray(own)) return own;
  const inner = member(config, "layer");
  const inside = inner instanceof Map ? member(inner, "config") : undefined;
  return inside instanceof Map ? shapeOf({ config: inside }) : undefined;
}
