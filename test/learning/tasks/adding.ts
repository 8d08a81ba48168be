import { uniform } from "../../../examples/learning/random.js";

/**
 * The adding problem (Hochreiter & Schmidhuber 1997): a number and a marker at each step, two steps are marked, one in
 * each half; the answer is the sum of their numbers. Saying 1 always has a mean squared error of 1/6.
 */
export function adding(count: number, steps: number, seed: number): { input: number[][][]; target: number[][] } {
  const next = uniform(seed);
  const half = Math.floor(steps / 2);
  const input: number[][][] = [];
  const target: number[][] = [];
  for (let example = 0; example < count; example++) {
    const marked = [Math.floor(next() * half), half + Math.floor(next() * (steps - half))];
    const numbers = Array.from({ length: steps }, () => next());
    input.push(numbers.map((value, step) => [value, marked.includes(step) ? 1 : 0]));
    target.push([marked.reduce((sum, step) => sum + (numbers[step] as number), 0)]);
  }
  return { input, target };
}
