/** Digits of the text: the printable characters from "#" to "~" without the backslash. */
const DIGITS = 91;
/** Digits that are a byte by themselves; the two above begin a byte of two digits. */
const SINGLES = 89;
/** Added to each byte, so that the SIMD prefix 0xfd is among the single digits. */
const TURN = 3;

/**
 * Bytes from text of one or two digits a byte, as `scripts/encode.mjs` writes it. Compressed beside a program it
 * costs what the bytes themselves do, where hexadecimal costs 1.08 and base64 1.30 times as much: most bytes of the core are
 * small, and one character each.
 * Decoding takes no host function: an AudioWorklet has neither `atob` nor `TextDecoder`.
 */
export function decode(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let [count, at] = [0, 0];
  const digit = () => {
    const code = text.charCodeAt(at++);
    return code - (code > 92 ? 36 : 35);
  };
  while (at < text.length) {
    const first = digit();
    // Bytes are taken modulo 256 by the array.
    bytes[count++] = (first < SINGLES ? first : SINGLES + (first - SINGLES) * DIGITS + digit()) - TURN;
  }
  return bytes.slice(0, count);
}
