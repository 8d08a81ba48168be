/** A file as the format defines it, from any header text and data; independent of the writer under test. */
export function file(
  header: string | object,
  data: ArrayLike<number> = [],
  claimedLength?: number | bigint,
): Uint8Array {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header), "utf8");
  const bytes = Buffer.alloc(8 + text.length + data.length);
  bytes.writeBigUInt64LE(BigInt(claimedLength ?? text.length), 0);
  text.copy(bytes, 8);
  Buffer.from(Array.from(data)).copy(bytes, 8 + text.length);
  return new Uint8Array(bytes);
}

export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

export function single(dtype: string, shape: number[], array: ArrayBufferView): Uint8Array {
  return file({ x: { dtype, shape, data_offsets: [0, array.byteLength] } }, bytesOf(array));
}

export const entry = (start: number, end: number, shape = [(end - start) / 4]) => ({
  dtype: "F32",
  shape,
  data_offsets: [start, end],
});
