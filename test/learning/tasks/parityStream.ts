import { wholeNumbers } from "./random.js";

/** Streams of bits; at each step the answer is whether the number of ones so far is odd. Lengths are drawn from a range. */
export function parityStreams(
  count: number,
  [shortest, longest]: readonly [number, number],
  seed: number,
): { input: number[][][]; target: number[][] } {
  const draw = wholeNumbers(seed);
  const input: number[][][] = [];
  const target: number[][] = [];
  for (let example = 0; example < count; example++) {
    const bits = Array.from({ length: draw(shortest, longest + 1) }, () => draw(0, 2));
    let parity = 0;
    input.push(bits.map((bit) => [bit]));
    target.push(
      bits.map((bit) => {
        parity ^= bit;
        return parity;
      }),
    );
  }
  return { input, target };
}
