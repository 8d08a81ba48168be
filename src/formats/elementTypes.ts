/** A typed array that holds the whole numbers of a file exactly. */
export type IntegerArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** How the elements of one safetensors type are laid out, little-endian, and read. */
export interface ElementType {
  /** Bytes of one element. */
  readonly size: number;
  /** `count` elements from byte `at` on, each the nearest float32; F32 keeps every bit, those of a NaN too. */
  floats(view: DataView, at: number, count: number): Float32Array;
  /** The same elements in an array of their own type: for whole numbers only. */
  integers?(view: DataView, at: number, count: number): IntegerArray;
}

/** Every element type this library reads, by its name in the file. A `BOOL` is a `U8` of 0 or 1. */
export const elementTypes: ReadonlyMap<string, ElementType> = /* @__PURE__ */ typesByName();

function typesByName(): Map<string, ElementType> {
  return new Map<string, ElementType>([
    ["F32", { size: 4, floats: float32 }],
    ["F64", real(8, (view, at) => view.getFloat64(at, true))],
    ["F16", real(2, (view, at) => float16(view.getUint16(at, true)))],
    ["BF16", real(2, (view, at) => bfloat16(view.getUint16(at, true)))],
    ["I8", whole(1, Int8Array, (view, at) => view.getInt8(at))],
    ["U8", whole(1, Uint8Array, (view, at) => view.getUint8(at))],
    ["BOOL", whole(1, Uint8Array, (view, at) => view.getUint8(at))],
    ["I16", whole(2, Int16Array, (view, at) => view.getInt16(at, true))],
    ["U16", whole(2, Uint16Array, (view, at) => view.getUint16(at, true))],
    ["I32", whole(4, Int32Array, (view, at) => view.getInt32(at, true))],
    ["U32", whole(4, Uint32Array, (view, at) => view.getUint32(at, true))],
    ["I64", whole(8, BigInt64Array, (view, at) => view.getBigInt64(at, true))],
    ["U64", whole(8, BigUint64Array, (view, at) => view.getBigUint64(at, true))],
  ]);
}

/** Copied as whole numbers: a float read into a JavaScript number may lose the payload of a NaN. */
function float32(view: DataView, at: number, count: number): Float32Array {
  const floats = new Float32Array(count);
  const bits = new Int32Array(floats.buffer);
  for (let i = 0; i < count; i++) bits[i] = view.getInt32(at + 4 * i, true);
  return floats;
}

function real(size: number, read: (view: DataView, at: number) => number): ElementType {
  const floats = (view: DataView, at: number, count: number): Float32Array => {
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = read(view, at + size * i);
    return values;
  };
  return { size, floats };
}

function whole<E extends number | bigint>(
  size: number,
  Of: new (count: number) => IntegerArray & { [index: number]: E },
  read: (view: DataView, at: number) => E,
): ElementType {
  const integers = (view: DataView, at: number, count: number): IntegerArray => {
    const values = new Of(count);
    for (let i = 0; i < count; i++) values[i] = read(view, at + size * i);
    return values;
  };
  return { ...real(size, (view, at) => Number(read(view, at))), integers };
}

const scratch = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(4));

/** The float32 with these bits. */
function fromBits(bits: number): number {
  scratch.setInt32(0, bits);
  return scratch.getFloat32(0);
}

function bfloat16(bits: number): number {
  return fromBits(bits << 16);
}

/** 2⁻²⁴, the value of the last bit of a float16 below its normal range. */
const FLOAT16_STEP = 5.9604644775390625e-8;

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15) and 10 fraction bits; every value is a float32. */
function float16(bits: number): number {
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return (bits & 0x8000 ? -1 : 1) * fraction * FLOAT16_STEP;
  const rebased = exponent === 0x1f ? 0xff : exponent - 15 + 127;
  return fromBits(((bits & 0x8000) << 16) | (rebased << 23) | (fraction << 13));
}
