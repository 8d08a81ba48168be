import { FormatError } from "../errors.js";
import { elements, type Shape, show } from "../shape.js";
import { elementTypes } from "./elementTypes.js";
import { MOST_AXES } from "./onnxAxes.js";
import { OnnxConstant } from "./onnxConstant.js";
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

/** Reads a `TensorProto`. @throws FormatError when its sizes are none */
export function readTensor(wire: Wire, message: WireField): OnnxTensor {
  const fields = wire.fields(wire.run(message));
  const of = (number: number) => fields.filter((field) => field.number === number);
  const [named] = of(8).slice(-1);
  const name = named === undefined ? "" : wire.text(named);
  const who = `${wire.file}: tensor ${JSON.stringify(name)}`;
  const shape = of(1).flatMap((field) => wire.integers(field));
  const isShape = shape.length <= MOST_AXES && shape.every((size) => Number.isInteger(size) && size >= 0);
  if (!isShape || !Number.isSafeInteger(elements(shape)))
    throw new FormatError(`${who} has shape ${show(shape)}, which is none.`);
  return { name, shape, constant: () => readConstant(wire, of, shape, who) };
}

function readConstant(wire: Wire, of: (number: number) => WireField[], shape: Shape, who: string): OnnxConstant {
  const [typed, raw, placed] = [2, 9, 14].map((number) => of(number).at(-1));
  const type = typeName(typed === undefined ? 0 : wire.integer(typed));
  if (of(13).length > 0 || (placed !== undefined && wire.integer(placed) !== 0))
    throw new FormatError(
      `${who} lies in another file (external data). Save the model as one file: onnx.save with save_as_external_data=False.`,
    );
  if (!READ.includes(type))
    throw new FormatError(`${who} has element type ${type}; this library reads ${READ.join(", ")}.`);
  const values = raw === undefined ? listed(wire, type, of(LISTS[type] ?? 0)) : rawValues(wire, type, raw, who);
  if (values.length !== elements(shape))
    throw new FormatError(`${who} of shape ${show(shape)} holds ${values.length} values.`);
  return OnnxConstant.of(values, shape);
}

function rawValues(wire: Wire, type: string, { start, end }: WireField, who: string): Float32Array | number[] {
  const { size, floats, integers } = elementTypes.get(type) as NonNullable<ReturnType<typeof elementTypes.get>>;
  const count = (end - start) / size;
  if (!Number.isInteger(count)) throw new FormatError(`${who} has ${end - start} bytes, but ${size} make a value.`);
  return integers === undefined
    ? floats(wire.view, start, count)
    : Array.from(integers(wire.view, start, count) as ArrayLike<number | bigint>, Number);
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
  return (elementTypes.get(type) as NonNullable<ReturnType<typeof elementTypes.get>>).floats(view, 0, bits.length);
}
