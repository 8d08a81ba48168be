import { FormatError } from "../errors.js";
import { Message } from "./onnxMessage.js";
import { type OnnxTensor, readTensor, typeName } from "./onnxTensor.js";
import { Wire, type WireField } from "./onnxWire.js";

/** The value of an attribute; undefined for kinds that nobody here reads (graphs, types). */
export type OnnxAttribute = number | string | readonly number[] | readonly string[] | OnnxTensor | undefined;

/** An operator of a graph. A name "" among its inputs is an input left out. */
export interface OnnxNode {
  readonly operator: string;
  /** "" for ONNX's own operators. */
  readonly domain: string;
  readonly name: string;
  /** Path of the module that it comes from, "" the whole network; undefined where the file says none. */
  readonly scope?: string;
  /** Class of that module: `torch.nn.modules.rnn.LSTM`. */
  readonly module?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** What goes into a graph, or comes out of it. */
export interface OnnxPlace {
  readonly name: string;
  /** Element type for people: `F32`, `I64`. */
  readonly type: string;
  /** Sizes of the axes; undefined where one is open, or the file says nothing of the axes. */
  readonly sizes?: readonly (number | undefined)[];
}

/** A graph with the values of its constants. */
export interface OnnxGraph {
  /** Length of the file and those beside it. */
  readonly bytes: number;
  /** Version of ONNX's own operators. */
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxPlace[];
  readonly outputs: readonly OnnxPlace[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
}

/** Version from which values are spread to a common shape as everywhere since. */
const OLDEST = 7;

/**
 * Reads a `ModelProto` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto); numbers below are those of its fields.
 * @param owner the function that reads it
 * @param given the files that it was given beside this one
 * @throws FormatError with the byte position where the file is damaged, when it holds no graph, or names files that are not there
 */
export function readOnnxFile(bytes: Uint8Array, owner: string, given: unknown): OnnxGraph {
  const file = "ONNX file";
  const wire = new Wire(bytes, file);
  const fields = wire.fields({ start: 0, end: bytes.length });
  const graph = fields.find(({ number }) => number === 7);
  if (graph === undefined) throw new FormatError(`${file}: it holds no graph. Is it ONNX?`);
  const opset = fields
    .filter(({ number }) => number === 8)
    .flatMap((field) => ownVersion(wire, field))
    .at(-1);
  if (opset === undefined || opset < OLDEST)
    throw new FormatError(
      `${file}: read are operators of version ${OLDEST} and later, these are of ${opset ?? "none"}.`,
    );
  const parts = readGraph(wire, graph);
  wire.outside.open(given, { owner, file });
  return { bytes: bytes.length + wire.outside.bytes, opset, ...parts };
}

function readGraph(wire: Wire, graph: WireField): Omit<OnnxGraph, "bytes" | "opset"> {
  const message = new Message(wire, graph);
  if (message.all(15).length > 0) throw new FormatError(`${wire.file}: sparse initializers are not read.`);
  const tensors = message.all(5).map((part) => readTensor(wire, part));
  return {
    nodes: message.all(1).map((part) => readNode(wire, part)),
    inputs: message.all(11).map((part) => readPlace(wire, part)),
    outputs: message.all(12).map((part) => readPlace(wire, part)),
    initializers: new Map(tensors.map((tensor) => [tensor.name, tensor])),
  };
}

/** The version of an operator set, if it is ONNX's own. */
function ownVersion(wire: Wire, field: WireField): number[] {
  const message = new Message(wire, field);
  return isOwn(message.text(1)) ? [message.integer(2)] : [];
}

function isOwn(domain: string): boolean {
  return domain === "" || domain === "ai.onnx";
}

function readNode(wire: Wire, field: WireField): OnnxNode {
  const message = new Message(wire, field);
  const domain = message.text(7);
  const notes = message.entries(9);
  const [scope, module] = ["name_scopes", "class_hierarchy"].map((key) =>
    innermost(notes.get(`pkg.torch.onnx.${key}`)),
  );
  return {
    operator: message.text(4),
    domain: isOwn(domain) ? "" : domain,
    name: message.text(3),
    ...(scope !== undefined && { scope }),
    ...(module !== undefined && { module }),
    inputs: message.texts(1),
    outputs: message.texts(2),
    attributes: new Map(message.all(5).map((part) => readAttribute(wire, part))),
  };
}

/** Of a list in Python, in which PyTorch notes the modules around an operator and last itself: `['', 'rnn', 'lstm']`. */
function innermost(list: string | undefined): string | undefined {
  return [...(list ?? "").matchAll(/'([^']*)'/g)].at(-2)?.[1];
}

/** Fields of an attribute by its kind: f, i, s, t, floats, ints, strings. */
function readAttribute(wire: Wire, field: WireField): [string, OnnxAttribute] {
  const message = new Message(wire, field);
  const kind = message.integer(20) || kindOf(message);
  const [float, tensor] = [message.last(2), message.last(5)];
  const values: Readonly<Record<number, () => OnnxAttribute>> = {
    1: () => float && wire.floats(float)[0],
    2: () => message.integer(3),
    3: () => message.text(4),
    4: () => tensor && readTensor(wire, tensor),
    6: () => message.all(7).flatMap((part) => wire.floats(part)),
    7: () => message.all(8).flatMap((part) => wire.integers(part)),
    8: () => message.texts(9),
  };
  // A number that is 0 need not be written.
  return [message.text(1), values[kind]?.() ?? (kind === 1 ? 0 : undefined)];
}

/** The kind of an attribute that does not say it, as those of the oldest files: by the field that is there. */
function kindOf(message: Message): number {
  const fields = [
    [2, 1],
    [3, 2],
    [4, 3],
    [5, 4],
    [7, 6],
    [8, 7],
    [9, 8],
  ] as const;
  return fields.find(([number]) => message.last(number) !== undefined)?.[1] ?? 0;
}

function readPlace(wire: Wire, field: WireField): OnnxPlace {
  const message = new Message(wire, field);
  const type = message.last(2);
  const tensor = type && new Message(wire, type).last(1);
  const own = tensor && new Message(wire, tensor);
  const shape = own?.last(2);
  const sizes = shape && new Message(wire, shape).all(1).map((part) => new Message(wire, part).integer(1));
  return {
    name: message.text(1),
    type: own === undefined ? "no tensor" : typeName(own.integer(1)),
    // An axis that is named, or not said, has no size.
    ...(sizes === undefined ? {} : { sizes: sizes.map((size) => (size > 0 ? size : undefined)) }),
  };
}
