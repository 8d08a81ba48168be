/** Uniform numbers in [0, 1) from a seed (mulberry32): data of the tasks, never of the library. */
export function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Whole numbers from `low` to `high` − 1. */
export function wholeNumbers(seed: number): (low: number, high: number) => number {
  const next = uniform(seed);
  return (low, high) => low + Math.floor(next() * (high - low));
}

/** A row of zeros with a one in it. */
export function oneHot(width: number, at: number): number[] {
  return Array.from({ length: width }, (_, index) => (index === at ? 1 : 0));
}
