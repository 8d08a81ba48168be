import { elements } from "../shape.js";
import { Tensor } from "../tensor/tensor.js";

/** Pure rearrangements of weights. A block is a run of rows, [H, …] of [G·H, …]. */

/** Blocks of rows in another order, by name: those that `from` has not become 0, those that `to` has not are dropped. */
export function reorderBlocks(weights: Tensor, from: readonly string[], to: readonly string[]): Tensor {
  const [rows, ...rest] = weights.shape as [number, ...number[]];
  const size = weights.data.length / from.length;
  const values = new Float32Array(size * to.length);
  to.forEach((name, index) => {
    const at = from.indexOf(name);
    if (at >= 0) values.set(weights.data.subarray(at * size, (at + 1) * size), index * size);
  });
  return new Tensor(values, [(rows / from.length) * to.length, ...rest]);
}

/** [a, b] → [b, a]. */
export function transposed({ data, shape }: Tensor): Tensor {
  const [a, b] = shape as [number, number];
  const values = new Float32Array(data.length);
  for (let i = 0; i < a; i++) for (let j = 0; j < b; j++) values[j * a + i] = data[i * b + j] as number;
  return new Tensor(values, [b, a]);
}

/** Rows [from, to) of [rows, …]. */
export function rowsOf({ data, shape }: Tensor, from: number, to: number): Tensor {
  const [, ...rest] = shape;
  const size = elements(rest);
  return new Tensor(data.slice(from * size, to * size), [to - from, ...rest]);
}

/** Rows of a, then rows of b. */
export function stacked(a: Tensor, b: Tensor): Tensor {
  const values = new Float32Array(a.data.length + b.data.length);
  values.set(a.data);
  values.set(b.data, a.data.length);
  return new Tensor(values, [(a.shape[0] as number) + (b.shape[0] as number), ...a.shape.slice(1)]);
}

/** a + b, element by element. */
export function sumOf(a: Tensor, b: Tensor): Tensor {
  return new Tensor(
    a.data.map((value, index) => value + (b.data[index] as number)),
    a.shape,
  );
}

/** The blocks named, each value raised by `amount`. */
export function raised(weights: Tensor, blocks: readonly string[], chosen: readonly string[], amount: number): Tensor {
  const size = weights.data.length / blocks.length;
  const values = weights.data.map((value, index) =>
    chosen.includes(blocks[Math.floor(index / size)] as string) ? value + amount : value,
  );
  return new Tensor(values, weights.shape);
}

/**
 * A kernel of Keras's CuDNN layers, [inner, G·H], as rows [G·H, inner]: the numbers of each block of columns, in their own
 * order, are cuDNN's matrix [H, inner] (`_convert_rnn_weights` in Keras 2 `saving.py` undoes the same).
 */
export function cudnnRows({ data, shape }: Tensor, units: number): Tensor {
  const [inner, columns] = shape as [number, number];
  const values = new Float32Array(data.length);
  for (let row = 0; row < inner; row++) {
    for (let column = 0; column < columns; column++) {
      const block = Math.floor(column / units);
      values[block * units * inner + row * units + (column % units)] = data[row * columns + column] as number;
    }
  }
  return new Tensor(values, [columns, inner]);
}
