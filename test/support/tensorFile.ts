/**
 * A reader of safetensors files for the tests, apart from the library's own so that one cannot hide the other's error.
 * Layout: 8 bytes little-endian header length, a JSON header, then raw little-endian data;
 * the header maps a name to `{ dtype, shape, data_offsets }`, offsets counted from the header's end.
 */

/** One tensor: float64 for F64 and I64, float32 for F32, F16 and BF16, int32 for I32, bytes for U8 and BOOL. */
export interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array | Int32Array | Uint8Array;
}

export type TensorFile = ReadonlyMap<string, StoredTensor>;

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const itemSizes: Readonly<Record<string, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1, BOOL: 1 };

/** Reads all tensors of a safetensors file. */
export function readTensorFile(bytes: Uint8Array): TensorFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as Record<string, Entry>;
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const [from, to] = entry.data_offsets;
    const data = new DataView(bytes.buffer, bytes.byteOffset + start + from, to - from);
    const count = entry.shape.reduce((product, size) => product * size, 1);
    if (count * (itemSizes[entry.dtype] ?? Number.NaN) !== to - from) {
      throw new Error(`tensor "${name}" says ${entry.dtype} [${entry.shape}] but has ${to - from} bytes`);
    }
    tensors.set(name, { dtype: entry.dtype, shape: entry.shape, values: readValues(entry.dtype, data, count) });
  }
  return tensors;
}

function readValues(dtype: string, data: DataView, count: number): StoredTensor["values"] {
  const indices = Array.from({ length: count }, (_, index) => index);
  switch (dtype) {
    case "F64":
      return Float64Array.from(indices, (index) => data.getFloat64(8 * index, true));
    case "F32":
      return Float32Array.from(indices, (index) => data.getFloat32(4 * index, true));
    case "F16":
      return Float32Array.from(indices, (index) => fromHalf(data.getUint16(2 * index, true)));
    case "BF16":
      return Float32Array.from(indices, (index) => fromBfloat(data.getUint16(2 * index, true)));
    case "I64":
      return Float64Array.from(indices, (index) => Number(data.getBigInt64(8 * index, true)));
    case "I32":
      return Int32Array.from(indices, (index) => data.getInt32(4 * index, true));
    default:
      return Uint8Array.from(indices, (index) => data.getUint8(index));
  }
}

/** IEEE half precision: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 is the upper half of a float32. */
function fromBfloat(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits * 65536);
  return view.getFloat32(0);
}
