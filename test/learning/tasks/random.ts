import { uniform } from "../../../examples/learning/random.js";

/** Whole numbers from `low` to `high` − 1. */
export function wholeNumbers(seed: number): (low: number, high: number) => number {
  const next = uniform(seed);
  return (low, high) => low + Math.floor(next() * (high - low));
}

/** A row of zeros with a one in it. */
export function oneHot(width: number, at: number): number[] {
  return Array.from({ length: width }, (_, index) => (index === at ? 1 : 0));
}
