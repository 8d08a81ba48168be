import { sha256 } from "./sha256.mjs";

/**
 * SHA-256 of the bits of float32 arrays, one after the other. Every NaN is taken for the same one: which of them comes out is
 * the engine's choice.
 */
export function hashOf(arrays) {
  const words = Uint32Array.from(arrays.flatMap((array) => Array.from(new Uint32Array(array.buffer))));
  const values = new Float32Array(words.buffer);
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) words[i] = 0x7fc0_0000;
  return sha256(new Uint8Array(words.buffer));
}
