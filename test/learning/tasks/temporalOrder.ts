import { oneHot, wholeNumbers } from "./random.js";

/**
 * Temporal order (Hochreiter & Schmidhuber 1997, task 6a): among distractors a, b, c, d stand two symbols X or Y, one in the
 * first and one in the second third; which of XX, XY, YX, YY was it?
 */
export function temporalOrder(count: number, steps: number, seed: number): { input: number[][][]; target: number[] } {
  const draw = wholeNumbers(seed);
  const third = Math.floor(steps / 3);
  const input: number[][][] = [];
  const target: number[] = [];
  for (let example = 0; example < count; example++) {
    const [first, second] = [draw(0, 2), draw(0, 2)];
    const places = [draw(0, third), draw(third, 2 * third)];
    const tokens = Array.from({ length: steps }, () => draw(0, 4));
    tokens[places[0] as number] = 4 + first;
    tokens[places[1] as number] = 4 + second;
    input.push(tokens.map((token) => oneHot(6, token)));
    target.push(2 * first + second);
  }
  return { input, target };
}
