import { ArgumentError, FormatError } from "../errors.js";
import { describe, elements, show } from "../shape.js";
import { Tensor } from "../tensor/tensor.js";
import { type Bytes, beginningOf, bytesOf } from "./bytes.js";
import { elementTypes, type IntegerArray } from "./elementTypes.js";
import { type Json, JsonReader } from "./json.js";
import { encodeUtf8 } from "./utf8.js";

/** What a safetensors file holds. */
export interface SafetensorsFile {
  /**
   * Every tensor by name, in the order of its bytes in the file. F32 keeps every bit; F64, F16, BF16 and whole numbers
   * become the nearest float32.
   */
  readonly tensors: Map<string, Tensor>;
  /** The exact values of the tensors of whole numbers, each in an array of its own type (`I64`: a `BigInt64Array`). */
  readonly integers: Map<string, IntegerArray>;
  /** The texts of `__metadata__`. It has no prototype: a name that is not there is `undefined`. */
  readonly metadata: Record<string, string>;
}

/** Bytes of the header's length, and the longest header the format allows. */
const LENGTH_BYTES = 8;
const LONGEST_HEADER = 100_000_000;
const METADATA = "__metadata__";

interface Entry {
  readonly name: string;
  readonly type: string;
  readonly shape: number[];
  readonly start: number;
  readonly end: number;
}

/**
 * The tensors of a safetensors file (https://github.com/huggingface/safetensors: a length in 8 bytes, a JSON header,
 * then the elements, little-endian and row-major). Values are copied: the bytes may be reused.
 *
 * @param bytes the whole file
 * @param name what errors call the file
 * @example
 * const { tensors, metadata } = readSafetensors(writeSafetensors({ bias: tensor([1, 2, 3]) }, { epoch: "7" }));
 * tensors.get("bias")?.shape;   // [3]
 * metadata.epoch;              // "7"
 * @throws FormatError naming the byte position or the tensor: a file cut short, a header that is too long or not JSON,
 *   names that occur twice, unknown element types, sizes that do not fit their bytes, overlaps and holes
 * @throws ArgumentError when `bytes` are not bytes
 */
export function readSafetensors(bytes: Uint8Array | ArrayBuffer, name = "safetensors file"): SafetensorsFile {
  const file = bytesOf(bytes);
  if (file === undefined) {
    throw new ArgumentError(
      `${name}: its bytes are wanted, as a Uint8Array or an ArrayBuffer, received ${describe(bytes)}. Read the file first.`,
    );
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const data = LENGTH_BYTES + headerLength(view, file, name);
  const header = readHeader(file, data, name);
  const tensors = new Map<string, Tensor>();
  const integers = new Map<string, IntegerArray>();
  for (const { name: tensorName, type, shape, start } of readEntries(header, file.byteLength - data, name)) {
    const elementType = elementTypes.get(type) as NonNullable<ReturnType<typeof elementTypes.get>>;
    tensors.set(tensorName, new Tensor(elementType.floats(view, data + start, elements(shape)), shape));
    if (elementType.integers) integers.set(tensorName, elementType.integers(view, data + start, elements(shape)));
  }
  return { tensors, integers, metadata: readMetadata(header.get(METADATA), name) };
}

function headerLength(view: DataView, bytes: Uint8Array, file: string): number {
  if (view.byteLength < LENGTH_BYTES) {
    throw new FormatError(
      `${file}: begins with a header length of 8 bytes, but the whole file has ${view.byteLength}.`,
    );
  }
  const length = view.getBigUint64(0, true);
  if (length > LONGEST_HEADER) {
    const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
    throw new FormatError(
      `${file}: bytes 0 to 7, ${beginningOf(bytes)}, give a header of ${length} bytes, more than the ${LONGEST_HEADER} allowed. ${isZip ? "It is an archive, as torch.save writes: write it by save_file of safetensors.torch." : "Is it safetensors?"}`,
    );
  }
  if (length > view.byteLength - LENGTH_BYTES) {
    throw new FormatError(
      `${file}: cut short: the header claims ${length} bytes, the file has ${view.byteLength - LENGTH_BYTES} after byte 8.`,
    );
  }
  return Number(length);
}

function readHeader(bytes: Uint8Array, end: number, file: string): Map<string, Json> {
  const header =
    bytes[LENGTH_BYTES] === 0x7b && end > LENGTH_BYTES ? new JsonReader(bytes, LENGTH_BYTES, end, file).read() : null;
  if (!(header instanceof Map))
    throw new FormatError(`${file}: the header at byte ${LENGTH_BYTES} is not a JSON object.`);
  return header;
}

function readMetadata(value: Json | undefined, file: string): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  if (value === undefined) return metadata;
  if (!(value instanceof Map)) throw new FormatError(`${file}: ${METADATA} must be an object of strings.`);
  for (const [key, text] of value) {
    if (typeof text !== "string")
      throw new FormatError(`${file}: ${METADATA} ${JSON.stringify(key)} must be a string.`);
    if (key === "__proto__") throw new FormatError(`${file}: ${METADATA} may not use the name "__proto__".`);
    metadata[key] = text;
  }
  return metadata;
}

