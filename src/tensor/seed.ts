import { requireInteger } from "../shape.js";

/** The seed where none is given: runs are the same unless asked to differ. */
export const DEFAULT_SEED = 1;

/**
 * A seed as two 32-bit words.
 * @throws ArgumentError when it is not a whole number of at least 0
 */
export function seedWords(seed: number): [low: number, high: number] {
  requireInteger("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  return [seed >>> 0, Math.floor(seed / 4294967296) >>> 0];
}

/** 32-bit FNV-1a of a text: the part of a random address that says what the numbers are for. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & 255), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return hash >>> 0;
}

/** Key of a random stream: the seed and its purpose ("rnn.weight_ih initial", "shuffle" …). */
export function randomKey(seed: number, purpose: string): [number, number] {
  const [low, high] = seedWords(seed);
  return [low, (hashText(purpose) ^ Math.imul(high, 0x9e3779b1)) >>> 0];
}
