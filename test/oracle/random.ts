/** Random numbers for tests: mulberry32 (T. Ettinger), the same on every machine for the same seed. */
export class TestRandom {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** Uniform in [0, 1). */
  unit(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Whole number in [from, to]. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.unit() * (to - from + 1));
  }

  /** Uniform in [−scale, scale), exact in float32 so that both precisions start from the same numbers. */
  numbers(count: number, scale = 1): Float32Array {
    return Float32Array.from({ length: count }, () => (2 * this.unit() - 1) * scale);
  }
}
