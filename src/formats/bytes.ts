/** Bytes as files and responses take them: `Uint8Array<ArrayBuffer>`, which TypeScript before 5.7 calls `Uint8Array`. */
export type Bytes = ReturnType<Uint8Array["slice"]>;

/** The bytes of a Uint8Array or an ArrayBuffer, whatever realm it comes from; undefined for anything else. Nothing is copied. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  const kind = Object.prototype.toString.call(value);
  if (kind === "[object ArrayBuffer]") return new Uint8Array(value as ArrayBuffer);
  if (kind !== "[object Uint8Array]" || !ArrayBuffer.isView(value)) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

/** The first bytes as letters, by which a page, a JSON text or another format is known. */
export function beginningOf(bytes: Uint8Array): string {
  return JSON.stringify(String.fromCharCode(...bytes.subarray(0, 8)));
}
