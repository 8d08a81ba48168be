/** A writer of ONNX files for the tests, apart from the library's reader; numbers are those of the fields in onnx.proto. */

/** Values of a tensor: floats, or whole numbers of 64 bits. */
export interface Constant {
  readonly shape: readonly number[];
  readonly values: Float32Array | readonly number[];
}

/** A value of an attribute: a decimal number is written as `{ float }`. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | Constant
  | { readonly float: number }
  | { readonly floats: readonly number[] };

export interface WrittenNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly name?: string;
  readonly domain?: string;
  /** Modules around it, as PyTorch notes them. */
  readonly scopes?: readonly string[];
  /** Their classes. */
  readonly modules?: readonly string[];
}

/** Sizes of an input, names for open ones, and its element type: 1 float32, 6 int32, 7 int64. */
export interface WrittenPlace {
  readonly name: string;
  readonly type?: number;
  readonly axes: readonly (number | string)[];
}

export interface WrittenGraph {
  readonly opset?: number;
  readonly inputs: readonly WrittenPlace[];
  readonly outputs: readonly string[];
  readonly nodes: readonly WrittenNode[];
  readonly constants: Readonly<Record<string, Constant>>;
}

/** Where a constant lies in another file, entry by entry. */
export type Outside = Readonly<Record<string, string>>;

type Bytes = readonly number[];

/** The largest whole number of 64 bits, which stands for "to the end"; the float64 beside it is one more. */
const LARGEST = 2n ** 63n - 1n;

/** A whole number without the field before it, as packed lists have them. */
export function varint(value: number): Bytes {
  const bytes: number[] = [];
  const exact = BigInt(value);
  let left = BigInt.asUintN(64, exact > LARGEST ? LARGEST : exact);
  do {
    bytes.push(Number(left & 0x7fn) | (left > 0x7fn ? 0x80 : 0));
    left >>= 7n;
  } while (left > 0n);
  return bytes;
}

/** A field of a whole number. */
export function whole(field: number, value: number): Bytes {
  return [...varint(8 * field), ...varint(value)];
}

/** A field of a counted run: a text, a message, raw bytes. */
export function run(field: number, bytes: ArrayLike<number>): Bytes {
  return [...varint(8 * field + 2), ...varint(bytes.length), ...Array.from(bytes)];
}

export function text(field: number, value: string): Bytes {
  return run(field, new TextEncoder().encode(value));
}

function float(field: number, value: number): Bytes {
  return [...varint(8 * field + 5), ...new Uint8Array(Float32Array.of(value).buffer)];
}

/** A `StringStringEntryProto`. */
function entry(field: number, key: string, value: string): Bytes {
  return run(field, [...text(1, key), ...text(2, value)]);
}

/** Values in raw bytes. */
export function rawBytes({ values }: Constant): Uint8Array {
  const raw = values instanceof Float32Array ? values : BigInt64Array.from(values, BigInt);
  return new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength);
}

/** A `TensorProto`; floats and whole numbers in raw bytes, in the file itself if nothing else is said. */
export function tensorProto(name: string, constant: Constant, outside?: Outside): Bytes {
  const places = Object.entries(outside ?? {}).flatMap(([key, value]) => entry(13, key, value));
  return [
    ...constant.shape.flatMap((size) => whole(1, size)),
    ...whole(2, constant.values instanceof Float32Array ? 1 : 7),
    ...text(8, name),
    ...(outside === undefined ? run(9, rawBytes(constant)) : [...places, ...whole(14, 1)]),
  ];
}

function attributeProto(name: string, value: Attribute): Bytes {
  const kind = (number: number, ...fields: Bytes[]) => [...text(1, name), ...fields.flat(), ...whole(20, number)];
  if (typeof value === "number") return kind(2, whole(3, value));
  if (typeof value === "string") return kind(3, text(4, value));
  if (Array.isArray(value)) {
    return typeof value[0] === "string"
      ? kind(8, ...value.map((each) => text(9, each as string)))
      : kind(7, ...value.map((each) => whole(8, each as number)));
  }
  if ("float" in value) return kind(1, float(2, value.float));
  if ("floats" in value) return kind(6, ...value.floats.map((each) => float(7, each)));
  return kind(4, run(5, tensorProto("", value as Constant)));
}

function nodeProto({
  operator,
  inputs,
  outputs,
  attributes = {},
  name = "",
  domain = "",
  ...rest
}: WrittenNode): Bytes {
  const notes = { name_scopes: rest.scopes, class_hierarchy: rest.modules };
  return [
    ...inputs.flatMap((input) => text(1, input)),
    ...outputs.flatMap((output) => text(2, output)),
    ...text(3, name),
    ...text(4, operator),
    ...Object.entries(attributes).flatMap(([key, value]) => run(5, attributeProto(key, value))),
    ...(domain === "" ? [] : text(7, domain)),
    ...Object.entries(notes).flatMap(([key, list]) => {
      const listed = list?.map((each) => `'${each}'`).join(", ");
      return listed === undefined ? [] : entry(9, `pkg.torch.onnx.${key}`, `[${listed}]`);
    }),
  ];
}

function placeProto({ name, type = 1, axes }: WrittenPlace): Bytes {
  const shape = axes.flatMap((axis) => run(1, typeof axis === "number" ? whole(1, axis) : text(2, axis)));
  return [...text(1, name), ...run(2, run(1, [...whole(1, type), ...run(2, shape)]))];
}

/** A `GraphProto`. @param more further fields of it @param outside places of constants that lie in other files */
export function graphProto(
  { inputs, outputs, nodes, constants }: Omit<WrittenGraph, "opset">,
  more: Bytes = [],
  outside: Readonly<Record<string, Outside>> = {},
): Bytes {
  return [
    ...nodes.flatMap((node) => run(1, nodeProto(node))),
    ...text(2, "graph"),
    ...Object.entries(constants).flatMap(([name, constant]) => run(5, tensorProto(name, constant, outside[name]))),
    ...inputs.flatMap((input) => run(11, placeProto(input))),
    // An output need not say its shape.
    ...outputs.flatMap((name) => run(12, [...text(1, name), ...run(2, run(1, whole(1, 1)))])),
    ...more,
  ];
}

/** A `ModelProto` of a graph. */
export function modelProto(graph: Bytes, opset: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...whole(1, 8), ...run(7, graph), ...run(8, [...text(1, ""), ...whole(2, opset)])]);
}

/** The bytes of an ONNX file. */
export function writeOnnx(graph: WrittenGraph): Uint8Array<ArrayBuffer> {
  return modelProto(graphProto(graph), graph.opset ?? 13);
}
