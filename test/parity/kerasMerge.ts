/** How Keras puts the outputs of two directions together, and the way back. */

/** One element from those of the two directions, and its derivatives by them. */
interface Pointwise {
  readonly value: (a: number, b: number) => number;
  readonly slopes: (a: number, b: number) => readonly [number, number];
}

const pointwise: Readonly<Record<string, Pointwise>> = {
  sum: { value: (a, b) => a + b, slopes: () => [1, 1] },
  ave: { value: (a, b) => (a + b) / 2, slopes: () => [0.5, 0.5] },
  mul: { value: (a, b) => a * b, slopes: (a, b) => [b, a] },
};

function pointwiseMode(mode: unknown): Pointwise {
  const found = pointwise[String(mode)];
  if (found === undefined) throw new Error(`no merge mode "${String(mode)}" is known`);
  return found;
}

/** Outputs [rows, width] of the directions as one tensor; several columns wide when they stand side by side. */
export function merged(mode: unknown, outputs: readonly ArrayLike<number>[], width: number): Float64Array {
  const [a, b] = outputs;
  if (b === undefined) return Float64Array.from(a);
  if (mode !== "concat") return Float64Array.from(a, (value, index) => pointwiseMode(mode).value(value, b[index]));
  return Float64Array.from({ length: a.length + b.length }, (_, index) => {
    const [row, column] = [Math.floor(index / (2 * width)), index % (2 * width)];
    return outputs[Math.floor(column / width)][row * width + (column % width)];
  });
}

/** Undoes it: the derivative by each direction's output. */
export function mergedBackward(
  mode: unknown,
  outputs: readonly ArrayLike<number>[],
  width: number,
  dMerged: ArrayLike<number>,
): Float64Array[] {
  const [a, b] = outputs;
  if (b === undefined) return [Float64Array.from(dMerged)];
  return outputs.map((output, side) =>
    Float64Array.from(output, (_, index) => {
      const [row, column] = [Math.floor(index / width), index % width];
      if (mode === "concat") return dMerged[row * 2 * width + side * width + column];
      return dMerged[index] * pointwiseMode(mode).slopes(a[index], b[index])[side];
    }),
  );
}
