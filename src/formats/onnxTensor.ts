import { FormatError } from "../errors.js";
import { elements, type Shape, show } from "../shape.js";
import { type ElementType, elementTypes } from "./elementTypes.js";
import { MOST_AXES } from "./onnxAxes.js";
import { OnnxConstant } from "./onnxConstant.js";
import { Message } from "./onnxMessage.js";
import type { OutsidePlace } from "./onnxOutside.js";
import type { Wire, WireField } from "./onnxWire.js";

/** Names of the element types by their numbers in `TensorProto.DataType`, those of safetensors where they are read. */
const TYPES: readonly string[] = [
  "undefined",
  "F32",
  "U8",
  "I8",
  "U16",
  "I16",
  "I32",
  "I64",
  "string",
  "BOOL",
  "F16",
  "F64",
  "U32",
  "U64",
  "complex64",
  "complex128",
  "BF16",
];

/** Types that are read: floats as the nearest float32, and the whole numbers of indices and sizes. */
const READ = ["F32", "F16", "BF16", "F64", "I32", "I64", "BOOL", "U8"];

/** Where a message keeps its values one by one: field number, by element type. */
const LISTS: Readonly<Record<string, number>> = { F32: 4, F16: 5, BF16: 5, F64: 10, I32: 5, BOOL: 5, U8: 5, I64: 7 };

/** A tensor of a file; its values are read when they are asked for. */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: Shape;
  /** @throws FormatError when it lies outside the file, is of a type that is not read, or its bytes do not fit its shape */
  constant(): OnnxConstant;
}

/** The name of an element type for people. */
export function typeName(code: number): string {
  return TYPES[code] ?? `number ${code}`;
}

/** Reads a `TensorProto`. @throws FormatError when its sizes are none, or it lies nowhere */
export function readTensor(wire: Wire, field: WireField): OnnxTensor {
  const message = new Message(wire, field);
  const name = message.text(8);
  const who = `${wire.file}: tensor ${JSON.stringify(name)}`;
  const shape = message.all(1).flatMap((each) => wire.integers(each));
  const isShape = shape.length <= MOST_AXES && shape.every((size) => Number.isInteger(size) && size >= 0);
  if (!isShape || !Number.isSafeInteger(elements(shape)))
    throw new FormatError(`${who} has shape ${show(shape)}, which is none.`);
  const place = message.integer(14) === 0 ? undefined : placeOutside(message.entries(13), who);
  if (place !== undefined) wire.outside.name(place.location);
  return { name, shape, constant: () => readConstant(message, shape, place, who) };
}

/** Where a tensor lies in another file. @throws FormatError when the entries do not say */
function placeOutside(entries: ReadonlyMap<string, string>, who: string): OutsidePlace {
  const location = entries.get("location");
  if (location === undefined) throw new FormatError(`${who} lies in another file, but it does not say in which.`);
  const [offset = 0, length] = ["offset", "length"].map((key) => {
    const written = entries.get(key);
    const bytes = written === undefined ? undefined : Number(written);
    if (bytes === undefined || (/^\d+$/.test(written as string) && Number.isSafeInteger(bytes))) return bytes;
    throw new FormatError(`${who} has ${key} ${JSON.stringify(written)}, which is no number of bytes.`);
  });
  return { location, offset, ...(length !== undefined && { length }) };
}

function readConstant(message: Message, shape: Shape, place: OutsidePlace | undefined, who: string): OnnxConstant {
  const { wire } = message;
  const type = typeName(message.integer(2));
  if (!READ.includes(type))
    throw new FormatError(`${who} has element type ${type}; this library reads ${READ.join(", ")}.`);
  const { size } = elementTypes.get(type) as ElementType;
  const raw = message.last(9);
  const bytes = place === undefined ? raw && wire.bytesOf(raw) : wire.outside.at(place, size * elements(shape), who);
  const values = bytes === undefined ? listed(wire, type, message.all(LISTS[type] ?? 0)) : rawValues(type, bytes, who);
  if (values.length !== elements(shape))
    throw new FormatError(`${who} of shape ${show(shape)} holds ${values.length} values.`);
  return OnnxConstant.of(values, shape);
}

function rawValues(type: string, bytes: DataView, who: string): Float32Array | number[] {
  const { size, floats, integers } = elementTypes.get(type) as ElementType;
  const count = bytes.byteLength / size;
  if (!Number.isInteger(count))
    throw new FormatError(`${who} has ${bytes.byteLength} bytes, but ${size} make a value.`);
  return integers === undefined
    ? floats(bytes, 0, count)
    : Array.from(integers(bytes, 0, count) as ArrayLike<number | bigint>, Number);
}

function listed(wire: Wire, type: string, fields: readonly WireField[]): Float32Array | number[] {
  if (type === "F32") return Float32Array.from(fields.flatMap((field) => wire.floats(field)));
  if (type === "F64") return Float32Array.from(fields.flatMap((field) => wire.doubles(field)));
  const values = fields.flatMap((field) => wire.integers(field));
  // Whole numbers whose low 16 bits are those of the float.
  return type === "F16" || type === "BF16" ? halves(type, values) : values;
}

function halves(type: string, bits: readonly number[]): Float32Array {
  const view = new DataView(new ArrayBuffer(2 * bits.length));
  for (const [index, value] of bits.entries()) view.setUint16(2 * index, value, true);
  return (elementTypes.get(type) as ElementType).floats(view, 0, bits.length);
}
