import { FormatError } from "../errors.js";
import { activate } from "../layers/activate.js";
import { definitionOf } from "../layers/layer.js";
import { sequential } from "../layers/sequential.js";
import type { Json } from "./json.js";
import { KerasChain } from "./kerasChain.js";
import { addJoin, isJoin } from "./kerasJoins.js";
import { FILE, member } from "./kerasJson.js";
import { addLayer } from "./kerasLayers.js";
import { type KerasLine, type KerasStep, linesOf, statesOf } from "./kerasLines.js";
import { KerasOptions } from "./kerasOptions.js";
import type { KerasPart, KerasStateLink, KerasStateSource } from "./kerasPart.js";
import { INPUT, type KerasGraph, type KerasLayer, type KerasTensor, layerTitle, REPEAT } from "./kerasTopology.js";

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
    this.#requireOwnMasks();
    return this.#parts;
  }

  /** What `run` gives beside the output are the final states. The first of them is the output of a layer without steps. */
  #requireOutputs(output: KerasTensor, others: readonly KerasTensor[], chain: KerasChain): void {
    const isOutput = output.index === 0 || (output.index === 1 && chain.endsInState.has(output.layer));
    const strange = others.filter(({ layer, index }) => chain.states.get(layer)?.[index - 1] === undefined);
    for (const tensor of isOutput ? strange : [output, ...strange])
      this.#problems.push(`${tensorTitle(tensor)}: it is an output of the model, but not of its last layer`);
  }

  /** In TensorFlow.js, but not in Keras, a mask stays in force for recurrent layers that run later and have none. */
  #requireOwnMasks(): void {
    if (!this.#graph.version.startsWith("tfjs")) return;
    const made = [...this.#made].flatMap(([{ input }, own]) => (own === null ? [] : { input, ...own }));
    const [masked] = made.filter(({ part, chain }) => part < made.length - 1 && chain.maskValue !== undefined);
    const [bare] = made.filter(({ chain }) => chain.maskValue === undefined).flatMap(({ chain }) => [...chain.states]);
    if (masked !== undefined && bare !== undefined)
      this.#problems.push(
        `${bare[0]}: TensorFlow.js gives it the mask of "${masked.input.name}", but Keras none: with a keras_version of Keras's it is read as there`,
      );
  }

  /** Where connections cannot be read, the problems of all layers are told nevertheless. */
  #none(problem: string): readonly KerasPart[] {
    this.#problems.push(problem);
    for (const layer of this.#graph.layers.values())
      if (layer.kind !== INPUT && layer.kind !== REPEAT && !isJoin(layer.kind))
        addLayer(layer, this.#optionsOf(layer), new KerasChain());
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
    for (const source of [...line.input.inbound, ...line.layers.flatMap(statesOf)]) {
      const other = this.#lineOf(source.layer);
      if (other !== undefined && other !== line) this.#make(other);
    }
    const chain = new KerasChain(this.#graph.outputs[0]?.layer);
    const told = this.#problems.length;
    this.#add(line.steps, chain);
    chain.requireScaled();
    const begins = line.layers.flatMap((layer) => this.#beginsOf(layer, chain));
    const input = this.#inputOf(line, chain);
    this.#requireShown(line, chain);
    // Nothing is left of layers that cannot be read, which needs no further word.
    if (chain.layers.length === 0 && this.#problems.length === told)
      this.#problems.push(`${layerTitle(line.input)}: no layer works on it`);
    if (this.#problems.length > 0) return;
    const { weights, scales, frozen, layers } = chain;
    const isIdle = chain.maskUse.has(false);
    const maskValue = isIdle ? undefined : chain.maskValue;
    const isZeroWhereMasked = !isIdle && chain.isMasked && chain.shown.has("zero");
    this.#made.set(line, { part: this.#parts.length, chain });
    const network = sequential(...layers);
    this.#parts.push({ network, ...input, maskValue, isZeroWhereMasked, begins, weights, scales, frozen });
  }

  #add(steps: readonly KerasStep[], chain: KerasChain): void {
    for (const { layer, ways } of steps) {
      const options = this.#optionsOf(layer);
      if (!isJoin(layer.kind)) addLayer(layer, options, chain);
      else {
        chain.requireScaled();
        addJoin(
          layer.kind,
          options,
          chain,
          ways.map((way) => this.#wayOf(way, chain)),
        );
      }
    }
  }

  #wayOf(steps: readonly KerasStep[], chain: KerasChain): KerasChain {
    const way = chain.way();
    this.#add(steps, way);
    way.requireScaled();
    // Layers without effect, or that are not read, are a way nevertheless.
    if (steps.length > 0 && way.layers.length === 0) way.push(activate("linear"));
    return way;
  }

  /** Masked steps that show in an output must all be of one kind. Keras itself sets those of the input to 0 on the way. */
  #requireShown({ input }: KerasLine, { isMasked, maskValue, maskUse, shown }: KerasChain): void {
    if (maskValue && maskUse.has(false))
      this.#problems.push(
        `${layerTitle(input)}: steps masked by ${maskValue} reach layers that are called without mask`,
      );
    if (!isMasked) return;
    if (maskValue && shown.has("input"))
      this.#problems.push(`${layerTitle(input)}: steps masked by ${maskValue} reach the output past recurrent layers`);
    if (shown.has("zero") && shown.has("state"))
      this.#problems.push(`${layerTitle(input)}: at its masked steps some layers give 0, others the state before`);
  }

  /** The states that a layer is given, in Keras's order. */
  #beginsOf(layer: KerasLayer, chain: KerasChain): KerasStateLink[] {
    const given = statesOf(layer);
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
    if (input.kind === REPEAT) return this.#repeated(input, chain);
    const shape = shapeOf(input) ?? shapeOf(layers[0] as KerasLayer);
    const width = chain.readsTokens ? 1 : shape?.[2];
    const axes = chain.readsTokens ? 2 : 3;
    if ((shape !== undefined && shape.length !== axes) || typeof width !== "number") {
      const wanted = chain.readsTokens ? "[batch, time]" : "[batch, time, features]";
      this.#problems.push(`${layerTitle(input)}: its shape is ${JSON.stringify(shape ?? null)}, ${wanted} is read`);
    }
    return { input: this.#inputNumber(input.name), inputSize: width as number };
  }

  /** What a layer repeats: an input of the model [batch, features], or the output of a part without steps. */
  #repeated(layer: KerasLayer, chain: KerasChain): Pick<KerasPart, "input" | "inputSize"> {
    const options = this.#optionsOf(layer);
    const times = options.number("n");
    options.close();
    if (!Number.isInteger(times) || times < 1) options.note(`option n must be a number of steps, found ${times}`);
    if (chain.readsTokens) options.note("what is repeated is read as tokens");
    const [from] = layer.inbound as [KerasTensor];
    const source = this.#graph.layers.get(from.layer) as KerasLayer;
    if (source.kind === INPUT) {
      const [, width, ...more] = shapeOf(source) ?? [];
      if (typeof width !== "number" || more.length > 0) options.note("it repeats what is not [batch, features]");
      return { input: { times, input: this.#inputNumber(source.name) }, inputSize: width as number };
    }
    const line = this.#lineOf(source.name);
    const made = line && this.#made.get(line);
    if (made === undefined || made === null) {
      // A part that could not be read was told.
      if (this.#problems.length === 0) options.note("it repeats what is no output of another part");
      return { input: 0, inputSize: 1 };
    }
    if (made.chain.hasSteps || from.index !== 0) options.note("it repeats what is not one row for each sequence");
    const { network, inputSize } = this.#parts[made.part] as KerasPart;
    const { width } = definitionOf(network).output(network.config, { width: inputSize, each: "step" });
    return { input: { times, network: made.part }, inputSize: width };
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
