import { oneHot, wholeNumbers } from "./random.js";

export const REBER_SYMBOLS = "BTSXPVE";

/** Reber's grammar: from each node, symbols and the nodes they lead to. */
const nodes: readonly (readonly (readonly [string, number])[])[] = [
  [["B", 1]],
  [
    ["T", 2],
    ["P", 3],
  ],
  [
    ["S", 2],
    ["X", 4],
  ],
  [
    ["T", 3],
    ["V", 5],
  ],
  [
    ["X", 3],
    ["S", 6],
  ],
  [
    ["P", 4],
    ["V", 6],
  ],
  [["E", 7]],
];

/** A string of the embedded grammar with the symbols that may follow each of its symbols but the last. */
export interface ReberString {
  readonly symbols: string;
  readonly legal: readonly string[];
}

/**
 * The embedded Reber grammar (Fahlman 1991; Hochreiter & Schmidhuber 1997): B, T or P, a string of the grammar, the same T or P
 * again, E. The last but one symbol can only be known by remembering the second.
 */
function embeddedReber(draw: ReturnType<typeof wholeNumbers>): ReberString {
  const frame = draw(0, 2) === 0 ? "T" : "P";
  let symbols = `B${frame}`;
  const legal = ["TP", "B"];
  let node = 0;
  while (node !== 7) {
    const ways = nodes[node] as readonly (readonly [string, number])[];
    const [symbol, next] = ways[draw(0, ways.length)] as readonly [string, number];
    symbols += symbol;
    legal.push(next === 7 ? frame : (nodes[next] as typeof ways).map(([following]) => following).join(""));
    node = next;
  }
  return { symbols: `${symbols}${frame}E`, legal: [...legal, "E"] };
}

/** Strings as data: each symbol's next one is the target. */
export function reber(
  count: number,
  seed: number,
): { strings: ReberString[]; input: number[][][]; target: number[][] } {
  const draw = wholeNumbers(seed);
  const strings = Array.from({ length: count }, () => embeddedReber(draw));
  const tokens = strings.map(({ symbols }) => [...symbols].map((symbol) => REBER_SYMBOLS.indexOf(symbol)));
  return {
    strings,
    input: tokens.map((list) => list.slice(0, -1).map((token) => oneHot(REBER_SYMBOLS.length, token))),
    target: tokens.map((list) => list.slice(1)),
  };
}
