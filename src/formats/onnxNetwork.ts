import { ArgumentError, FormatError } from "../errors.js";
import { MOST_AXES, openSizes } from "./onnxAxes.js";
import type { OnnxConstant } from "./onnxConstant.js";
import type { OnnxGraph, OnnxNode, OnnxPlace } from "./onnxFile.js";
import { folds } from "./onnxFold.js";
import { fused } from "./onnxFused.js";
import { isTracked } from "./onnxLayers.js";
import { nodeTitle } from "./onnxNode.js";
import { operators } from "./onnxOperators.js";
import type { Note, OnnxInput, OnnxLayer, OnnxOperator, OnnxValue, Tracked } from "./onnxValues.js";

/** Operators of quantized networks. */
const QUANTIZED = /quantize|integer|^qlinear/i;
const QUANTIZED_CURE = "(quantized; give the model from before quantization)";
const WHOLE_CURE = "(torch.onnx.export with dynamo=False writes it whole)";

/** Values that constants may be written out to, for each file and beyond one for each of its bytes. */
const ROOM = 0x1_0000;

/** What a graph comes to. */
export interface OnnxNetwork {
  readonly inputs: readonly OnnxInput[];
  /** Outputs by name, in the order of the file. */
  readonly outputs: ReadonlyMap<string, Tracked>;
}

/**
 * Follows a graph from its inputs to its outputs: what does not depend on them is computed, what does becomes layers.
 * @param wanted the only output that must be read; all where left out
 * @throws FormatError naming every operator and attribute that is not read, or what a node reads that nothing gives
 */
export function readOnnxNetwork(given: OnnxGraph, wanted?: string): OnnxNetwork {
  const graph = fused(given);
  const inputs = inputsOf(graph);
  const values = new Map<string, OnnxValue | undefined>(
    inputs.map((input) => [input.place.name, { kind: "given", input, axes: input.axes }]),
  );
  const names = graph.outputs.map(({ name }) => name);
  if (wanted !== undefined && !names.includes(wanted)) {
    const known = names.map((name) => `"${name}"`).join(", ");
    throw new ArgumentError(`the ONNX file has no output "${wanted}". Its outputs are ${known}.`);
  }
  const problems = new Set<string>();
  const must = neededFor(graph, wanted === undefined ? names : [wanted]);
  const note: Note = (node, what) => {
    if (!must.has(node)) return undefined;
    // Later versions of PyTorch have no operator for this one module, of all its recurrent ones.
    if (node.module === "torch.nn.modules.rnn.RNN") problems.add(`nn.RNN "${node.scope}" step by step ${WHOLE_CURE}`);
    else problems.add(what === "" ? nodeTitle(node) : `${nodeTitle(node)} ${what}`);
    return undefined;
  };
  requireShapes(graph, must);
  const walk = new Walk(graph, values, note);
  const needed = neededFor(graph, names);
  for (const node of graph.nodes) if (needed.has(node)) walk.visit(node);
  if (problems.size > 0)
    throw new FormatError(`ONNX file: not read ${problems.size === 1 ? "is" : "are"} ${[...problems].join("; ")}.`);
  const read = names.filter((name) => (wanted ?? name) === name || values.has(name));
  return { inputs, outputs: new Map(read.flatMap((name) => outputOf(graph, name, values))) };
}

/** What an output is, if it depends on the inputs. */
function outputOf(
  { initializers }: OnnxGraph,
  name: string,
  values: ReadonlyMap<string, OnnxValue | undefined>,
): [string, Tracked][] {
  const value = values.get(name);
  if (!values.has(name) && !initializers.has(name))
    throw new FormatError(`ONNX file: output "${name}" is given by no node.`);
  return isTracked(value) ? [[name, value]] : [];
}

/** @throws FormatError when an input that nodes read says nothing of its axes */
function requireShapes({ inputs, initializers }: OnnxGraph, nodes: ReadonlySet<OnnxNode>): void {
  const read = new Set([...nodes].flatMap((node) => node.inputs));
  const isBare = ({ name, sizes }: OnnxPlace) => sizes === undefined && read.has(name) && !initializers.has(name);
  const bare = inputs.find(isBare);
  if (bare === undefined) return;
  throw new FormatError(
    `ONNX file: input "${bare.name}" has no shape in the file. Export the model with the shapes of its inputs.`,
  );
}

