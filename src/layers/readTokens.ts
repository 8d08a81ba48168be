import { ArgumentError } from "../errors.js";
import { describe } from "../shape.js";
import type { Rows } from "../tensor/rows.js";
import { floats, ints } from "../wasm/memory.js";

/**
 * Token numbers, which rows hold as float32, as integers: the core reads and writes where they point.
 *
 * @param owner the layer, for messages
 * @param index address of i32 [count]
 * @throws ArgumentError when one is no whole number from 0 to vocabularySize − 1
 */
export function readTokens(
  owner: string,
  vocabularySize: number,
  input: Rows,
  index: number,
  first: number,
  count: number,
): void {
  const step = input.stride >> 2;
  let from = (input.address >> 2) + first * step;
  for (let row = index >> 2; row < (index >> 2) + count; row++, from += step) {
    const token = floats[from] as number;
    if (!(Number.isInteger(token) && token >= 0 && token < vocabularySize)) {
      throw new ArgumentError(
        `${owner} reads token numbers from 0 to ${vocabularySize - 1}, received ${describe(token)}.`,
      );
    }
    ints[row] = token;
  }
}