/** All entries in the order of their bytes, which they must cover exactly once from first to last. */
function readEntries(header: Map<string, Json>, dataLength: number, file: string): Entry[] {
  const entries: Entry[] = [];
  for (const [name, value] of header) if (name !== METADATA) entries.push(readEntry(name, value, dataLength, file));
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  let covered = 0;
  for (const { name, start, end } of entries) {
    if (start < covered)
      throw new FormatError(
        `${file}: tensor ${JSON.stringify(name)} overlaps the one before it at data byte ${start}.`,
      );
    if (start > covered) throw new FormatError(`${file}: data bytes ${covered} to ${start} belong to no tensor.`);
    covered = end;
  }
  if (covered !== dataLength)
    throw new FormatError(`${file}: data bytes ${covered} to ${dataLength} belong to no tensor.`);
  return entries;
}

function readEntry(name: string, value: Json, dataLength: number, file: string): Entry {
  const who = `${file}: tensor ${JSON.stringify(name)}`;
  if (name === "__proto__") throw new FormatError(`${who} has a name that is not allowed.`);
  if (!(value instanceof Map)) throw new FormatError(`${who} is not described by an object.`);
  for (const key of value.keys()) {
    if (key !== "dtype" && key !== "shape" && key !== "data_offsets")
      throw new FormatError(`${who} has an unknown field ${JSON.stringify(key)}.`);
  }
  const type = value.get("dtype");
  const size = typeof type === "string" ? elementTypes.get(type)?.size : undefined;
  if (typeof type !== "string" || size === undefined) {
    const came = typeof type === "string" ? JSON.stringify(type) : "nothing";
    throw new FormatError(
      `${who} has element type ${came}; this library reads ${[...elementTypes.keys()].join(", ")}.`,
    );
  }
  const shape = sizes(value.get("shape"), `${who}: shape`);
  const offsets = sizes(value.get("data_offsets"), `${who}: data_offsets`);
  const [start, end] = offsets;
  if (offsets.length !== 2 || start > end)
    throw new FormatError(`${who}: data_offsets must be a start and an end, found ${show(offsets)}.`);
  if (end > dataLength)
    throw new FormatError(`${who} ends at data byte ${end}, but the file has ${dataLength}. Was it cut short?`);
  requireSpan(who, shape, size, end - start);
  return { name, type, shape, start, end };
}

