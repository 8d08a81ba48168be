/**
 * Bytes from hexadecimal text. Hexadecimal costs less than base64 once compressed, and decoding it takes no host
 * function: an AudioWorklet has neither `atob` nor `TextDecoder`.
 *
 * @param hex two digits a byte, lower case, as written by the build
 */
export function decodeHex(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (digit(hex, 2 * i) << 4) | digit(hex, 2 * i + 1);
  return bytes;
}

function digit(hex: string, at: number): number {
  const code = hex.charCodeAt(at);
  return code < 58 ? code - 48 : code - 87;
}
