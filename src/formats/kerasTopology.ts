import { FormatError } from "../errors.js";
import type { Json } from "./json.js";
import { arrayOf, FILE, hasInside, historyOf, type JsonObject, member, objectOf, textAt } from "./kerasJson.js";
import { maskGiven, maskMade, takesMask } from "./kerasMasks.js";

/** A tensor of a topology: what a layer gives, by its place; 0 is the output, states follow. */
export interface KerasTensor {
  readonly layer: string;
  readonly index: number;
}

/** A layer of a topology. */
export interface KerasLayer {
  readonly name: string;
  /** Its class: `LSTM`. */
  readonly kind: string;
  readonly config: JsonObject;
  /** What it reads: its input, then states to begin with. */
  readonly inbound: readonly KerasTensor[];
  /** The mask that it is called with, null for none; undefined where the file does not say. */
  readonly mask?: string | null | undefined;
}

/** A network as Keras describes it, Sequential ones included: layers by name and what they read. */
export interface KerasGraph {
  readonly layers: ReadonlyMap<string, KerasLayer>;
  readonly inputs: readonly KerasTensor[];
  readonly outputs: readonly KerasTensor[];
  /** Of Keras, as the file says it; "" where it does not. */
  readonly version: string;
}

/** The network of a `model.json`, or of Keras's own JSON. @param problems takes note of what is not read */
export function graphOf(root: JsonObject, problems: string[]): KerasGraph {
  if (member(root, "format") === "graph-model")
    throw new FormatError(`${FILE} is a graph of TensorFlow operations, not of layers: convert to tfjs_layers_model.`);
  const topology = objectOf(member(root, "model_topology") ?? root, "model_topology");
  const model = objectOf(member(topology, "model_config") ?? topology, "model_config");
  const kind = textAt(model, "class_name", "the model");
  const parts = Object.hasOwn(readers, kind) ? (readers[kind] as Reader) : undefined;
  if (parts === undefined)
    throw new FormatError(`${FILE}: the model is a ${kind}. Known are ${Object.keys(readers).join(", ")}.`);
  const { layers, inputs, outputs } = parts(member(model, "config"), problems);
  const byName = new Map<string, KerasLayer>();
  for (const layer of layers) {
    if (byName.has(layer.name)) throw new FormatError(`${FILE}: two layers are called "${layer.name}".`);
    byName.set(layer.name, layer);
  }
  for (const { layer } of [...inputs, ...outputs, ...layers.flatMap(({ inbound }) => inbound)])
    if (!byName.has(layer)) throw new FormatError(`${FILE} names a layer "${layer}" that it does not have.`);
  const version = member(topology, "keras_version") ?? member(root, "keras_version") ?? versionOf(model);
  return { layers: byName, inputs, outputs, version: typeof version === "string" ? version : "" };
}

/** Keras 3 leaves its number out, but says where classes live; so does 2.12, which calls the input's shape otherwise. */
function versionOf(model: JsonObject): string | undefined {
  const isNew = hasInside(model, "module") || hasInside(model, "registered_name");
  return isNew && !hasInside(model, "batch_input_shape") ? "3" : undefined;
}

interface Parts {
  readonly layers: readonly KerasLayer[];
  readonly inputs: readonly KerasTensor[];
  readonly outputs: readonly KerasTensor[];
}

type Reader = (config: Json | undefined, problems: string[]) => Parts;

const readers: Readonly<Record<string, Reader>> = {
  Sequential: readSequential,
  Model: readFunctional,
  Functional: readFunctional,
};

/** What a layer reads its input shape from is its own option there: an input of its name stands before the first one. */
function readSequential(config: Json | undefined): Parts {
  // Sequential ones inside it may name their inputs too.
  const entries = flattened(config).filter(({ kind }, at) => at === 0 || kind !== INPUT);
  const [first] = entries;
  if (first === undefined) throw new FormatError(`${FILE}: the Sequential model has no layers.`);
  const layers: KerasLayer[] = [];
  if (first.kind !== INPUT) layers.push({ ...first, name: `${first.name}_input`, kind: INPUT });
  for (const entry of entries) {
    const before = layers.at(-1);
    layers.push(before === undefined ? entry : { ...entry, inbound: [{ layer: before.name, index: 0 }] });
  }
  const ends = [layers[0], layers.at(-1)] as [KerasLayer, KerasLayer];
  const [inputs, outputs] = ends.map(({ name }) => [{ layer: name, index: 0 }]) as [KerasTensor[], KerasTensor[]];
  return { layers, inputs, outputs };
}

/** Class of the layers that stand for inputs. */
export const INPUT = "InputLayer";

/** Class of the layers that make steps of one row, all alike: what reads them is a chain of its own. */
export const REPEAT = "RepeatVector";

/** The layers of a Sequential model, those of Sequential ones inside it in their places. */
function flattened(config: Json | undefined): KerasLayer[] {
  const list = Array.isArray(config) ? config : member(objectOf(config, "config"), "layers");
  return arrayOf(list, "layers").flatMap((each) => {
    const entry = objectOf(each, "a layer");
    return textAt(entry, "class_name", "a layer") === "Sequential"
      ? flattened(member(entry, "config"))
      : [layerOf(entry, [])];
  });
}