/** The size of a shape is built up with care: [2⁵², 2⁵², 0] must not pass for an empty tensor. */
function requireSpan(who: string, shape: number[], size: number, span: number): void {
  let wanted = size;
  for (const length of shape) {
    wanted *= length;
    if (!Number.isSafeInteger(wanted)) throw new FormatError(`${who}: shape ${show(shape)} is larger than any file.`);
  }
  if (wanted !== span)
    throw new FormatError(`${who}: shape ${show(shape)} takes ${wanted} bytes, its data_offsets span ${span}.`);
}

function sizes(value: Json | undefined, who: string): number[] {
  if (!Array.isArray(value)) throw new FormatError(`${who} must be an array of whole numbers.`);
  for (const size of value) {
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0 || Object.is(size, -0)) {
      throw new FormatError(
        `${who} must hold whole numbers of 0 or more, found ${typeof size === "number" ? size : "something else"}.`,
      );
    }
  }
  return value as number[];
}

/**
 * A safetensors file of float32 tensors, laid out one after another in the order given, bit for bit. The header is
 * padded with spaces so that the data begin at a multiple of 8 bytes.
 *
 * @param tensors by name
 * @param metadata texts for `__metadata__`
 * @example
 * writeSafetensors({ weight: tensor([[1, 2], [3, 4]]) }, { note: "trained on Monday" });   // Uint8Array
 * @throws ArgumentError for a name the format cannot hold, a value that is no tensor, a text that is no string, or a
 *   header longer than the format's 100 MB
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Bytes {
  const entries = tensors instanceof Map ? [...tensors] : Object.entries(tensors);
  const fields: string[] = [];
  const texts = Object.entries(metadata).map(([key, text]) => `${quoteName(key)}:${quote(text)}`);
  if (texts.length > 0) fields.push(`"${METADATA}":{${texts.join(",")}}`);
  let offset = 0;
  for (const [name, value] of entries) {
    if (name === METADATA) throw new ArgumentError(`a tensor may not be called "${METADATA}".`);
    if (!(value instanceof Tensor))
      throw new ArgumentError(`tensor ${quoteName(name)} must be a Tensor, received ${describe(value)}.`);
    const end = offset + 4 * value.data.length;
    fields.push(
      `${quoteName(name)}:{"dtype":"F32","shape":[${value.shape.join(",")}],"data_offsets":[${offset},${end}]}`,
    );
    offset = end;
  }
  return assemble(encodeUtf8(`{${fields.join(",")}}`), entries, offset);
}

function assemble(header: Uint8Array, entries: [string, Tensor][], dataLength: number): Uint8Array<ArrayBuffer> {
  const padded = Math.ceil(header.length / 8) * 8;
  if (padded > LONGEST_HEADER)
    throw new ArgumentError(`a safetensors header holds ${LONGEST_HEADER} bytes, this one has ${padded}.`);
  const file = new Uint8Array(LENGTH_BYTES + padded + dataLength);
  const view = new DataView(file.buffer);
  view.setUint32(0, padded, true);
  file.set(header, LENGTH_BYTES);
  file.fill(0x20, LENGTH_BYTES + header.length, LENGTH_BYTES + padded);
  let at = LENGTH_BYTES + padded;
  for (const [, { data }] of entries) {
    const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
    for (let i = 0; i < bits.length; i++, at += 4) view.setInt32(at, bits[i], true);
  }
  return file;
}

/** The reader refuses `__proto__`, which would change an object instead of naming one of its fields. */
function quoteName(name: string): string {
  if (name === "__proto__") throw new ArgumentError(`a safetensors file may not use the name "__proto__".`);
  return quote(name);
}

function quote(text: string): string {
  if (typeof text !== "string")
    throw new ArgumentError(`names and metadata of a safetensors file are strings, received ${describe(text)}.`);
  if (!isWellFormed(text))
    throw new ArgumentError(`UTF-8 cannot hold half a surrogate pair, as in ${JSON.stringify(text)}.`);
  return JSON.stringify(text);
}

function isWellFormed(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code >= 0xd800 && code <= 0xdfff) return false;
  }
  return true;
}
