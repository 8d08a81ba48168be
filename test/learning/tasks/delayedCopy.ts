import { oneHot, wholeNumbers } from "./random.js";

/** Symbols to be remembered, beside a blank and the signal to answer. */
const SYMBOLS = 8;
const BLANK = SYMBOLS;
const ANSWER = SYMBOLS + 1;
export const COPY_CLASSES = SYMBOLS + 1;

/**
 * Delayed copy (Hochreiter & Schmidhuber 1997; Arjovsky et al. 2016): `length` symbols, `delay` blanks, a signal, and then the
 * symbols are to be said again in their order; blanks everywhere else.
 */
export function delayedCopy(
  count: number,
  { length, delay }: { length: number; delay: number },
  seed: number,
): { input: number[][][]; target: number[][] } {
  const draw = wholeNumbers(seed);
  const input: number[][][] = [];
  const target: number[][] = [];
  for (let example = 0; example < count; example++) {
    const symbols = Array.from({ length }, () => draw(0, SYMBOLS));
    const blanks = (times: number): number[] => new Array(times).fill(BLANK);
    const tokens = [...symbols, ...blanks(delay), ANSWER, ...blanks(length - 1)];
    input.push(tokens.map((token) => oneHot(SYMBOLS + 2, token)));
    target.push([...blanks(length + delay), ...symbols]);
  }
  return { input, target };
}