/** Every layer of an output, or of the states in it. */
export function layersOf(value: Tracked): readonly OnnxLayer[] {
  if (value.kind === "given") return [];
  if (value.kind === "flow") return value.layers;
  if (value.kind === "shares") return value.scores.layers;
  return value.parts.reduce<readonly OnnxLayer[]>(
    (most, { layers }) => (layers.length > most.length ? layers : most),
    [],
  );
}

/** The inputs, but for those that are constants of the file. @throws FormatError when one has more axes than any tensor */
function inputsOf({ inputs, initializers }: OnnxGraph): OnnxInput[] {
  const next = openSizes();
  const axesOf = ({ name, sizes = [] }: OnnxPlace) => {
    if (sizes.length > MOST_AXES) throw new FormatError(`ONNX file: input "${name}" has ${sizes.length} axes.`);
    return sizes.map((given) => {
      const size = given ?? next();
      if (size === undefined) throw new FormatError("ONNX file: its inputs have too many axes without a size.");
      return [{ size, isOpen: given === undefined }];
    });
  };
  return inputs
    .filter(({ name }) => !initializers.has(name))
    .map((place) => ({ place, axes: axesOf(place), parts: [] }));
}

/** The nodes that outputs depend on. */
function neededFor({ nodes }: OnnxGraph, outputs: readonly string[]): Set<OnnxNode> {
  const givers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const found = new Set<OnnxNode>();
  const open = [...outputs];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = name === "" ? undefined : givers.get(name);
    if (node === undefined || found.has(node)) continue;
    found.add(node);
    for (const input of node.inputs) open.push(input);
  }
  return found;
}

/** Operators and the attributes that are read of each. */
type Table = Readonly<Record<string, { readonly attributes: readonly string[] }>>;

/** One operator after the other. */
class Walk {
  readonly #operators = operators();
  /** Values that constants may still be written out to. */
  #room: number;

  constructor(
    readonly graph: OnnxGraph,
    readonly values: Map<string, OnnxValue | undefined>,
    readonly note: Note,
  ) {
    this.#room = graph.bytes + ROOM;
  }

  visit(node: OnnxNode): void {
    const inputs = node.inputs.map((name) => (name === "" ? undefined : this.#value(node, name)));
    // What comes from an operator that is not read was noted there; this one may be none either.
    const isKnown = node.inputs.every((name, index) => name === "" || inputs[index] !== undefined);
    const found = isKnown ? this.#run(node, inputs) : undefined;
    if (!isKnown) this.#isRead(node, [folds, this.#operators]);
    const outputs = (Array.isArray(found) ? found : [found]) as (OnnxValue | undefined)[];
    node.outputs.forEach((name, index) => this.values.set(name, outputs[index]));
  }

  /** Whether a table reads the operator and all of its attributes; takes note where none does. */
  #isRead(node: OnnxNode, tables: readonly Table[]): boolean {
    const entries = tables.flatMap((table) => (Object.hasOwn(table, node.operator) ? [table[node.operator]] : []));
    const strange = [...node.attributes.keys()].filter(
      (name) => !entries.some((one) => one?.attributes.includes(name)),
    );
    if (node.domain !== "" || entries.length === 0)
      this.note(node, QUANTIZED.test(node.operator) ? QUANTIZED_CURE : "");
    else if (strange.length > 0) this.note(node, `with ${strange.join(", ")}`);
    else return true;
    return false;
  }

  #value(node: OnnxNode, name: string): OnnxValue | undefined {
    if (this.values.has(name)) return this.values.get(name);
    const found = this.graph.initializers.get(name)?.constant();
    if (found === undefined)
      throw new FormatError(`ONNX file: ${nodeTitle(node)} reads "${name}", which nothing before it gives.`);
    this.values.set(name, found);
    return found;
  }

  #run(node: OnnxNode, inputs: readonly (OnnxValue | undefined)[]): ReturnType<OnnxOperator["run"]> {
    const { note, graph } = this;
    const isConstant = !inputs.some(isTracked);
    if (!this.#isRead(node, [isConstant ? folds : this.#operators])) return undefined;
    if (!isConstant) return this.#operators[node.operator]?.run(node, inputs, note, graph.opset);
    const constants = inputs as readonly (OnnxConstant | undefined)[];
    const folded = folds[node.operator]?.run(node, constants, this.#room);
    const isNew = constants.every((value) => value?.values !== folded?.values);
    this.#room -= isNew ? (folded?.values.length ?? 0) : 0;
    if (this.#room < 0) return note(node, "of constants that take more room than the file");
    return folded ?? note(node, "of these constants");
  }
}
