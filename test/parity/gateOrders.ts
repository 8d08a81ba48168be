import { type CellName, cells } from "../../src/cells/index.js";

/** Gate blocks of other systems in their order, by the library's names of the gates: "g" is LSTM's candidate, "n" GRU's. */
export const gateOrders = {
  keras: { simple_rnn: ["h"], gru: ["z", "r", "n"], lstm: ["i", "f", "g", "o"] },
  onnx: { RNN: ["h"], GRU: ["z", "r", "n"], LSTM: ["i", "o", "f", "g"] },
} as const satisfies Record<string, Record<string, readonly string[]>>;

/** Blocks of ONNX's P, and of the library's weight_peephole: its gates without the candidate. */
export const onnxPeepholes: readonly string[] = ["i", "o", "f"];

export function libraryPeepholes(cell: string): readonly string[] {
  return libraryGates(cell).filter((gate) => onnxPeepholes.includes(gate));
}

/** Gate blocks of a cell in the library's order. */
export function libraryGates(cell: string): readonly string[] {
  return cells[cell as CellName].gates;
}

/**
 * Blocks of rows in another order. A gate that `to` lacks is left out (the forget gate of a coupled LSTM); one that
 * `from` lacks is zeros (its derivative on the way back).
 */
export function reordered(values: ArrayLike<number>, from: readonly string[], to: readonly string[]): Float64Array {
  const size = values.length / from.length;
  return Float64Array.from({ length: size * to.length }, (_, index) => {
    const block = from.indexOf(to[Math.floor(index / size)]);
    return block < 0 ? 0 : values[block * size + (index % size)];
  });
}