function readFunctional(config: Json | undefined, problems: string[]): Parts {
  const model = objectOf(config, "config");
  const entries = arrayOf(member(model, "layers"), "layers");
  const [inputs, outputs] = [endsOf(model, "input_layers"), endsOf(model, "output_layers")];
  const masks = new Map<string, string>();
  const noted: string[] = [];
  const layers = layersOf(entries, masks, noted);
  // Where a mask is read as other tensors are, all that makes masks is told as what it is.
  if ([...outputs, ...layers.flatMap(({ inbound }) => inbound)].some(({ layer }) => masks.has(layer)))
    return { layers: layersOf(entries, undefined, problems), inputs, outputs };
  problems.push(...noted);
  return { layers, inputs, outputs };
}

/** The layers of a functional model. @param masks takes those that operations make, which are no layers then */
function layersOf(entries: readonly Json[], masks: Map<string, string> | undefined, problems: string[]): KerasLayer[] {
  return entries.flatMap((each) => {
    const entry = objectOf(each, "a layer");
    const plain = layerOf(entry, []);
    const nodes = arrayOf(member(entry, "inbound_nodes") ?? [], `inbound_nodes of "${plain.name}"`);
    const made = masks && nodes.length === 1 ? maskMade(plain, nodes[0], masks) : undefined;
    if (made !== undefined && !masks?.has(plain.name)) {
      masks?.set(plain.name, made);
      return [];
    }
    const layer = { ...plain, mask: maskGiven(nodes[0], masks ?? new Map()) };
    if (nodes.length > 1) problems.push(`${layerTitle(layer)}: it is used ${nodes.length} times`);
    return { ...layer, inbound: nodes.slice(0, 1).flatMap((node) => inboundOf(node, layer, problems)) };
  });
}

function layerOf(entry: JsonObject, inbound: readonly KerasTensor[]): KerasLayer {
  const kind = textAt(entry, "class_name", "a layer");
  const config = objectOf(member(entry, "config"), `config of a ${kind}`);
  const name = member(config, "name") ?? member(entry, "name") ?? nameInside(config);
  if (typeof name !== "string" || name === "") throw new FormatError(`${FILE}: a ${kind} has no name.`);
  return { name, kind, config, inbound };
}

/** Older files give a wrapper no name of its own. */
function nameInside(config: JsonObject): Json | undefined {
  const inner = member(config, "layer");
  const own = inner instanceof Map ? member(inner, "config") : undefined;
  return own instanceof Map ? member(own, "name") : undefined;
}

/**
 * `[["input", 0, 0, {}], ["encoder", 0, 1, {}]]`; states may also stand among the options of the first. Keras 3 has
 * `{ args: [tensor], kwargs: { initial_state: [tensor] } }`. A single state may stand there without a list.
 */
function inboundOf(node: Json, layer: KerasLayer, problems: string[]): KerasTensor[] {
  const owner = `inbound_nodes of "${layer.name}"`;
  const noteOptions = (options: Json | undefined): Json[] => {
    if (!(options instanceof Map)) return [];
    const given = member(options, "initial_state") ?? null;
    const states = isTensor(given) ? [given] : given;
    const isMask = typeof layer.mask === "string" && takesMask(layer.kind);
    for (const [name, value] of options)
      if (
        (value !== given || !Array.isArray(states)) &&
        value !== null &&
        value !== false &&
        !(isMask && name === "mask")
      )
        problems.push(`${layerTitle(layer)}: it is called with "${name}"`);
    return Array.isArray(states) ? states.flatMap(tensorsIn) : [];
  };
  // Operations on outputs, which Keras 3 lists among layers, also take numbers.
  const tensorsOf = (all: readonly Json[]): Json[] =>
    all.filter((each) => {
      const isTensor = typeof each === "object" && each !== null;
      if (!isTensor)
        problems.push(`${layerTitle(layer)}: it reads ${JSON.stringify(each)}, which is no output of a layer`);
      return isTensor;
    });
  const given =
    node instanceof Map
      ? [...tensorsOf(arrayOf(member(node, "args"), owner).flat(2)), ...noteOptions(member(node, "kwargs"))]
      : arrayOf(node, owner).flatMap((each) => [each, ...noteOptions(arrayOf(each, owner)[3])]);
  return given.map((each) => tensorOf(historyOf(each), owner));
}

/** Whether it is one tensor, and no list of them. */
function isTensor(given: Json): boolean {
  return given instanceof Map || (Array.isArray(given) && typeof given[0] === "string");
}

/** States lie in lists of their own where a layer has several cells. */
function tensorsIn(given: Json): Json[] {
  return Array.isArray(given) && !isTensor(given) ? given : [given];
}

/** A list of tensors, or, where there is one alone, itself. */
function endsOf(model: JsonObject, name: string): KerasTensor[] {
  const list = arrayOf(member(model, name), name);
  return isTensor(list) ? [tensorOf(list, name)] : list.flatMap(tensorsIn).map((each) => tensorOf(each, name));
}

function tensorOf(given: Json, owner: string): KerasTensor {
  const [layer, node, index] = arrayOf(given, owner);
  if (typeof layer !== "string" || typeof node !== "number" || typeof index !== "number")
    throw new FormatError(`${FILE}: ${owner} holds ${JSON.stringify(given)} where ["layer", node, index] is wanted.`);
  return { layer, index };
}

/** A layer as errors call it: `lstm_1 (LSTM)`. */
export function layerTitle({ name, kind }: Pick<KerasLayer, "name" | "kind">): string {
  return `${name} (${kind})`;
}
