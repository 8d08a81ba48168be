import { FormatError } from "../errors.js";

/**
 * UTF-8 without a host: an AudioWorklet has neither `TextDecoder` nor `TextEncoder`.
 * Encoding gives the bytes of a string; a lone surrogate, which UTF-8 cannot hold, becomes U+FFFD as `TextEncoder` has it.
 */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(3 * text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    let code = text.codePointAt(i) as number;
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) {
      bytes[length++] = code;
      continue;
    }
    const followers = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    bytes[length++] = ((0xff00 >> (followers + 1)) & 0xff) | (code >> (6 * followers));
    for (let k = followers - 1; k >= 0; k--) bytes[length++] = 0x80 | ((code >> (6 * k)) & 0x3f);
    if (followers === 3) i++;
  }
  return bytes.slice(0, length);
}

const CHUNK = 4096;

/**
 * The text of `bytes[start, end)`, strictly: no overlong form, no surrogate, nothing cut off.
 * @throws FormatError with the byte position of the first malformed sequence
 */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number, file: string): string {
  const parts: string[] = [];
  let codes: number[] = [];
  for (let at = start; at < end; ) {
    const followers = followersOf(bytes[at]);
    const code = followers < 0 ? -1 : codePoint(bytes, at, followers, end);
    if (code < 0) throw new FormatError(`${file}: byte ${at} does not begin a valid UTF-8 character.`);
    codes.push(code);
    at += followers + 1;
    if (codes.length === CHUNK) {
      parts.push(String.fromCodePoint(...codes));
      codes = [];
    }
  }
  parts.push(String.fromCodePoint(...codes));
  return parts.join("");
}

/** How many bytes follow the first one of a character; -1 for a byte that can be none. */
function followersOf(lead: number): number {
  if (lead < 0x80) return 0;
  if (lead >= 0xc2 && lead < 0xe0) return 1;
  if ((lead & 0xf0) === 0xe0) return 2;
  return (lead & 0xf8) === 0xf0 ? 3 : -1;
}

/** Smallest code point that needs so many following bytes; anything less is an overlong form. */
const LEAST = [0, 0x80, 0x800, 0x10000];

/** The code point at `at`, or -1 when its bytes are cut off or malformed. */
function codePoint(bytes: Uint8Array, at: number, followers: number, end: number): number {
  if (at + followers >= end) return -1;
  let code = followers === 0 ? bytes[at] : bytes[at] & (0x3f >> followers);
  for (let k = 1; k <= followers; k++) {
    if ((bytes[at + k] & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (bytes[at + k] & 0x3f);
  }
  return code < LEAST[followers] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? -1 : code;
}
