import { cos } from "../tensor/float64.js";

/** Half a cosine from one value to another: at 0 the first, at 1 the second. */
export function cosineBetween(from: number, to: number, at: number): number {
  return to + ((from - to) / 2) * (1 + cos(Math.PI * at));
}

/** A straight line from one value to another: at 0 the first, at 1 the second. */
export function lineBetween(from: number, to: number, at: number): number {
  return from + (to - from) * at;
}
